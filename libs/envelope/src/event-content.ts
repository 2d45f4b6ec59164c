import { concatenate } from './copy-bytes.js';
import { readVarint32, varintSize, writeVarint } from './varint.js';
import { skipValue, wireBytes } from './wire-field.js';

/** Where a text of an envelope stands beside its payload; a name that it has none of is empty. */
export interface TextRange {
  nameStart: number;
  nameEnd: number;
  valueStart: number;
  valueEnd: number;
}

/** What content inspection reads of an envelope: offsets into its bytes. A pooled record. */
export class EventContent {
  /** Event.type; empty when `typeStart` is `typeEnd`. */
  typeStart = 0;
  typeEnd = 0;
  payloadStart = 0;
  payloadEnd = 0;
  /** Headers, then capabilities, intent and tracestate, as far as they are there. */
  readonly texts: TextRange[] = [];

  reset(): void {
    this.typeStart = this.typeEnd = this.payloadStart = this.payloadEnd = 0;
    this.texts.length = 0;
  }
}

const tagEvent = 0x12;
const tagReply = 0x22;
const tagTracestate = 0x42;
const tagHeaders = 0x4a;
const tagCapabilities = 0x52;
const tagIntent = 0x5a;
const tagEventType = 0x0a;
const tagEventPayload = 0x12;
const tagReplyEvent = 0x12;
const tagKey = 0x0a;
const tagValue = 0x12;

/**
 * Reads event and texts of the envelope `bytes[start, end)`, which the frame reader accepted; a reply gives the event that it carries.
 * False when it carries no event.
 */
export function readEventContent(bytes: Uint8Array, start: number, end: number, content: EventContent): boolean {
  content.reset();
  let hasEvent = false;
  const isWhole = eachField(bytes, start, end, (tag, from, next) => {
    if (tag === tagEvent) hasEvent = readEvent(bytes, from, next, content);
    else if (tag === tagReply) hasEvent = readReply(bytes, from, next, content);
    else if (tag === tagHeaders) content.texts.push(readHeader(bytes, from, next));
    else if (isText(tag)) content.texts.push({ nameStart: from, nameEnd: from, valueStart: from, valueEnd: next });
  });
  return isWhole && hasEvent;
}

/** Calls `visit` with each field's tag and where its content stands, behind the length where it has one; false when a field is malformed. */
function eachField(bytes: Uint8Array, start: number, end: number, visit: (tag: number, from: number, next: number) => void): boolean {
  for (let at = start; at < end;) {
    const tag = readVarint32(bytes, at, end);
    const valueAt = at + varintSize(tag);
    const next = skipValue(bytes, valueAt, end, tag & 7);
    if (next < 0) return false;
    visit(tag, (tag & 7) === wireBytes ? valueAt + varintSize(readVarint32(bytes, valueAt, next)) : valueAt, next);
    at = next;
  }
  return true;
}

function isText(tag: number): boolean {
  return tag === tagTracestate || tag === tagCapabilities || tag === tagIntent;
}

function readEvent(bytes: Uint8Array, start: number, end: number, content: EventContent): boolean {
  return eachField(bytes, start, end, (tag, from, next) => {
    if (tag === tagEventType) [content.typeStart, content.typeEnd] = [from, next];
    else if (tag === tagEventPayload) [content.payloadStart, content.payloadEnd] = [from, next];
  });
}

function readReply(bytes: Uint8Array, start: number, end: number, content: EventContent): boolean {
  let hasEvent = false;
  const isWhole = eachField(bytes, start, end, (tag, from, next) => {
    if (tag === tagReplyEvent) hasEvent = readEvent(bytes, from, next, content);
  });
  return isWhole && hasEvent;
}

function readHeader(bytes: Uint8Array, start: number, end: number): TextRange {
  const range = { nameStart: start, nameEnd: start, valueStart: end, valueEnd: end };
  eachField(bytes, start, end, (tag, from, next) => {
    if (tag === tagKey) [range.nameStart, range.nameEnd] = [from, next];
    else if (tag === tagValue) [range.valueStart, range.valueEnd] = [from, next];
  });
  return range;
}

/** New values for parts of an envelope: the payload, and texts by their index in `EventContent.texts`. */
export interface ContentReplacement {
  readonly payload?: Uint8Array | undefined;
  readonly texts?: ReadonlyMap<number, Uint8Array>;
}

/** The envelope `bytes[start, end)` with parts of its content replaced; every other byte stays, unknown fields included. For the cold path. */
export function replaceEventContent(bytes: Uint8Array, start: number, end: number, replacement: ContentReplacement): Uint8Array {
  let textIndex = 0;
  return rewriteFields(bytes, start, end, (tag, from, next) => {
    if (tag === tagEvent) return rewriteEvent(bytes, from, next, replacement.payload);
    if (tag === tagReply) {
      return rewriteFields(bytes, from, next, (inner, innerFrom, innerNext) => (inner === tagReplyEvent ? rewriteEvent(bytes, innerFrom, innerNext, replacement.payload) : undefined));
    }
    if (tag !== tagHeaders && !isText(tag)) return undefined;
    const text = replacement.texts?.get(textIndex++);
    if (text === undefined || tag !== tagHeaders) return text;
    return rewriteFields(bytes, from, next, (inner) => (inner === tagValue ? text : undefined));
  });
}

function rewriteEvent(bytes: Uint8Array, start: number, end: number, payload: Uint8Array | undefined): Uint8Array | undefined {
  return payload === undefined ? undefined : rewriteFields(bytes, start, end, (tag) => (tag === tagEventPayload ? payload : undefined));
}

type Rewrite = (tag: number, contentStart: number, contentEnd: number) => Uint8Array | undefined;

/** Copies fields; where `rewrite` gives a content, the field gets it with its own length. */
function rewriteFields(bytes: Uint8Array, start: number, end: number, rewrite: Rewrite): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = start;
  const isWhole = eachField(bytes, start, end, (tag, from, next) => {
    const content = (tag & 7) === wireBytes ? rewrite(tag, from, next) : undefined;
    if (content === undefined) parts.push(bytes.subarray(at, next));
    else parts.push(bytes.subarray(at, at + varintSize(tag)), lengthOf(content), content);
    at = next;
  });
  if (!isWhole) throw new RangeError('an accepted envelope is malformed');
  return concatenate(parts);
}

function lengthOf(content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(varintSize(content.length));
  writeVarint(bytes, 0, content.length);
  return bytes;
}
