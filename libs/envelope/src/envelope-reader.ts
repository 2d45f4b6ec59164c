import { CommandSchema } from '@arqonbus/proto';
import { checkMessage, compileMessageRule } from './message-checker.js';
import type { RefusalRecord } from './refusal.js';
import { isValidUtf8 } from './utf8.js';
import { readVarint32, varintSize } from './varint.js';
import { isKnownWireType, skipValue, wireBytes, wireFixed32 } from './wire-field.js';

/** Field number of each body; also what `EnvelopeReader.body` says. */
export const bodyEvent = 2;
export const bodyCommand = 3;
export const bodyReply = 4;

const path = 'batches.envelopes';
const lastKnownField = 13;
/** Length-delimited fields from 14 to this number are where later versions put bodies (docs/protocol.md, Compatibility). */
const lastBodyField = 99;
const idBytes = 16;
/** Bits of the fields that may stand more than once: headers (9) and capabilities (10). */
const repeatedFields = (1 << 9) | (1 << 10);
const fieldNames = [
  '0', 'id', 'event', 'command', 'reply', 'error', 'signal', 'traceparent', 'tracestate',
  'headers', 'capabilities', 'intent', 'embedding', 'parent_id',
] as const;
const replyBodyNames = [
  '0', 'request_id', 'event', 'pong', 'joined', 'left', 'status', 'channels', 'channel', 'history', 'help', 'token_refreshed', 'done', 'result',
] as const;
const commandRule = compileMessageRule(CommandSchema, `${path}.command`);

/**
 * Checks one Envelope in place, in one pass and without allocation. One instance per FrameReader; what it found
 * about the envelope stands in its fields until the next `read`.
 */
export class EnvelopeReader {
  /** Number of the body field: bodyEvent, bodyCommand or bodyReply. */
  body = 0;
  /** Where the 16 bytes of the id start. */
  idStart = -1;
  /** Where the text of traceparent stands, or -1. */
  traceparentStart = -1;
  traceparentEnd = -1;

  constructor(private readonly refusal: RefusalRecord) {}

  /** True when the content `bytes[start, end)` of an Envelope is valid for a client; else the refusal holds code and field. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.body = 0;
    this.idStart = -1;
    this.traceparentStart = -1;
    this.traceparentEnd = -1;
    let seen = 0;
    let unknownBody = false;
    let at = start;
    while (at < end) {
      const tag = readVarint32(bytes, at, end);
      const field = tag >>> 3;
      if (tag < 8) return this.refusal.set('MALFORMED_FRAME', path);
      at += tag < 0x80 ? 1 : varintSize(tag);
      if ((tag & 7) !== wireBytes) {
        at = this.skipOther(bytes, at, end, tag);
        if (at < 0) return false;
        continue;
      }
      const length = readVarint32(bytes, at, end);
      at += length < 0x80 ? 1 : varintSize(length);
      const stop = at + length;
      if (length < 0 || stop > end) return this.refusal.set('MALFORMED_FRAME', pathOf(field));
      if (field <= lastKnownField) {
        const bit = 1 << field;
        if ((seen & bit) !== 0 && (bit & repeatedFields) === 0) return this.refusal.set('INVALID_ENVELOPE', pathOf(field));
        seen |= bit;
        if (!this.readKnown(bytes, at, stop, field)) return false;
      } else if (field <= lastBodyField) {
        unknownBody = true;
      }
      at = stop;
    }
    if (this.idStart < 0) return this.refusal.set('INVALID_ENVELOPE', 'batches.envelopes.id');
    if (this.body !== 0) return true;
    return unknownBody
      ? this.refusal.set('UNSUPPORTED_BODY', 'batches.envelopes.body')
      : this.refusal.set('INVALID_ENVELOPE', 'batches.envelopes.body');
  }

  private readKnown(bytes: Uint8Array, at: number, stop: number, field: number): boolean {
    switch (field) {
      case 1:
        this.idStart = at;
        return stop - at === idBytes || this.refusal.set('INVALID_ENVELOPE', 'batches.envelopes.id');
      case bodyEvent:
        return this.takeBody(bodyEvent) && this.readEvent(bytes, at, stop, 'batches.envelopes.event');
      case bodyCommand:
        return this.takeBody(bodyCommand) && checkMessage(commandRule, bytes, at, stop, this.refusal);
      case bodyReply:
        return this.takeBody(bodyReply) && this.readReply(bytes, at, stop);
      case 5:
      case 6:
        return this.refusal.set('FORBIDDEN_FIELD', pathOf(field));
      case 7:
        this.traceparentStart = at;
        this.traceparentEnd = stop;
        return isValidUtf8(bytes, at, stop) || this.refusal.set('INVALID_UTF8', 'batches.envelopes.traceparent');
      case 9:
        return this.readHeader(bytes, at, stop);
      case 12:
        return this.readEmbedding(bytes, at, stop);
      case 13:
        return stop === at || stop - at === idBytes || this.refusal.set('INVALID_ENVELOPE', 'batches.envelopes.parent_id');
      default:
        return isValidUtf8(bytes, at, stop) || this.refusal.set('INVALID_UTF8', pathOf(field));
    }
  }

  private takeBody(body: number): boolean {
    if (this.body !== 0) return this.refusal.set('INVALID_ENVELOPE', 'batches.envelopes.body');
    this.body = body;
    return true;
  }

  /** Skips a field that is not length-delimited: no known one is, so it is an unknown one or a fault. */
  private skipOther(bytes: Uint8Array, at: number, end: number, tag: number): number {
    const field = tag >>> 3;
    const next = field <= lastKnownField ? -1 : skipValue(bytes, at, end, tag & 7);
    if (next < 0) this.refusal.set('MALFORMED_FRAME', pathOf(field));
    return next;
  }

