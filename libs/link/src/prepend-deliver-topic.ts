import { varintSize, writeFixed32, writeFixed64, writeVarint } from './wire.js';

/** Room that `prependDeliverTopic` may need before a frame; its headers take at most 43 bytes. */
export const DELIVER_HEADROOM_BYTES = 64;

/** Fixed part of DeliverTopic: two fixed32, two fixed64, and the tag of `frame`. */
const FIXED_BYTES = 5 + 5 + 9 + 9 + 1;

/** What a DeliverTopic says about its frame (link.proto). Numbers are safe integers; `room` is 0 for an inbox. */
export interface DeliverTopicHeader {
  readonly topic: number;
  readonly room: number;
  readonly lastSequence: number;
  readonly prevSequence: number;
}

/**
 * Writes the headers of `SpineFrame{messages: [{deliver_topic: {…, frame}}]}` so that they end at
 * `frameStart`, before a frame of `frameBytes` bytes that already lies there, and returns where the
 * link message starts. The frame is not copied. The caller keeps DELIVER_HEADROOM_BYTES free before
 * it; RangeError when `frameStart` is less than the headers need.
 */
export function prependDeliverTopic(target: Uint8Array, frameStart: number, frameBytes: number, d: DeliverTopicHeader): number {
  const deliverBytes = FIXED_BYTES + varintSize(frameBytes) + frameBytes;
  const messageBytes = 1 + varintSize(deliverBytes) + deliverBytes;
  const start = frameStart + frameBytes - messageBytes - varintSize(messageBytes) - 1;
  if (start < 0) throw new RangeError('no headroom before the frame');
  target[start] = 0x0a;
  let at = writeVarint(target, start + 1, messageBytes);
  target[at] = 0x0a;
  at = writeVarint(target, at + 1, deliverBytes);
  target[at] = 0x0d;
  at = writeFixed32(target, at + 1, d.topic);
  target[at] = 0x15;
  at = writeFixed32(target, at + 1, d.room);
  target[at] = 0x19;
  at = writeFixed64(target, at + 1, d.lastSequence);
  target[at] = 0x21;
  at = writeFixed64(target, at + 1, d.prevSequence);
  target[at] = 0x7a;
  writeVarint(target, at + 1, frameBytes);
  return start;
}
