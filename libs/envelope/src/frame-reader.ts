import { hardCaps, type ErrorCode } from '@arqonbus/errors';
import { PositionSchema } from '@arqonbus/proto';
import { BatchView, type BatchKind } from './batch-view.js';
import { bodyCommand, bodyEvent, bodyReply, EnvelopeReader } from './envelope-reader.js';
import { checkMessage, compileMessageRule } from './message-checker.js';
import { RefusalRecord, type FrameRefusal } from './refusal.js';
import { isValidUtf8 } from './utf8.js';
import { readFixed32, readFixed64, readVarint32, readVarint64, varint64SizeAt, varintSize } from './varint.js';
import { findField, isKnownWireType, skipValue, wireBytes } from './wire-field.js';

/** Limits of the configuration, both at most their hard caps. */
export interface FrameLimits {
  /** Largest content of one Envelope, bytes; above it the batch is refused with ENVELOPE_TOO_LARGE. */
  readonly maxEnvelopeBytes: number;
  /** Most events of one run; above it the batch is refused with TOO_MANY_EVENTS. */
  readonly maxEventsPerRun: number;
}

const tagBatches = 0x0a;
const tagRun = 0x40;
const tagEnvelopes = 0x7a;
/** Views kept between frames; a frame of more batches is read, but its views are let go. */
const maxPooledViews = 256;
const positionRule = compileMessageRule(PositionSchema, 'batches.after');

/**
 * Checks frames of clients and services in place, by the strict rules of docs/protocol.md (Strict reading, No forgery,
 * Compatibility), without decoding payloads and without allocation per envelope. What it accepts, every conforming
 * Protobuf codec decodes.
 *
 * A frame is refused whole (`read` is false, `refusal` tells) with MALFORMED_FRAME, INVALID_UTF8, INVALID_ENVELOPE,
 * UNKNOWN_FIELD, FORBIDDEN_FIELD, UNSUPPORTED_BODY, MIXED_BATCH or, for a run number above 2^53 - 1, INVALID_ARGUMENT.
 * A batch is refused alone (`refusalCode` of its view) with ENVELOPE_TOO_LARGE, TOO_MANY_EVENTS, LIMIT (more than 64
 * positions), INVALID_NAME (longer than 128 bytes) or INVALID_ARGUMENT (routing that contradicts itself, or `ack`
 * without producer or run).
 */
export class FrameReader {
  readonly #record = new RefusalRecord();
  readonly #envelopes = new EnvelopeReader(this.#record);
  readonly #limits: FrameLimits;
  readonly #views: BatchView[] = [];
  #batchCount = 0;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /** Number of batches of the last frame; 0 when it was refused or is a heartbeat. */
  get batchCount(): number {
    return this.#batchCount;
  }

  /** Why the last frame was refused; meaningless after `read` returned true. */
  get refusal(): FrameRefusal {
    return this.#record;
  }