  private readEvent(bytes: Uint8Array, start: number, end: number, eventPath: string): boolean {
    let seen = 0;
    let at = start;
    while (at < end) {
      const tag = readVarint32(bytes, at, end);
      if (tag < 8 || (tag < 24 && (tag & 7) !== wireBytes)) return this.refusal.set('MALFORMED_FRAME', eventPath);
      at += tag < 0x80 ? 1 : varintSize(tag);
      if (tag >= 24) {
        at = skipValue(bytes, at, end, tag & 7);
        if (at < 0) return this.refusal.set('MALFORMED_FRAME', eventPath);
        continue;
      }
      const isType = tag === 0x0a;
      const bit = isType ? 1 : 2;
      if ((seen & bit) !== 0) return this.refusal.set('INVALID_ENVELOPE', `${eventPath}.${isType ? 'type' : 'payload'}`);
      seen |= bit;
      const length = readVarint32(bytes, at, end);
      at += length < 0x80 ? 1 : varintSize(length);
      const stop = at + length;
      if (length < 0 || stop > end) return this.refusal.set('MALFORMED_FRAME', `${eventPath}.${isType ? 'type' : 'payload'}`);
      if (isType && !isValidUtf8(bytes, at, stop)) return this.refusal.set('INVALID_UTF8', `${eventPath}.type`);
      at = stop;
    }
    return true;
  }

