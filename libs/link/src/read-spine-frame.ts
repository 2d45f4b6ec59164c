import { SpineMessageSchema, type SpineMessage } from '@arqonbus/proto';
import { fromBinary } from '@bufbuild/protobuf';
import { readLinkMessages } from './read-link-messages.js';
import { malformedLink, type WireCursor } from './wire.js';

/** Bodies that reach `message`: all but deliveries. */
export type SpineMessageBody = Exclude<SpineMessage['body'], { case: undefined } | { case: 'deliverTopic' } | { case: 'deliverSession' }>;

/** Receives the messages of one SpineFrame in their order. Frames are `bytes[start, end)`, views that are valid as long as `bytes` is. */
export interface SpineFrameHandlers {
  deliverTopic(topic: number, room: number, lastSequence: number, prevSequence: number, bytes: Uint8Array, start: number, end: number): void;
  deliverSession(session: number, page: boolean, bytes: Uint8Array, start: number, end: number): void;
  message(body: SpineMessageBody): void;
}

const DELIVER_TOPIC_FIELD = 1;
const DELIVER_SESSION_FIELD = 2;
const LAST_FIELD = 10;
const FRAME_TAG = 0x7a;

/**
 * Reads one WebSocket message of the link, Spine → Shield. Delivered frames are found in place
 * without a copy. Raises ArqonError MALFORMED_FRAME for anything that a conforming writer does not
 * produce; what precedes the bad message has been handed over by then, so the link must be closed.
 */
export function readSpineFrame(bytes: Uint8Array, handlers: SpineFrameHandlers): void {
  readLinkMessages(bytes, LAST_FIELD, (field, cursor, element) => {
    if (field === DELIVER_TOPIC_FIELD) readDeliverTopic(cursor, handlers);
    else if (field === DELIVER_SESSION_FIELD) readDeliverSession(cursor, handlers);
    else handlers.message(decodeBody(bytes, element, cursor.end));
  });
}

function readDeliverTopic(cursor: WireCursor, handlers: SpineFrameHandlers): void {
  let topic = 0;
  let room = 0;
  let lastSequence = 0;
  let prevSequence = 0;
  let start = cursor.end;
  let end = cursor.end;
  let seen = 0;
  while (!cursor.atEnd) {
    const tag = cursor.tag();
    const bit = 1 << (tag >>> 3);
    if ((seen & bit) !== 0) throw malformedLink('repeated field', 'deliver_topic');
    seen |= bit;
    if (tag === 0x0d) topic = cursor.fixed32();
    else if (tag === 0x15) room = cursor.fixed32();
    else if (tag === 0x19) lastSequence = cursor.fixed64();
    else if (tag === 0x21) prevSequence = cursor.fixed64();
    else if (tag === FRAME_TAG) {
      end = cursor.lengthEnd();
      start = cursor.position;
      cursor.position = end;
    } else throw malformedLink('unknown field', 'deliver_topic');
  }
  if (topic === 0) throw malformedLink('no topic', 'deliver_topic.topic');
  handlers.deliverTopic(topic, room, lastSequence, prevSequence, cursor.bytes, start, end);
}

function readDeliverSession(cursor: WireCursor, handlers: SpineFrameHandlers): void {
  let session = 0;
  let page = 0;
  let start = cursor.end;
  let end = cursor.end;
  let seen = 0;
  while (!cursor.atEnd) {
    const tag = cursor.tag();
    const bit = 1 << (tag >>> 3);
    if ((seen & bit) !== 0) throw malformedLink('repeated field', 'deliver_session');
    seen |= bit;
    if (tag === 0x09) session = cursor.fixed64();
    else if (tag === 0x10) page = cursor.varint();
    else if (tag === FRAME_TAG) {
      end = cursor.lengthEnd();
      start = cursor.position;
      cursor.position = end;
    } else throw malformedLink('unknown field', 'deliver_session');
  }
  if (session === 0) throw malformedLink('no session', 'deliver_session.session');
  if (page > 1) throw malformedLink('not a bool', 'deliver_session.page');
  handlers.deliverSession(session, page === 1, cursor.bytes, start, end);
}

function decodeBody(bytes: Uint8Array, start: number, end: number): SpineMessageBody {
  let body: SpineMessage['body'];
  try {
    body = fromBinary(SpineMessageSchema, bytes.subarray(start, end), { readUnknownFields: false }).body;
  } catch (cause) {
    throw malformedLink(cause instanceof Error ? cause.message : 'undecodable', 'body');
  }
  if (body.case === undefined || body.case === 'deliverTopic' || body.case === 'deliverSession') throw malformedLink('no body', 'body');
  return body;
}
