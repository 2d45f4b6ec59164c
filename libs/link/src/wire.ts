import { ArqonError } from '@arqonbus/errors';

// Protobuf wire primitives of the link's hot path, on numbers instead of bigint. Not exported by the package.

/** 2^53 - 1: sessions and sequences are safe integers. */
const MAX_HIGH_WORD = 0x1f_ff_ff;
const TWO_POW_32 = 0x1_0000_0000;

/** Length of a value below 2^31 as a varint, in bytes. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

/** Writes a value below 2^31 as a varint; returns the offset behind it. */
export function writeVarint(target: Uint8Array, at: number, value: number): number {
  let rest = value;
  let to = at;
  while (rest >= 0x80) {
    target[to++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[to++] = rest;
  return to;
}

/** Writes an unsigned 32-bit value little-endian; returns the offset behind it. */
export function writeFixed32(target: Uint8Array, at: number, value: number): number {
  target[at] = value & 0xff;
  target[at + 1] = (value >>> 8) & 0xff;
  target[at + 2] = (value >>> 16) & 0xff;
  target[at + 3] = value >>> 24;
  return at + 4;
}

/** Writes a non-negative safe integer little-endian in eight bytes; returns the offset behind it. */
export function writeFixed64(target: Uint8Array, at: number, value: number): number {
  writeFixed32(target, at, value >>> 0);
  return writeFixed32(target, at + 4, Math.floor(value / TWO_POW_32));
}

/** The one refusal of both readers: the link's bytes are not what its protocol allows. */
export function malformedLink(message: string, field?: string): ArqonError {
  return new ArqonError('MALFORMED_FRAME', field === undefined ? { message } : { message, field });
}

/**
 * Strict reader over one window of bytes. Every method throws MALFORMED_FRAME rather than read past
 * `end`, so a length prefix is never believed before its bytes are there.
 */
export class WireCursor {
  readonly bytes: Uint8Array;
  position: number;
  end: number;

  constructor(bytes: Uint8Array, position: number, end: number) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  get atEnd(): boolean {
    return this.position === this.end;
  }

  /** Next tag byte; all fields of the link protocol are numbered below 16. */
  tag(): number {
    return this.byte();
  }

  /** A varint below 2^28 in its shortest form: enough for lengths up to 1 MiB and for bools. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (byte === 0 && shift > 0) throw malformedLink('over-long varint');
        return value;
      }
    }
    throw malformedLink('varint too large');
  }

  /** A length prefix whose bytes are all there; leaves the position at the first of them and returns the end. */
  lengthEnd(): number {
    const length = this.varint();
    if (length > this.end - this.position) throw malformedLink('truncated');
    return this.position + length;
  }

  fixed32(): number {
    const at = this.advance(4);
    const bytes = this.bytes;
    return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
  }

  /** Eight bytes as a safe integer; larger values are refused. */
  fixed64(): number {
    const low = this.fixed32();
    const high = this.fixed32();
    if (high > MAX_HIGH_WORD) throw malformedLink('number above 2^53');
    return high * TWO_POW_32 + low;
  }

  private byte(): number {
    return this.bytes[this.advance(1)];
  }

  private advance(count: number): number {
    const at = this.position;
    if (count > this.end - at) throw malformedLink('truncated');
    this.position = at + count;
    return at;
  }
}