  /** The one Reply that a client may send: `{request_id, event}` (docs/protocol.md, No forgery). */
  private readReply(bytes: Uint8Array, start: number, end: number): boolean {
    let seen = 0;
    let at = start;
    while (at < end) {
      const tag = readVarint32(bytes, at, end);
      if (tag < 8 || !isKnownWireType(tag & 7)) return this.refusal.set('MALFORMED_FRAME', 'batches.envelopes.reply');
      if (tag !== 0x0a && tag !== 0x12) return this.refuseReplyField(tag);
      at++;
      const length = readVarint32(bytes, at, end);
      at += length < 0x80 ? 1 : varintSize(length);
      const stop = at + length;
      const bit = tag === 0x0a ? 1 : 2;
      if (length < 0 || stop > end) return this.refusal.set('MALFORMED_FRAME', bit === 1 ? 'batches.envelopes.reply.request_id' : 'batches.envelopes.reply.event');
      if ((seen & bit) !== 0) return this.refusal.set('INVALID_ENVELOPE', bit === 1 ? 'batches.envelopes.reply.request_id' : 'batches.envelopes.reply.event');
      seen |= bit;
      if (bit === 1 && length !== idBytes) return this.refusal.set('INVALID_ENVELOPE', 'batches.envelopes.reply.request_id');
      if (bit === 2 && !this.readEvent(bytes, at, stop, 'batches.envelopes.reply.event')) return false;
      at = stop;
    }
    if ((seen & 2) === 0) return this.refusal.set('FORBIDDEN_FIELD', 'batches.envelopes.reply');
    return (seen & 1) !== 0 || this.refusal.set('INVALID_ENVELOPE', 'batches.envelopes.reply.request_id');
  }

  private refuseReplyField(tag: number): boolean {
    const field = tag >>> 3;
    if (field <= 2) return this.refusal.set('MALFORMED_FRAME', `batches.envelopes.reply.${replyBodyNames[field]}`);
    return this.refusal.set('FORBIDDEN_FIELD', `batches.envelopes.reply.${replyBodyNames[field] ?? field}`);
  }

  /** One entry of the headers map: key and value, each at most once, and nothing else. */
  private readHeader(bytes: Uint8Array, start: number, end: number): boolean {
    let seen = 0;
    let at = start;
    while (at < end) {
      const tag = bytes[at++];
      if (tag !== 0x0a && tag !== 0x12) return this.refusal.set('MALFORMED_FRAME', 'batches.envelopes.headers');
      if ((seen & tag & 0x18) !== 0) return this.refusal.set('INVALID_ENVELOPE', 'batches.envelopes.headers');
      seen |= tag & 0x18;
      const length = readVarint32(bytes, at, end);
      at += length < 0x80 ? 1 : varintSize(length);
      const stop = at + length;
      if (length < 0 || stop > end) return this.refusal.set('MALFORMED_FRAME', 'batches.envelopes.headers');
      if (!isValidUtf8(bytes, at, stop)) return this.refusal.set('INVALID_UTF8', 'batches.envelopes.headers');
      at = stop;
    }
    return true;
  }

  private readEmbedding(bytes: Uint8Array, start: number, end: number): boolean {
    let modelSeen = false;
    let at = start;
    while (at < end) {
      const tag = readVarint32(bytes, at, end);
      const field = tag >>> 3;
      const valueAt = at + varintSize(tag);
      if (tag < 8) return this.refusal.set('MALFORMED_FRAME', 'batches.envelopes.embedding');
      at = skipValue(bytes, valueAt, end, tag & 7);
      const isModel = field === 1;
      if (at < 0 || (isModel && tag !== 0x0a) || (field === 2 && !this.isFloats(bytes, valueAt, end, tag & 7))) {
        return this.refusal.set('MALFORMED_FRAME', isModel ? 'batches.envelopes.embedding.model' : 'batches.envelopes.embedding.values');
      }
      if (!isModel) continue;
      if (modelSeen) return this.refusal.set('INVALID_ENVELOPE', 'batches.envelopes.embedding.model');
      modelSeen = true;
      const textAt = valueAt + varintSize(readVarint32(bytes, valueAt, end));
      if (!isValidUtf8(bytes, textAt, at)) return this.refusal.set('INVALID_UTF8', 'batches.envelopes.embedding.model');
    }
    return true;
  }

  /** `values` may be packed or not (protobuf.dev, Encoding, Packed Repeated Fields). */
  private isFloats(bytes: Uint8Array, valueAt: number, end: number, wireType: number): boolean {
    return wireType === wireFixed32 || (wireType === wireBytes && readVarint32(bytes, valueAt, end) % 4 === 0);
  }
}

function pathOf(field: number): string {
  return `${path}.${fieldNames[field] ?? field}`;
}