  /** The view of a batch of the last frame. Raises RangeError when there is none of that index. */
  batch(index: number): BatchView {
    if (index < 0 || index >= this.#batchCount) throw new RangeError(`no batch ${index}`);
    return this.#views[index];
  }

  /** True when the frame `bytes[start, end)` is valid: `batchCount` and `batch` are set. False: `refusal` is, and nothing of the frame may be processed. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#views.length > maxPooledViews) this.#views.length = maxPooledViews;
    this.#batchCount = 0;
    let count = 0;
    let at = start;
    while (at < end) {
      if (bytes[at] !== tagBatches) return this.#refuseFrameField(bytes, at, end);
      const length = readVarint32(bytes, at + 1, end);
      const contentAt = at + 1 + (length < 0x80 ? 1 : varintSize(length));
      if (length < 0 || contentAt + length > end) return this.#refuseFrame(count, 'MALFORMED_FRAME', 'batches');
      const view = this.#viewAt(count);
      at = contentAt + length;
      view.reset(contentAt, at);
      if (!this.#readBatch(bytes, view)) {
        this.#record.batchIndex = count;
        return false;
      }
      count++;
    }
    this.#batchCount = count;
    return true;
  }

  #viewAt(index: number): BatchView {
    if (index === this.#views.length) this.#views.push(new BatchView());
    return this.#views[index];
  }

  #readBatch(bytes: Uint8Array, view: BatchView): boolean {
    const end = view.end;
    let seen = 0;
    let at = view.start;
    while (at < end) {
      if (bytes[at] === tagEnvelopes) {
        at = this.#readEnvelopes(bytes, view, at);
        if (at < 0) return false;
        continue;
      }
      const tag = readVarint32(bytes, at, end);
      const field = tag >>> 3;
      if (tag < 8 || !isKnownWireType(tag & 7)) return this.#refuseBatch(bytes, view, 'MALFORMED_FRAME', 'batches');
      const valueAt = at + varintSize(tag);
      at = skipValue(bytes, valueAt, end, tag & 7);
      if (at < 0) return this.#refuseBatch(bytes, view, 'MALFORMED_FRAME', batchPath(field));
      if (field < 9 && (seen & (1 << field)) !== 0) return this.#refuseBatch(bytes, view, 'INVALID_ENVELOPE', batchPath(field));
      if (field < 9) seen |= 1 << field;
      if (!this.#readBatchField(bytes, view, tag, valueAt, at)) return this.#locate(bytes, view, -1, 0, 0);
    }
    if (view.envelopeCount === 0) return this.#refuseBatch(bytes, view, 'INVALID_ENVELOPE', 'batches.envelopes');
    this.#judge(view);
    return true;
  }

  /** Reads entries of `envelopes` as long as they follow each other; next offset, or -1. This is the hot path. */
  #readEnvelopes(bytes: Uint8Array, view: BatchView, from: number): number {
    const end = view.end;
    const reader = this.#envelopes;
    let index = view.envelopeCount;
    let body = bodyOf(view.kind);
    let at = from;
    while (at < end && bytes[at] === tagEnvelopes) {
      const length = readVarint32(bytes, at + 1, end);
      const contentAt = at + 1 + (length < 0x80 ? 1 : varintSize(length));
      const stop = contentAt + length;
      if (length < 0 || stop > end) return this.#failEnvelope(bytes, view, index, 0, 0, 'batches.envelopes');
      if (!reader.read(bytes, contentAt, stop)) return this.#failEnvelope(bytes, view, index, contentAt, stop, '');
      if (reader.body !== body) {
        if (body !== 0) {
          this.#record.set('MIXED_BATCH', 'batches.envelopes.body');
          return this.#failEnvelope(bytes, view, index, contentAt, stop, '');
        }
        body = reader.body;
        this.#openBatch(view, from);
      }
      if (length > this.#limits.maxEnvelopeBytes) view.refuse('ENVELOPE_TOO_LARGE', 'envelopes', index);
      index++;
      at = stop;
    }
    view.envelopeCount = index;
    view.envelopesBytes += at - from;
    if (view.envelopesEnd >= 0 && view.envelopesEnd !== from) view.envelopesContiguous = false;
    view.envelopesEnd = at;
    return at;
  }

  /** Takes over what only the first envelope tells. */
  #openBatch(view: BatchView, from: number): void {
    const reader = this.#envelopes;
    view.kind = reader.body === bodyEvent ? 'events' : reader.body === bodyCommand ? 'commands' : 'replies';
    view.envelopesStart = from;
    view.firstIdStart = reader.idStart;
    view.traceparentStart = reader.traceparentStart;
    view.traceparentEnd = reader.traceparentEnd;
  }

