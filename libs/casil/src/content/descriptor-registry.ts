import { createFileRegistry, fromBinary, ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { wireBytes, wireFixed32, wireFixed64, wireGroupStart, wireVarint } from './wire-reader.js';

/** What a field holds, as far as reading and redaction care. `number` is everything of a fixed or variable size. */
export type FieldKind = 'string' | 'bytes' | 'message' | 'number';

/** How a number is written, where it can be shown as digits. */
export type IntegerForm = 'unsigned' | 'signed' | 'zigzag' | 'fixed32' | 'fixed64' | 'none';

/** One field of a message. */
export interface FieldEntry {
  readonly number: number;
  /** As in the .proto file. */
  readonly name: string;
  readonly jsonName: string;
  readonly kind: FieldKind;
  readonly integer: IntegerForm;
  /** Wire type of one value. A repeated number may also be packed. */
  readonly wireType: number;
  readonly isRepeated: boolean;
  /** A map: its values are entries with the fields `key` (1) and `value` (2). */
  readonly isMap: boolean;
  /** The table of a message or map entry. */
  readonly message: MessageTable | undefined;
}

/** The fields of a message by number. */
export interface MessageTable {
  readonly typeName: string;
  readonly fields: ReadonlyMap<number, FieldEntry>;
}

/** Message types whose payloads are read by field. Built once, at start. */
export interface DescriptorRegistry {
  /** By full name, `acme.v1.Plan`. */
  messageOf(typeName: string): MessageTable | undefined;
  readonly size: number;
}

interface TableInConstruction extends MessageTable {
  readonly fields: Map<number, FieldEntry>;
}

/**
 * Reads binary FileDescriptorSets, each with all files that it imports. A type that several sets define is taken from the first. Raises an Error that
 * names the set by its place, counted from 1, when one is no FileDescriptorSet or lacks an import.
 */
export function createDescriptorRegistry(fileDescriptorSets: readonly Uint8Array[]): DescriptorRegistry {
  const tables = new Map<string, TableInConstruction>();
  for (const [index, bytes] of fileDescriptorSets.entries()) {
    for (const message of messagesOf(bytes, `descriptor set ${String(index + 1)} of ${String(fileDescriptorSets.length)}`)) addTable(message, tables);
  }
  return { messageOf: (typeName) => tables.get(typeName), size: tables.size };
}

function messagesOf(bytes: Uint8Array, name: string): DescMessage[] {
  try {
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
    const messages = [...registry].filter((type) => type.kind === 'message');
    if (messages.length === 0) throw new Error('it defines no message');
    return messages;
  } catch (error) {
    throw new Error(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function addTable(message: DescMessage, tables: Map<string, TableInConstruction>): TableInConstruction {
  const known = tables.get(message.typeName);
  if (known !== undefined) return known;
  const table: TableInConstruction = { typeName: message.typeName, fields: new Map() };
  // Known before its fields are read: messages may contain themselves.
  tables.set(message.typeName, table);
  for (const field of message.fields) table.fields.set(field.number, entryOf(field, tables));
  return table;
}

function entryOf(field: DescField, tables: Map<string, TableInConstruction>): FieldEntry {
  const { number, name, jsonName } = field;
  const base = { number, name, jsonName, isRepeated: field.fieldKind === 'list', isMap: field.fieldKind === 'map' };
  if (field.fieldKind === 'map') return { ...base, kind: 'message', integer: 'none', wireType: wireBytes, message: entryTableOf(field, tables) };
  if (field.message !== undefined) {
    const isGroup = field.delimitedEncoding;
    return { ...base, kind: 'message', integer: 'none', wireType: isGroup ? wireGroupStart : wireBytes, message: addTable(field.message, tables) };
  }
  return { ...base, ...scalarFacts(field.scalar), message: undefined };
}

function entryTableOf(field: DescField & { fieldKind: 'map' }, tables: Map<string, TableInConstruction>): MessageTable {
  const entry = { jsonName: '', isRepeated: false, isMap: false };
  const key: FieldEntry = { ...entry, number: 1, name: 'key', ...scalarFacts(field.mapKey), message: undefined };
  const value: FieldEntry = field.message === undefined
    ? { ...entry, number: 2, name: 'value', ...scalarFacts(field.scalar), message: undefined }
    : { ...entry, number: 2, name: 'value', kind: 'message', integer: 'none', wireType: wireBytes, message: addTable(field.message, tables) };
  return { typeName: '', fields: new Map([[1, key], [2, value]]) };
}

const integerForms: Partial<Record<ScalarType, IntegerForm>> = {
  [ScalarType.UINT32]: 'unsigned', [ScalarType.UINT64]: 'unsigned', [ScalarType.INT32]: 'signed', [ScalarType.INT64]: 'signed',
  [ScalarType.SINT32]: 'zigzag', [ScalarType.SINT64]: 'zigzag', [ScalarType.FIXED32]: 'fixed32', [ScalarType.FIXED64]: 'fixed64',
};

/** Of an enum when there is no scalar type. */
function scalarFacts(scalar: ScalarType | undefined): { kind: FieldKind; integer: IntegerForm; wireType: number } {
  if (scalar === ScalarType.STRING) return { kind: 'string', integer: 'none', wireType: wireBytes };
  if (scalar === ScalarType.BYTES) return { kind: 'bytes', integer: 'none', wireType: wireBytes };
  const integer = (scalar === undefined ? undefined : integerForms[scalar]) ?? 'none';
  if (integer === 'fixed32' || scalar === ScalarType.FLOAT || scalar === ScalarType.SFIXED32) return { kind: 'number', integer, wireType: wireFixed32 };
  if (integer === 'fixed64' || scalar === ScalarType.DOUBLE || scalar === ScalarType.SFIXED64) return { kind: 'number', integer, wireType: wireFixed64 };
  return { kind: 'number', integer, wireType: wireVarint };
}
