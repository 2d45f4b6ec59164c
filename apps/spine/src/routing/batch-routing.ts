import { writeFixed64, type BatchView } from '@arqonbus/envelope';
import { isChannelNameBytes, isClientIdBytes, isRoomNameBytes } from '@arqonbus/tenancy';
import type { Topic } from './topic.js';

/**
 * True when the batch's routing fields are, byte for byte, those that the topic's own header starts
 * with: the common case of a publisher that stays on one topic, decided without decoding a name.
 */
export function isSameRouting(bytes: Uint8Array, view: BatchView, topic: Topic | undefined): topic is Topic {
  if (topic === undefined || topic.isClosed) return false;
  const routing = topic.routing;
  const end = view.start + routing.length;
  const last = Math.max(view.roomEnd, view.channelEnd, view.recipientEnd);
  if (last !== end || end > bytes.length) return false;
  for (let i = 0, at = view.start; at < end; i += 1, at += 1) {
    if (bytes[at] !== routing[i]) return false;
  }
  return true;
}

/** Name of the field that breaks the name grammar, if any. */
export function invalidRoomOrChannel(bytes: Uint8Array, view: BatchView): string | undefined {
  if (view.roomStart < 0 || !isRoomNameBytes(bytes, view.roomStart, view.roomEnd)) return 'batches.room';
  if (view.channelStart >= 0 && !isChannelNameBytes(bytes, view.channelStart, view.channelEnd)) return 'batches.channel';
  return undefined;
}

export function invalidRecipient(bytes: Uint8Array, view: BatchView): string | undefined {
  return isClientIdBytes(bytes, view.recipientStart, view.recipientEnd) ? undefined : 'batches.recipient';
}

/** Decodes ASCII, which names are once they passed the grammar. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/** A routing name as the sender wrote it, for the refusal that goes back to it. */
export function nameOf(bytes: Uint8Array, start: number, end: number): string {
  return start < 0 || end - start > longestNameBytes ? '' : Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}

/** Batch fields 1 to 4: the topic's routing and the one session that the run is for. */
export function routingToSession(topic: Topic, session: number): Uint8Array {
  const target = new Uint8Array(topic.routing.length + 9);
  target.set(topic.routing);
  target[topic.routing.length] = 0x21;
  writeFixed64(target, topic.routing.length + 1, session);
  return target;
}

const longestNameBytes = 256;
