/**
 * Primitives of the Protobuf wire format (protobuf.dev, Encoding), strict: over-long varints are refused, so the
 * size of a varint follows from its value and readers need not return it.
 */

/** Bytes that the minimal varint of `value` takes, 1 to 8. `value` is an integer from 0 to 2^53 - 1. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  if (value < 0x1000_0000) return 4;
  if (value < 0x8_0000_0000) return 5;
  if (value < 0x400_0000_0000) return 6;
  return value < 0x2_0000_0000_0000 ? 7 : 8;
}

/** Writes the minimal varint of `value`, an integer from 0 to 2^53 - 1, and returns the next offset. */
export function writeVarint(target: Uint8Array, at: number, value: number): number {
  let rest = value;
  let next = at;
  while (rest > 0x7fff_ffff) {
    target[next++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  while (rest > 0x7f) {
    target[next++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[next++] = rest;
  return next;
}

/** The varint at `at` as a uint32, or -1 when it is truncated, over-long or above 32 bits. Its size is `varintSize` of the value. */
export function readVarint32(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1;
  const first = bytes[at];
  if (first < 0x80) return first;
  if (at + 1 >= end) return -1;
  const second = bytes[at + 1];
  if (second < 0x80) return second === 0 ? -1 : (first & 0x7f) | (second << 7);
  return readLongVarint32(bytes, at, end);
}

function readLongVarint32(bytes: Uint8Array, at: number, end: number): number {
  let value = (bytes[at] & 0x7f) | ((bytes[at + 1] & 0x7f) << 7);
  for (let index = 2; index < 5; index++) {
    if (at + index >= end) return -1;
    const byte = bytes[at + index];
    if (index === 4 && byte > 0x0f) return -1;
    value = (value | ((byte & 0x7f) << (index * 7))) >>> 0;
    if (byte < 0x80) return byte === 0 ? -1 : value;
  }
  return -1;
}

/** Bytes of the varint at `at`, 1 to 10, or -1 when it is truncated, over-long or above 64 bits. */
export function varint64SizeAt(bytes: Uint8Array, at: number, end: number): number {
  for (let index = 0; index < 10; index++) {
    if (at + index >= end) return -1;
    const byte = bytes[at + index];
    if (byte >= 0x80) continue;
    if (index > 0 && byte === 0) return -1;
    return index === 9 && byte > 1 ? -1 : index + 1;
  }
  return -1;
}

/** Value of a varint of `size` bytes that `varint64SizeAt` accepted; exact up to 2^53, above that rounded and at least 2^53. */
export function readVarint64(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let index = size - 1; index >= 0; index--) value = value * 128 + (bytes[at + index] & 0x7f);
  return value;
}

/** The little-endian uint32 at `at`. */
export function readFixed32(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

/** Writes a uint32, little-endian, 4 bytes. */
export function writeFixed32(target: Uint8Array, at: number, value: number): void {
  target[at] = value & 0xff;
  target[at + 1] = (value >>> 8) & 0xff;
  target[at + 2] = (value >>> 16) & 0xff;
  target[at + 3] = value >>> 24;
}

/** The little-endian uint64 at `at`; exact below 2^53, rounded above. */
export function readFixed64(bytes: Uint8Array, at: number): number {
  return readFixed32(bytes, at) + readFixed32(bytes, at + 4) * 0x1_0000_0000;
}

/** Writes an integer from 0 to 2^53 - 1 as a little-endian uint64, 8 bytes, and returns the next offset. */
export function writeFixed64(target: Uint8Array, at: number, value: number): number {
  writeFixed32(target, at, value >>> 0);
  writeFixed32(target, at + 4, Math.floor(value / 0x1_0000_0000));
  return at + 8;
}
