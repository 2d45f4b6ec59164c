/** Wire types of Protobuf. */
export const wireVarint = 0;
export const wireFixed64 = 1;
export const wireBytes = 2;
export const wireGroupStart = 3;
export const wireGroupEnd = 4;
export const wireFixed32 = 5;

const maxVarintBytes = 10;

/**
 * Reads one field of a Protobuf message after the other without decoding it. Takes what decoders take, over-long varints included. Groups come as
 * their start and their end, and what is between them as fields. The record is overwritten by each read.
 */
export class WireReader {
  number = 0;
  wireType = 0;
  /** The value: contents without the length of what has one; empty for the start and end of a group. */
  valueStart = 0;
  valueEnd = 0;
  /** Where the next field begins. */
  next = 0;

  private varintEnd = 0;

  /** Reads the field at `at`; false when it is malformed or reaches past `end`. */
  read(bytes: Uint8Array, at: number, end: number): boolean {
    this.ends(at, end);
    const tag = this.varint(bytes, at, end);
    const number = Math.floor(tag / 8);
    if (tag < 8 || number > 0x1fff_ffff) return false;
    this.number = number;
    this.wireType = tag & 7;
    const start = this.varintEnd;
    this.valueStart = start;
    if (this.wireType === wireVarint) return this.varint(bytes, start, end) >= 0 && this.ends(this.varintEnd, end);
    if (this.wireType === wireFixed64) return this.ends(start + 8, end);
    if (this.wireType === wireFixed32) return this.ends(start + 4, end);
    if (this.wireType === wireGroupStart || this.wireType === wireGroupEnd) return this.ends(start, end);
    if (this.wireType !== wireBytes) return false;
    const length = this.varint(bytes, start, end);
    if (length < 0) return false;
    this.valueStart = this.varintEnd;
    return this.ends(this.varintEnd + length, end);
  }

  private ends(at: number, end: number): boolean {
    this.valueEnd = at;
    this.next = at;
    return at <= end;
  }

  /** The varint at `at`, rounded above 2^53, or -1. Sets `varintEnd`. */
  private varint(bytes: Uint8Array, at: number, end: number): number {
    let value = 0;
    let scale = 1;
    const limit = Math.min(end, at + maxVarintBytes);
    for (let next = at; next < limit; next++) {
      const byte = bytes[next];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.varintEnd = next + 1;
        return value;
      }
      scale *= 128;
    }
    return -1;
  }
}

/** Whether `bytes[start, end)` is a sequence of whole fields, with at least one and every group closed. */
export function readsAsProtobuf(bytes: Uint8Array, start: number, end: number): boolean {
  const reader = new WireReader();
  const groups: number[] = [];
  let at = start;
  while (at < end) {
    if (!reader.read(bytes, at, end)) return false;
    if (reader.wireType === wireGroupStart) groups.push(reader.number);
    if (reader.wireType === wireGroupEnd && groups.pop() !== reader.number) return false;
    at = reader.next;
  }
  return at > start && groups.length === 0;
}

/**
 * How the contents of a field that no descriptor tells are taken: as text when they are printable UTF-8 and do not begin with a control character, else
 * as a message when they read as one.
 */
export function guessedContent(bytes: Uint8Array, start: number, end: number): 'text' | 'message' | 'bytes' {
  const isText = isPrintableText(bytes, start, end);
  if (isText && bytes[start] >= 0x20) return 'text';
  if (readsAsProtobuf(bytes, start, end)) return 'message';
  return isText ? 'text' : 'bytes';
}

/**
 * Not empty, no control characters other than tabs and line ends, and bytes from 0x80 up in sequences of UTF-8. In one pass from the left, because the
 * length of a message inside gives it away at once, however deep messages are nested.
 */
function isPrintableText(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const byte = bytes[at++];
    if (byte < 0x80) {
      if (byte === 0x7f || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) return false;
      continue;
    }
    if (byte < 0xc2 || byte > 0xf4) return false;
    for (let left = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3; left > 0; left--) {
      if (at === end || (bytes[at++] & 0xc0) !== 0x80) return false;
    }
  }
  return end > start;
}
