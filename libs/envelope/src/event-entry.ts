import { ArqonError } from '@arqonbus/errors';
import { copyBytes } from './copy-bytes.js';
import { utf8Size, writeUtf8 } from './utf8.js';
import { varintSize, writeVarint } from './varint.js';

/** One event to publish, as an application gives it. Texts are written in UTF-8, lone surrogates as U+FFFD. */
export interface EventInit {
  /** UUIDv7, 16 bytes, from createIdSource. */
  readonly id: Uint8Array;
  /** Full Protobuf message name, or a media type. */
  readonly type: string;
  readonly payload: Uint8Array;
  readonly traceparent?: string;
  readonly tracestate?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly capabilities?: readonly string[];
  readonly intent?: string;
  readonly embedding?: { readonly model: string; readonly values: ArrayLike<number> };
  /** Id of the envelope that caused this one, 16 bytes. */
  readonly parentId?: Uint8Array;
}

const tagEnvelopes = 0x7a;
const idBytes = 16;

/** Content of an Envelope that holds the event. Raises INVALID_ENVELOPE when id or parentId is not 16 bytes long. */
export function encodeEnvelope(event: EventInit): Uint8Array {
  requireIds(event);
  const bytes = new Uint8Array(envelopeSize(event));
  writeEnvelope(bytes, 0, event);
  return bytes;
}

/** The envelope as an entry of `Batch.envelopes`, with tag and length. Raises as encodeEnvelope. */
export function encodeEventEntry(event: EventInit): Uint8Array {
  requireIds(event);
  const size = envelopeSize(event);
  const bytes = new Uint8Array(1 + varintSize(size) + size);
  writeEntry(bytes, 0, event, size);
  return bytes;
}

/** Raises INVALID_ENVELOPE when id or parentId is not 16 bytes long. */
export function requireIds(event: EventInit): void {
  if (event.id.length !== idBytes) throw new ArqonError('INVALID_ENVELOPE', { field: 'id' });
  if (event.parentId !== undefined && event.parentId.length !== idBytes) throw new ArqonError('INVALID_ENVELOPE', { field: 'parent_id' });
}

/** Bytes of the Envelope that writeEntry puts behind tag and length. */
export function envelopeSize(event: EventInit): number {
  const { traceparent, tracestate, headers, capabilities, intent, embedding, parentId } = event;
  let size = 2 + idBytes + delimitedSize(eventSize(event));
  if (traceparent !== undefined) size += textSize(traceparent);
  if (tracestate !== undefined) size += textSize(tracestate);
  if (headers !== undefined) for (const key of Object.keys(headers)) size += delimitedSize(textSize(key) + textSize(headers[key]));
  if (capabilities !== undefined) for (const capability of capabilities) size += textSize(capability);
  if (intent !== undefined) size += textSize(intent);
  if (embedding !== undefined) size += delimitedSize(embeddingSize(embedding));
  return parentId === undefined ? size : size + 2 + idBytes;
}

/** Writes the entry of `Batch.envelopes`; `size` is from envelopeSize. Returns the next offset. */
export function writeEntry(target: Uint8Array, at: number, event: EventInit, size: number): number {
  target[at] = tagEnvelopes;
  return writeEnvelope(target, writeVarint(target, at + 1, size), event);
}

function writeEnvelope(target: Uint8Array, start: number, event: EventInit): number {
  const { traceparent, tracestate, headers, capabilities, intent, embedding, parentId } = event;
  let at = writeBytes(target, start, 0x0a, event.id);
  target[at] = 0x12;
  at = writeVarint(target, at + 1, eventSize(event));
  at = writeText(target, at, 0x0a, event.type);
  at = writeBytes(target, at, 0x12, event.payload);
  if (traceparent !== undefined) at = writeText(target, at, 0x3a, traceparent);
  if (tracestate !== undefined) at = writeText(target, at, 0x42, tracestate);
  if (headers !== undefined) at = writeHeaders(target, at, headers);
  if (capabilities !== undefined) for (const capability of capabilities) at = writeText(target, at, 0x52, capability);
  if (intent !== undefined) at = writeText(target, at, 0x5a, intent);
  if (embedding !== undefined) at = writeEmbedding(target, at, embedding);
  return parentId === undefined ? at : writeBytes(target, at, 0x6a, parentId);
}

function writeHeaders(target: Uint8Array, start: number, headers: Readonly<Record<string, string>>): number {
  let at = start;
  for (const key of Object.keys(headers)) {
    target[at] = 0x4a;
    at = writeVarint(target, at + 1, textSize(key) + textSize(headers[key]));
    at = writeText(target, at, 0x0a, key);
    at = writeText(target, at, 0x12, headers[key]);
  }
  return at;
}

function writeEmbedding(target: Uint8Array, start: number, embedding: NonNullable<EventInit['embedding']>): number {
  const { model, values } = embedding;
  target[start] = 0x62;
  let at = writeText(target, writeVarint(target, start + 1, embeddingSize(embedding)), 0x0a, model);
  target[at] = 0x12;
  at = writeVarint(target, at + 1, values.length * 4);
  const view = new DataView(target.buffer, target.byteOffset + at, values.length * 4);
  for (let index = 0; index < values.length; index++) view.setFloat32(index * 4, values[index], true);
  return at + values.length * 4;
}

function writeBytes(target: Uint8Array, at: number, tag: number, bytes: Uint8Array): number {
  target[at] = tag;
  return copyBytes(target, writeVarint(target, at + 1, bytes.length), bytes);
}

function writeText(target: Uint8Array, at: number, tag: number, text: string): number {
  target[at] = tag;
  return writeUtf8(target, writeVarint(target, at + 1, utf8Size(text)), text);
}

function eventSize(event: EventInit): number {
  return textSize(event.type) + delimitedSize(event.payload.length);
}

function embeddingSize(embedding: NonNullable<EventInit['embedding']>): number {
  return textSize(embedding.model) + delimitedSize(embedding.values.length * 4);
}

function textSize(text: string): number {
  return delimitedSize(utf8Size(text));
}

/** Bytes of a length-delimited field below number 16: tag, length, content. */
function delimitedSize(size: number): number {
  return 1 + varintSize(size) + size;
}
