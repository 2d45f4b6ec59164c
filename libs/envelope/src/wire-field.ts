import { readVarint32, varint64SizeAt, varintSize } from './varint.js';

/** Wire types of Protobuf that this protocol uses; groups (3, 4) are refused everywhere. */
export const wireVarint = 0;
export const wireFixed64 = 1;
export const wireBytes = 2;
export const wireFixed32 = 5;

/** True for the wire types that may stand in a frame. */
export function isKnownWireType(wireType: number): boolean {
  return wireType === wireVarint || wireType === wireFixed64 || wireType === wireBytes || wireType === wireFixed32;
}

/**
 * Offset after the value of a field whose tag ends at `at`, or -1 when the value is malformed, reaches past `end`
 * or is a group. Contents of length-delimited values are not looked at.
 */
export function skipValue(bytes: Uint8Array, at: number, end: number, wireType: number): number {
  let next = -1;
  if (wireType === wireBytes) {
    const length = readVarint32(bytes, at, end);
    if (length >= 0) next = at + varintSize(length) + length;
  } else if (wireType === wireVarint) {
    const size = varint64SizeAt(bytes, at, end);
    if (size > 0) next = at + size;
  } else if (wireType === wireFixed64) {
    next = at + 8;
  } else if (wireType === wireFixed32) {
    next = at + 4;
  }
  return next > end ? -1 : next;
}

/**
 * First offset at or after `at` at which the tag of field `wantedTag` stands, walking whole fields; -1 when there
 * is none before `end` or the bytes before it are malformed.
 */
export function findField(bytes: Uint8Array, at: number, end: number, wantedTag: number): number {
  let next = at;
  while (next >= 0 && next < end) {
    const tag = readVarint32(bytes, next, end);
    if (tag === wantedTag) return next;
    if (tag < 8) return -1;
    next = skipValue(bytes, next + varintSize(tag), end, tag & 7);
  }
  return -1;
}