  #failEnvelope(bytes: Uint8Array, view: BatchView, index: number, start: number, end: number, malformedField: string): -1 {
    if (malformedField !== '') this.#record.set('MALFORMED_FRAME', malformedField);
    this.#locate(bytes, view, index, start, end);
    return -1;
  }

  #readBatchField(bytes: Uint8Array, view: BatchView, tag: number, at: number, end: number): boolean {
    const textAt = (tag & 7) === wireBytes ? at + varintSize(readVarint32(bytes, at, end)) : at;
    switch (tag) {
      case 0x0a:
        view.roomStart = textAt === end ? -1 : textAt;
        view.roomEnd = textAt === end ? -1 : end;
        return this.#checkName(bytes, view, textAt, end, 'room');
      case 0x12:
        view.channelStart = textAt === end ? -1 : textAt;
        view.channelEnd = textAt === end ? -1 : end;
        return this.#checkName(bytes, view, textAt, end, 'channel');
      case 0x1a:
        view.recipientStart = textAt === end ? -1 : textAt;
        view.recipientEnd = textAt === end ? -1 : end;
        return this.#checkName(bytes, view, textAt, end, 'recipient');
      case 0x21: {
        const session = readFixed64(bytes, at);
        view.recipientSession = session <= Number.MAX_SAFE_INTEGER ? session : Number.NaN;
        return true;
      }
      case 0x28:
        view.ack = bytes[at] === 1;
        return (end - at === 1 && bytes[at] <= 1) || this.#record.set('MALFORMED_FRAME', 'batches.ack');
      case 0x32:
        return this.#record.set('FORBIDDEN_FIELD', 'batches.stamp');
      case 0x39:
        view.producerLo = readFixed32(bytes, at);
        view.producerHi = readFixed32(bytes, at + 4);
        return true;
      case tagRun:
        view.run = readVarint64(bytes, at, end - at);
        return view.run <= Number.MAX_SAFE_INTEGER || this.#record.set('INVALID_ARGUMENT', 'batches.run');
      case 0x4a:
        view.afterCount++;
        return checkMessage(positionRule, bytes, textAt, end, this.#record);
      default:
        return this.#record.set(batchFieldNames[tag >>> 3] === undefined ? 'UNKNOWN_FIELD' : 'MALFORMED_FRAME', batchPath(tag >>> 3));
    }
  }

  #checkName(bytes: Uint8Array, view: BatchView, start: number, end: number, field: 'room' | 'channel' | 'recipient'): boolean {
    if (!isValidUtf8(bytes, start, end)) return this.#record.set('INVALID_UTF8', `batches.${field}`);
    if (end - start > hardCaps.nameBytes) view.refuse('INVALID_NAME', field, 0);
    return true;
  }

  /** Refuses a batch alone: limits, and routing that contradicts itself. */
  #judge(view: BatchView): void {
    const maxEvents = this.#limits.maxEventsPerRun;
    if (view.envelopeCount > maxEvents) view.refuse('TOO_MANY_EVENTS', 'envelopes', maxEvents);
    if (view.afterCount > hardCaps.positionsPerRun) view.refuse('LIMIT', 'after', 0);
    const contradiction = routingFault(view);
    if (contradiction !== '') view.refuse('INVALID_ARGUMENT', contradiction, 0);
    if (!view.ack) return;
    if (view.producerHi === 0 && view.producerLo === 0) view.refuse('INVALID_ARGUMENT', 'producer', 0);
    if (view.run === 0) view.refuse('INVALID_ARGUMENT', 'run', 0);
  }

  #refuseFrameField(bytes: Uint8Array, at: number, end: number): false {
    const tag = readVarint32(bytes, at, end);
    const malformed = tag < 16 || !isKnownWireType(tag & 7) || skipValue(bytes, at + varintSize(tag), end, tag & 7) < 0;
    const field = tag < 8 ? '' : tag < 16 ? 'batches' : `${tag >>> 3}`;
    return this.#refuseFrame(-1, malformed ? 'MALFORMED_FRAME' : 'UNKNOWN_FIELD', field);
  }

  #refuseFrame(batchIndex: number, code: ErrorCode, field: string): false {
    this.#record.set(code, field);
    this.#record.batchIndex = batchIndex;
    this.#record.envelopeIndex = -1;
    this.#record.run = 0;
    this.#record.requestId = new Uint8Array(0);
    return false;
  }

  /** Refuses for a fault of the batch outside of its envelopes. */
  #refuseBatch(bytes: Uint8Array, view: BatchView, code: ErrorCode, field: string): false {
    this.#record.set(code, field);
    return this.#locate(bytes, view, -1, 0, 0);
  }

  /** Fills in run and id as far as they can be read, so that the sender can tell which request failed. */
  #locate(bytes: Uint8Array, view: BatchView, envelopeIndex: number, start: number, end: number): false {
    const record = this.#record;
    record.envelopeIndex = envelopeIndex;
    record.run = readRun(bytes, view.start, view.end);
    record.requestId = copyId(bytes, start, end);
    return false;
  }
}

const batchFieldNames = ['0', 'room', 'channel', 'recipient', 'recipient_session', 'ack', 'stamp', 'producer', 'run', 'after',
  undefined, undefined, undefined, undefined, undefined, 'envelopes'] as const;

function batchPath(field: number): string {
  return `batches.${batchFieldNames[field] ?? field}`;
}

function bodyOf(kind: BatchKind): number {
  if (kind === 'events') return bodyEvent;
  if (kind === 'commands') return bodyCommand;
  return kind === 'replies' ? bodyReply : 0;
}

/** The field whose presence or absence contradicts the batch's kind, or an empty text. */
function routingFault(view: BatchView): string {
  const toRoom = view.roomStart >= 0;
  const toInbox = view.recipientStart >= 0;
  if (view.kind === 'commands') return toRoom ? 'room' : view.channelStart >= 0 ? 'channel' : toInbox ? 'recipient' : '';
  if (view.kind === 'replies' && !toInbox) return 'recipient';
  if (toRoom === toInbox) return 'room';
  if (toInbox && view.channelStart >= 0) return 'channel';
  // A room would show the whole room what was meant for one session.
  return toRoom && view.recipientSession !== 0 ? 'recipient_session' : '';
}

function readRun(bytes: Uint8Array, start: number, end: number): number {
  const at = findField(bytes, start, end, tagRun);
  if (at < 0) return 0;
  const size = varint64SizeAt(bytes, at + 1, end);
  const run = size < 0 ? 0 : readVarint64(bytes, at + 1, size);
  return run <= Number.MAX_SAFE_INTEGER ? run : 0;
}

function copyId(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const at = findField(bytes, start, end, 0x0a);
  return at >= 0 && bytes[at + 1] === 16 && at + 18 <= end ? bytes.slice(at + 2, at + 18) : new Uint8Array(0);
}
