import type { DescriptorRegistry, FieldEntry, MessageTable } from './descriptor-registry.js';
import { deadState, type FieldPaths } from './field-path.js';
import { WireReader, wireBytes, wireGroupEnd, wireGroupStart } from './wire-reader.js';

const maxDepth = 32;

/** Takes the range of one value. */
export type AddRange = (start: number, end: number) => void;

/**
 * Reports the values of a Protobuf message that `paths` name: contents without their length, a message or map entry as a whole. An element of a
 * repeated field has its index in the path, the value of a map its key. A packed list is reported whole when any element is named. False when the
 * message is malformed or deeper than 32, or its type not registered, so that something may have been passed over.
 */
export function findProtobufFields(
  bytes: Uint8Array, start: number, end: number, descriptors: DescriptorRegistry, typeName: string, paths: FieldPaths, add: AddRange,
): boolean {
  const table = descriptors.messageOf(typeName);
  return table !== undefined && new FieldWalk(bytes, paths, add).message(start, end, table, paths.startState, 0);
}

class FieldWalk {
  private readonly reader = new WireReader();

  constructor(
    private readonly bytes: Uint8Array,
    private readonly paths: FieldPaths,
    private readonly add: AddRange,
  ) {}

  message(start: number, end: number, table: MessageTable, state: number, depth: number): boolean {
    if (state === deadState) return true;
    if (depth > maxDepth) return false;
    const { reader, bytes } = this;
    const counts = new Map<number, number>();
    let openGroups = 0;
    let isWhole = true;
    let at = start;
    while (at < end) {
      if (!reader.read(bytes, at, end)) return false;
      at = reader.next;
      if (reader.wireType === wireGroupStart) openGroups++;
      if (reader.wireType === wireGroupEnd) openGroups--;
      const field = table.fields.get(reader.number);
      // Fields inside a group belong to another message; groups themselves are not addressed by paths.
      if (openGroups !== 0 || field === undefined || reader.wireType === wireGroupEnd) continue;
      isWhole = this.value(reader.valueStart, reader.valueEnd, field, state, counts, depth) && isWhole;
    }
    return isWhole;
  }

  private value(start: number, end: number, field: FieldEntry, state: number, counts: Map<number, number>, depth: number): boolean {
    const { paths } = this;
    const nameId = paths.idOf(field.name);
    let next = paths.step(state, nameId >= 0 ? nameId : paths.idOf(field.jsonName));
    if (next === deadState) return true;
    if (!paths.isMatch(next) && field.isMap && field.message !== undefined) return this.mapEntry(start, end, field.message, next, depth);
    if (!paths.isMatch(next) && field.isRepeated) {
      if (field.kind === 'number' && this.reader.wireType === wireBytes) return this.packed(start, end, next);
      const index = counts.get(field.number) ?? 0;
      counts.set(field.number, index + 1);
      next = paths.step(next, paths.idOfIndex(index));
    }
    if (paths.isMatch(next)) this.add(start, end);
    else if (field.kind === 'message' && field.message !== undefined) return this.message(start, end, field.message, next, depth + 1);
    return true;
  }

  /** An entry without a key has the key's default. */
  private mapEntry(start: number, end: number, entry: MessageTable, state: number, depth: number): boolean {
    const { reader, bytes, paths } = this;
    let next = paths.step(state, entry.fields.get(1)?.kind === 'string' ? paths.idOf('') : paths.idOfIndex(0));
    for (let at = start; at < end; at = reader.next) {
      if (!reader.read(bytes, at, end)) return false;
      if (reader.number === 1) next = paths.step(state, this.keyId(reader));
    }
    if (paths.isMatch(next)) {
      this.add(start, end);
      return true;
    }
    const value = entry.fields.get(2);
    if (value?.message === undefined) return true;
    let isWhole = true;
    for (let at = start; at < end; ) {
      if (!reader.read(bytes, at, end)) return false;
      at = reader.next;
      if (reader.number === 2) isWhole = this.message(reader.valueStart, reader.valueEnd, value.message, next, depth + 1) && isWhole;
    }
    return isWhole;
  }

  private keyId({ wireType, valueStart, valueEnd }: WireReader): number {
    if (wireType === wireBytes) return this.paths.idOfBytes(this.bytes, valueStart, valueEnd);
    return valueEnd - valueStart === 1 ? this.paths.idOfIndex(this.bytes[valueStart]) : -1;
  }

  /** Elements are told apart by no more than whether one of the first is named. */
  private packed(start: number, end: number, state: number): boolean {
    for (let index = 0; index < end - start; index++) {
      if (!this.paths.isMatch(this.paths.step(state, this.paths.idOfIndex(index)))) continue;
      this.add(start, end);
      return true;
    }
    return true;
  }
}
