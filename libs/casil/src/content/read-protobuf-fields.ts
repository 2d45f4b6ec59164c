import type { Layer } from '../layers/layer.js';
import type { DescriptorRegistry, FieldEntry, IntegerForm, MessageTable } from './descriptor-registry.js';
import { guessedContent, WireReader, wireBytes, wireGroupEnd, wireGroupStart } from './wire-reader.js';

const maxDepth = 32;
const maxFieldCount = 65_536;
/** Most bytes of the text: names repeat, so it may be longer than the payload. */
const maxTextBytes = 131_072;
/** Shorter values are no secrets, and in great number they would make the text long. */
const minValueBytes = 4;
const maxPathBytes = 64;
const minPrintablePercent = 90;

/**
 * Writes the string, bytes and integer fields of a Protobuf message into `out` as lines `path.to.field: value`, the path by names of the .proto file
 * and at most its last 64 bytes; the map leads to offsets in `bytes`. Fields that are not known, all when the type is not registered, are written without
 * a name when they look like text, and messages among them and in bytes fields are looked into. Values of less than 4 bytes and other bytes are left out; a field that reaches past `end` is written as far as it goes, and a message ends where it is malformed. False when a bound cut it off:
 * 32 levels, 65,536 fields or 131,072 bytes.
 */
export function readProtobufFields(
  bytes: Uint8Array, start: number, end: number, descriptors: DescriptorRegistry, typeName: string, out: Layer,
): boolean {
  out.begin('fields', start);
  return new FieldWriter(bytes, out).write(start, end, descriptors.messageOf(typeName));
}

