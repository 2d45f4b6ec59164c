import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import type { RefusalRecord } from './refusal.js';
import { isValidUtf8 } from './utf8.js';
import { readVarint32, varint64SizeAt, varintSize } from './varint.js';
import { isKnownWireType, skipValue, wireBytes, wireFixed64, wireVarint } from './wire-field.js';

type ValueKind = 'string' | 'bytes' | 'bool' | 'uint32' | 'uint64' | 'fixed64' | 'message';

interface FieldRule {
  readonly path: string;
  readonly kind: ValueKind;
  readonly wireType: number;
  readonly repeated: boolean;
  /** Member of the message's oneof, of which one may be set. */
  readonly inOneof: boolean;
  readonly message: MessageRule | undefined;
}

/** Compiled rules of one message type, at one place in the frame: every field carries its full path. */
export interface MessageRule {
  readonly path: string;
  readonly fields: ReadonlyMap<number, FieldRule>;
}

const scalarKinds: ReadonlyMap<ScalarType, ValueKind> = new Map<ScalarType, ValueKind>([
  [ScalarType.STRING, 'string'],
  [ScalarType.BYTES, 'bytes'],
  [ScalarType.BOOL, 'bool'],
  [ScalarType.UINT32, 'uint32'],
  [ScalarType.UINT64, 'uint64'],
  [ScalarType.FIXED64, 'fixed64'],
  [ScalarType.SFIXED64, 'fixed64'],
]);

/**
 * Compiles the strict rules of a message from its descriptor, so that the contract in proto/ stays their one source.
 * `path` is the message's place in the frame. Throws when the message uses a kind of field that the strict rules do
 * not define (enums, maps, signed varints, floats, packed numbers, a second oneof), which a change of the contract would have to settle first.
 */
export function compileMessageRule(message: DescMessage, path: string): MessageRule {
  if (message.oneofs.length > 1) throw new TypeError(`no strict rule for two oneofs in ${path}`);
  const fields = new Map<number, FieldRule>();
  for (const field of message.fields) fields.set(field.number, compileFieldRule(field, `${path}.${field.name}`));
  return { path, fields };
}

function compileFieldRule(field: DescField, path: string): FieldRule {
  const nested = field.fieldKind === 'message' || (field.fieldKind === 'list' && field.listKind === 'message') ? field.message : undefined;
  const scalar = field.fieldKind === 'scalar' || (field.fieldKind === 'list' && field.listKind === 'scalar') ? field.scalar : undefined;
  const kind = nested === undefined ? scalar !== undefined && scalarKinds.get(scalar) : 'message';
  const packable = field.fieldKind === 'list' && kind !== 'message' && kind !== 'string' && kind !== 'bytes';
  if (typeof kind !== 'string' || packable) throw new TypeError(`no strict rule for the field ${path}`);
  return {
    path,
    kind,
    wireType: kind === 'fixed64' ? wireFixed64 : kind === 'bool' || kind === 'uint32' || kind === 'uint64' ? wireVarint : wireBytes,
    repeated: field.fieldKind === 'list',
    inOneof: field.oneof !== undefined,
    message: nested === undefined ? undefined : compileMessageRule(nested, path),
  };
}

/**
 * Checks `bytes[start, end)` against the rules: known fields alone (UNKNOWN_FIELD), the wire type of each, singular
 * fields and oneofs once (INVALID_ENVELOPE), minimal varints, bool 0 or 1, uint32 of 32 bits, UTF-8 (INVALID_UTF8);
 * all else MALFORMED_FRAME. On false, `refusal` holds code and field.
 */
export function checkMessage(rule: MessageRule, bytes: Uint8Array, start: number, end: number, refusal: RefusalRecord): boolean {
  const seen = new Set<number>();
  let oneofSeen = false;
  let at = start;
  while (at < end) {
    const tag = readVarint32(bytes, at, end);
    if (tag < 8 || !isKnownWireType(tag & 7)) return refusal.set('MALFORMED_FRAME', rule.path);
    const field = rule.fields.get(tag >>> 3);
    const valueAt = at + varintSize(tag);
    const next = skipValue(bytes, valueAt, end, tag & 7);
    if (next < 0) return refusal.set('MALFORMED_FRAME', field?.path ?? `${rule.path}.${tag >>> 3}`);
    if (field === undefined) return refusal.set('UNKNOWN_FIELD', `${rule.path}.${tag >>> 3}`);
    if (field.wireType !== (tag & 7)) return refusal.set('MALFORMED_FRAME', field.path);
    if (!field.repeated && seen.has(tag)) return refusal.set('INVALID_ENVELOPE', field.path);
    if (field.inOneof && oneofSeen) return refusal.set('INVALID_ENVELOPE', rule.path);
    seen.add(tag);
    oneofSeen ||= field.inOneof;
    if (!checkValue(field, bytes, valueAt, next, refusal)) return false;
    at = next;
  }
  return true;
}

function checkValue(field: FieldRule, bytes: Uint8Array, at: number, end: number, refusal: RefusalRecord): boolean {
  const contentAt = field.wireType === wireBytes ? at + varintSize(readVarint32(bytes, at, end)) : at;
  switch (field.kind) {
    case 'string':
      return isValidUtf8(bytes, contentAt, end) || refusal.set('INVALID_UTF8', field.path);
    case 'message':
      return field.message === undefined || checkMessage(field.message, bytes, contentAt, end, refusal);
    case 'bool':
      return (end - at === 1 && bytes[at] <= 1) || refusal.set('MALFORMED_FRAME', field.path);
    case 'uint32':
      return readVarint32(bytes, at, end) >= 0 || refusal.set('MALFORMED_FRAME', field.path);
    case 'uint64':
      return varint64SizeAt(bytes, at, end) > 0 || refusal.set('MALFORMED_FRAME', field.path);
    case 'bytes':
    case 'fixed64':
      return true;
  }
}
