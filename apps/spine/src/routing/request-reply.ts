import { fromBinary } from '@bufbuild/protobuf';
import { envelopeRanges, type BatchView } from '@arqonbus/envelope';
import { EnvelopeSchema } from '@arqonbus/proto';
import type { Session } from './session.js';
import { sessionsIn, type Room, type Topic } from './topic.js';

/** Header by which an event says that its publisher waits for an answer. */
const expectsHeader = 'arqon-expects';

/** Ids of the events that a batch of replies answers. */
export function readReplyRequests(bytes: Uint8Array, view: BatchView): Uint8Array[] {
  return envelopeRanges(bytes, view.envelopesStart, view.envelopesEnd).map((range) => {
    const body = fromBinary(EnvelopeSchema, bytes.subarray(range.start, range.end)).body;
    return body.case === 'reply' ? body.value.requestId : new Uint8Array(0);
  });
}

/** True when the run's only event carries the header `arqon-expects: reply`. Decodes: ask only when nobody is there to answer. */
export function expectsReply(bytes: Uint8Array, view: BatchView): boolean {
  const range = envelopeRanges(bytes, view.envelopesStart, view.envelopesEnd)[0];
  if (range === undefined || !holdsHeaderName(bytes, range)) return false;
  return fromBinary(EnvelopeSchema, bytes.subarray(range.start, range.end)).headers[expectsHeader] === 'reply';
}

/** True when another session than the asking one follows the topic or all of its room, on this Spine. The topic need not be there yet. */
export function isFollowedByOthers(session: Session, room: Room | undefined, topic: Topic | undefined): boolean {
  const followers = topic?.sessionCount ?? (room === undefined ? 0 : sessionsIn(room.wide));
  const isFollower = (topic !== undefined && session.topics?.has(topic) === true) || (room !== undefined && session.rooms?.has(room) === true);
  return followers > (isFollower ? 1 : 0);
}

/** A look without decoding: most events are no requests. */
function holdsHeaderName(bytes: Uint8Array, range: { readonly start: number; readonly end: number }): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset + range.start, range.end - range.start).includes(expectsHeader, 0, 'latin1');
}
