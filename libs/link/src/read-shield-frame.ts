import { ShieldMessageSchema, type ShieldMessage } from '@arqonbus/proto';
import { fromBinary } from '@bufbuild/protobuf';
import { readLinkMessages } from './read-link-messages.js';
import { malformedLink, type WireCursor } from './wire.js';

/** Bodies that reach `message`: all but inbound frames. */
export type ShieldMessageBody = Exclude<ShieldMessage['body'], { case: undefined } | { case: 'inbound' }>;

/** Receives the messages of one ShieldFrame in their order. */
export interface ShieldFrameHandlers {
  /** A client's frame is `bytes[start, end)`, a view that is valid as long as `bytes` is. */
  inbound(session: number, bytes: Uint8Array, start: number, end: number): void;
  message(body: ShieldMessageBody): void;
}

const INBOUND_FIELD = 1;
const LAST_FIELD = 8;

/**
 * Reads one WebSocket message of the link, Shield → Spine. Inbound frames are found in place without
 * a copy. Raises ArqonError MALFORMED_FRAME for anything that a conforming writer does not produce:
 * truncation, unknown fields at the top, no body or two, invalid UTF-8, session 0 or above 2^53 - 1;
 * what precedes the bad message has been handed over by then, so the link must be closed.
 */
export function readShieldFrame(bytes: Uint8Array, handlers: ShieldFrameHandlers): void {
  readLinkMessages(bytes, LAST_FIELD, (field, cursor, element) => {
    if (field === INBOUND_FIELD) readInbound(cursor, handlers);
    else handlers.message(decodeBody(bytes, element, cursor.end));
  });
}

function readInbound(cursor: WireCursor, handlers: ShieldFrameHandlers): void {
  let session = 0;
  let start = -1;
  let end = -1;
  while (!cursor.atEnd) {
    const tag = cursor.tag();
    if (tag === 0x09 && session === 0) {
      session = cursor.fixed64();
      if (session === 0) break;
    } else if (tag === 0x12 && start < 0) {
      end = cursor.lengthEnd();
      start = cursor.position;
      cursor.position = end;
    } else throw malformedLink('unknown or repeated field', 'inbound');
  }
  if (session === 0) throw malformedLink('no session', 'inbound.session');
  // Proto3 writers leave an empty frame out.
  if (start < 0) start = end = cursor.end;
  handlers.inbound(session, cursor.bytes, start, end);
}

function decodeBody(bytes: Uint8Array, start: number, end: number): ShieldMessageBody {
  let body: ShieldMessage['body'];
  try {
    body = fromBinary(ShieldMessageSchema, bytes.subarray(start, end), { readUnknownFields: false }).body;
  } catch (cause) {
    throw malformedLink(cause instanceof Error ? cause.message : 'undecodable', 'body');
  }
  if (body.case === undefined || body.case === 'inbound') throw malformedLink('no body', 'body');
  return body;
}