class FieldWriter {
  private readonly reader = new WireReader();
  /** Names of the fields on the way down. */
  private readonly path: string[] = [];
  private readonly pathBytes = new Uint8Array(maxPathBytes);
  private readonly digits = new Uint8Array(20);
  private leftFields = maxFieldCount;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly out: Layer,
  ) {}

  write(start: number, end: number, table: MessageTable | undefined): boolean {
    return this.message(start, end, table, 0) && !this.out.isCut;
  }

  private message(start: number, end: number, table: MessageTable | undefined, depth: number): boolean {
    if (depth > maxDepth) return false;
    const { reader, bytes, out } = this;
    let openGroups = 0;
    let isWhole = true;
    let at = start;
    while (at < end && !out.isCut) {
      if (--this.leftFields < 0) return false;
      const fits = reader.read(bytes, at, end);
      const isCutShort = !fits && reader.wireType === wireBytes && reader.valueStart < end && reader.valueEnd > end;
      if (!fits && !isCutShort) return isWhole;
      at = reader.next;
      if (reader.wireType === wireGroupStart) openGroups++;
      else if (reader.wireType === wireGroupEnd) openGroups--;
      const field = openGroups === 0 ? table?.fields.get(reader.number) : undefined;
      const valueEnd = Math.min(end, reader.valueEnd);
      if (field !== undefined) isWhole = this.field(reader.valueStart, valueEnd, field, depth) && isWhole;
      else if (reader.wireType === wireBytes) isWhole = this.unknownField(reader.valueStart, valueEnd, depth) && isWhole;
    }
    return isWhole;
  }

  private field(start: number, end: number, field: FieldEntry, depth: number): boolean {
    const { path, reader } = this;
    if (field.kind === 'message') {
      if (field.message === undefined || reader.wireType !== wireBytes) return true;
      path.push(field.name);
      const isWhole = this.message(start, end, field.message, depth + 1);
      path.pop();
      return isWhole;
    }
    if (field.kind === 'number') {
      this.writeInteger(start, end, field);
      return true;
    }
    if (end - start < minValueBytes) return true;
    if (field.kind === 'bytes' && !isPrintable(this.bytes, start, end)) return this.unknownField(start, end, depth);
    this.beginLine(start, end - start, field);
    this.writeValue(start, end);
    return true;
  }

  private unknownField(start: number, end: number, depth: number): boolean {
    if (end - start < minValueBytes) return true;
    const content = guessedContent(this.bytes, start, end);
    if (content === 'message') return this.message(start, end, undefined, depth + 1);
    if (content === 'bytes') return true;
    this.out.reserve(Math.min(maxTextBytes, this.out.length + end - start + 1));
    this.writeValue(start, end);
    return true;
  }

  private writeValue(start: number, end: number): void {
    this.out.addPiece(0, start, 0);
    this.out.copy(this.bytes, start, end, maxTextBytes);
    this.endLine(end);
  }

  private writeInteger(start: number, end: number, field: FieldEntry): void {
    const { out, digits } = this;
    const count = this.reader.wireType === wireBytes ? 0 : writeDigits(this.bytes, start, end, field.integer, digits);
    if (count < minValueBytes) return;
    this.beginLine(start, count, field);
    out.addPiece(Math.max(0, Math.min(count, maxTextBytes - out.length)), start, end - start);
    out.copy(digits, digits.length - count, digits.length, maxTextBytes);
    this.endLine(end);
  }

  private beginLine(valueStart: number, valueBytes: number, field: FieldEntry): void {
    this.out.reserve(Math.min(maxTextBytes, this.out.length + maxPathBytes + valueBytes + 3));
    this.path.push(field.name);
    this.copyMade(this.pathBytes, 0, this.writePath(), valueStart);
    this.path.pop();
    this.copyMade(colonAndSpace, 0, colonAndSpace.length, valueStart);
  }

  /** Writes as many of the last names as fit, joined by dots, and returns their length. */
  private writePath(): number {
    const { path, pathBytes } = this;
    let first = path.length - 1;
    for (let size = path[first].length; first > 0 && size + 1 + path[first - 1].length <= maxPathBytes; first--) size += 1 + path[first - 1].length;
    let length = 0;
    for (let index = first; index < path.length; index++) {
      if (length > 0) pathBytes[length++] = 0x2e;
      const name = path[index];
      for (let at = 0; at < name.length && length < maxPathBytes; at++) pathBytes[length++] = name.charCodeAt(at);
    }
    return length;
  }

  private endLine(valueEnd: number): void {
    this.copyMade(lineEnd, 0, lineEnd.length, valueEnd);
  }

  /** Copies what does not stand in the payload. */
  private copyMade(source: Uint8Array, start: number, end: number, valueAt: number): void {
    this.out.addPiece(Math.max(0, Math.min(end - start, maxTextBytes - this.out.length)), valueAt, 0);
    this.out.copy(source, start, end, maxTextBytes);
  }
}

const colonAndSpace = Uint8Array.of(0x3a, 0x20);
const lineEnd = Uint8Array.of(0x0a);

function isPrintable(bytes: Uint8Array, start: number, end: number): boolean {
  let other = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if ((byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte >= 0x7f) other++;
  }
  return other * 100 <= (end - start) * (100 - minPrintablePercent);
}

/** Writes the decimal digits of an integer at the end of `into`, without its sign, and returns how many; 0 for what is no integer. */
function writeDigits(bytes: Uint8Array, start: number, end: number, form: IntegerForm, into: Uint8Array): number {
  if (form === 'none') return 0;
  let value = form === 'fixed32' || form === 'fixed64' ? fixedValue(bytes, start, end) : varintValue(bytes, start, end);
  if (form === 'zigzag') value = Math.ceil(value / 2);
  // Negative numbers and what is no exact number in JavaScript: no card, phone or account number is that large.
  if (value > Number.MAX_SAFE_INTEGER) return 0;
  let count = 0;
  do {
    into[into.length - ++count] = 0x30 + (value % 10);
    value = Math.floor(value / 10);
  } while (value > 0);
  return count;
}

function fixedValue(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = end - 1; at >= start; at--) value = value * 256 + bytes[at];
  return value;
}

function varintValue(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = end - 1; at >= start; at--) value = value * 128 + (bytes[at] & 0x7f);
  return value;
}
