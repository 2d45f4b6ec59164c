import type { BatchView } from './batch-view.js';
import { readFixed64, readVarint32, readVarint64, varint64SizeAt, varintSize, writeVarint } from './varint.js';
import { findField, skipValue } from './wire-field.js';

/** A place in the history of a channel of the batch's room. Above 2^53 the numbers are rounded. */
export interface ChannelPosition {
  readonly channel: string;
  readonly epoch: number;
  readonly sequence: number;
}

const tagAfter = 0x4a;
const tagStampAfter = 0x3a;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The positions in `Batch.after` of a batch that the reader accepted, in their order. */
export function readPositions(bytes: Uint8Array, view: BatchView): ChannelPosition[] {
  const positions: ChannelPosition[] = [];
  eachAfter(bytes, view, (start, end) => positions.push(readPosition(bytes, start, end)));
  return positions;
}

/** The entries of `Stamp.after` that repeat the batch's `after`: what StampedRun wants. */
export function encodeStampAfter(bytes: Uint8Array, view: BatchView): Uint8Array {
  const parts: { start: number; end: number }[] = [];
  eachAfter(bytes, view, (start, end) => parts.push({ start, end }));
  const target = new Uint8Array(parts.reduce((sum, part) => sum + 1 + varintSize(part.end - part.start) + part.end - part.start, 0));
  let at = 0;
  for (const { start, end } of parts) {
    target[at] = tagStampAfter;
    at = writeVarint(target, at + 1, end - start);
    target.set(bytes.subarray(start, end), at);
    at += end - start;
  }
  return target;
}

function eachAfter(bytes: Uint8Array, view: BatchView, visit: (start: number, end: number) => void): void {
  let at = view.afterCount === 0 ? -1 : findField(bytes, view.start, view.end, tagAfter);
  while (at >= 0) {
    const length = readVarint32(bytes, at + 1, view.end);
    const start = at + 1 + varintSize(length);
    visit(start, start + length);
    at = findField(bytes, start + length, view.end, tagAfter);
  }
}

function readPosition(bytes: Uint8Array, start: number, end: number): ChannelPosition {
  let channel = '';
  let epoch = 0;
  let sequence = 0;
  let at = start;
  while (at < end) {
    const tag = bytes[at];
    const valueAt = at + 1;
    at = skipValue(bytes, valueAt, end, tag & 7);
    if (tag === 0x0a) channel = decoder.decode(bytes.subarray(valueAt + varintSize(readVarint32(bytes, valueAt, end)), at));
    else if (tag === 0x11) epoch = readFixed64(bytes, valueAt);
    else sequence = readVarint64(bytes, valueAt, varint64SizeAt(bytes, valueAt, end));
  }
  return { channel, epoch, sequence };
}
