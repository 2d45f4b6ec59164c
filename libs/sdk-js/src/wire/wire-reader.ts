import { ArqonError } from '@arqonbus/errors';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const shortTextBytes = 48;

/**
 * Cursor over bytes in the Protobuf wire format (protobuf.dev, Encoding). Reading past `end` or a group raises
 * ArqonError MALFORMED_FRAME; unknown fields are the caller's to skip, since clients ignore them (docs/protocol.md).
 */
export class WireReader {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
    public end = bytes.length,
  ) {}

  /** A varint as a number; exact up to 2^53. */
  number(): number {
    const bytes = this.bytes;
    let at = this.at;
    if (at >= this.end) throw malformed();
    let byte = bytes[at++];
    let value = byte & 0x7f;
    let scale = 128;
    while (byte >= 0x80) {
      if (at >= this.end || scale > 2 ** 63) throw malformed();
      byte = bytes[at++];
      value += (byte & 0x7f) * scale;
      scale *= 128;
    }
    this.at = at;
    return value;
  }

  /** A varint as a bigint, exact for every uint64. */
  uint64(): bigint {
    const start = this.at;
    const value = this.number();
    if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
    let exact = 0n;
    for (let at = this.at - 1; at >= start; at--) exact = (exact << 7n) | BigInt(this.bytes[at] & 0x7f);
    return BigInt.asUintN(64, exact);
  }

  /** Eight bytes, little-endian, unsigned. */
  fixed64(): bigint {
    const at = this.at;
    this.at = at + 8;
    if (this.at > this.end) throw malformed();
    const low = readFixed32(this.bytes, at);
    const high = readFixed32(this.bytes, at + 4);
    return high < 0x20_0000 ? BigInt(high * 0x1_0000_0000 + low) : (BigInt(high) << 32n) | BigInt(low);
  }

  /** Eight bytes, little-endian, signed. */
  sfixed64(): bigint {
    return BigInt.asIntN(64, this.fixed64());
  }

  bool(): boolean {
    return this.number() !== 0;
  }

  /** Reads a length and returns the offset at which the value that follows ends; `at` is then its start. */
  span(): number {
    const length = this.number();
    const valueEnd = this.at + length;
    if (valueEnd > this.end) throw malformed();
    return valueEnd;
  }

  /** A length-delimited value as a view, not a copy. */
  view(): Uint8Array {
    const valueEnd = this.span();
    const value = this.bytes.subarray(this.at, valueEnd);
    this.at = valueEnd;
    return value;
  }

  text(): string {
    const valueEnd = this.span();
    const value = decodeText(this.bytes, this.at, valueEnd);
    this.at = valueEnd;
    return value;
  }

  /** Passes over the value of a field whose tag was just read. */
  skip(tag: number): void {
    const wireType = tag & 7;
    if (wireType === 2) this.at = this.span();
    else if (wireType === 0) this.number();
    else if (wireType === 1) this.at += 8;
    else if (wireType === 5) this.at += 4;
    else throw malformed();
    if (this.at > this.end) throw malformed();
  }

  /** Calls `field` for each field of the message in `[at, messageEnd)`; what it does not consume is skipped. */
  fields(messageEnd: number, field: (number: number) => void): void {
    const outerEnd = this.end;
    this.end = messageEnd;
    while (this.at < messageEnd) {
      const tag = this.number();
      const valueAt = this.at;
      field(tag >>> 3);
      if (this.at === valueAt) this.skip(tag);
    }
    this.end = outerEnd;
  }
}

/** Text of `bytes[start, end)`; raises MALFORMED_FRAME when it is not UTF-8. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= shortTextBytes) {
    let text = '';
    let at = start;
    for (; at < end; at++) {
      const byte = bytes[at];
      if (byte >= 0x80) break;
      text += String.fromCharCode(byte);
    }
    if (at === end) return text;
  }
  try {
    return utf8.decode(bytes.subarray(start, end));
  } catch (cause) {
    throw new ArqonError('MALFORMED_FRAME', { cause });
  }
}

function readFixed32(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

function malformed(): ArqonError {
  return new ArqonError('MALFORMED_FRAME');
}
