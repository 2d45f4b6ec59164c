import { ArqonError } from '@arqonbus/errors';
import { create, toBinary, type DescMessage, type MessageInitShape } from '@bufbuild/protobuf';
import type { ChannelPosition } from './wire/frame-reader.js';
import { WireWriter } from './wire/wire-writer.js';
import type { OutgoingEvent } from './wire/run-writer.js';

const utf8 = new TextEncoder();

/** Metadata that any event may carry. */
export interface EventMetadata {
  /** UUID of the event; by default a new UUIDv7. */
  readonly id?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** W3C Trace Context. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
  readonly intent?: string | undefined;
  readonly capabilities?: readonly string[] | undefined;
  /** UUID of the event that caused this one. */
  readonly parentId?: string | undefined;
}

/** An event of bytes or text. `type` is a full Protobuf message name or a media type. */
export interface RawEvent extends EventMetadata {
  readonly type: string;
  readonly payload?: Uint8Array | string | undefined;
}

/** An event whose payload is a Protobuf message; its type is the schema's full name. */
export interface TypedEvent<Schema extends DescMessage = DescMessage> extends EventMetadata {
  readonly schema: Schema;
  readonly data: MessageInitShape<Schema>;
}

/** What can be published. */
export type EventInit<Schema extends DescMessage = DescMessage> = RawEvent | TypedEvent<Schema>;

/** Options of one publish. */
export interface PublishOptions {
  /** True, the default: the promise resolves when the store took the event. False: when it was handed to the socket. */
  readonly ack?: boolean | undefined;
  /** Gives up waiting. What was not sent yet is not sent; of what was, the outcome stays unknown. */
  readonly signal?: AbortSignal | undefined;
  /** As `signal`, after this many milliseconds, with ArqonError TIMEOUT. By default a publish waits until the Bus closes. */
  readonly timeoutMs?: number | undefined;
  /** Positions in channels of the same room that this event depends on, at most one per channel. */
  readonly after?: readonly ChannelPosition[] | undefined;
  /**
   * True: depends on all that this Bus has seen in the room, which are the last messages of the newest 64 channels that it received, and its
   * own acknowledged publishes. `after` replaces it. Default: the Bus's `causal`.
   */
  readonly causal?: boolean | undefined;
}

/** Encodes an event as far as its run does not matter. Raises ArqonError INVALID_ENVELOPE for an id that is no UUID or data that does not encode. */
export function encodeEvent(event: EventInit, headers = noHeaders, replyTo?: Uint8Array): OutgoingEvent {
  const isTyped = 'schema' in event;
  return {
    type: isTyped ? event.schema.typeName : event.type,
    payload: isTyped ? encodeData(event) : bytesOf(event.payload),
    id: event.id === undefined ? undefined : parseId(event.id, 'id'),
    extras: encodeMetadata(event, headers),
    replyTo,
  };
}

function encodeData(event: TypedEvent): Uint8Array {
  try {
    return toBinary(event.schema, create(event.schema, event.data));
  } catch (cause) {
    throw new ArqonError('INVALID_ENVELOPE', { field: 'event.payload', cause });
  }
}

function bytesOf(payload: Uint8Array | string | undefined): Uint8Array {
  if (payload === undefined) return noBytes;
  return typeof payload === 'string' ? utf8.encode(payload) : payload;
}

const noBytes = new Uint8Array(0);

function encodeMetadata(event: EventMetadata, headers: Readonly<Record<string, string>>): Uint8Array | undefined {
  if (hasNoMetadata(event) && headers === noHeaders) return undefined;
  const writer = new WireWriter();
  writer.text(7, event.traceparent ?? '').text(8, event.tracestate ?? '');
  for (const [key, value] of Object.entries({ ...event.headers, ...headers })) {
    writer.message(9, new WireWriter().text(1, key).text(2, value).view());
  }
  for (const capability of event.capabilities ?? []) writer.message(10, utf8.encode(capability));
  writer.text(11, event.intent ?? '');
  if (event.parentId !== undefined) writer.bytes(13, parseId(event.parentId, 'parent_id'));
  return writer.byteLength === 0 ? undefined : writer.view();
}

const noHeaders: Readonly<Record<string, string>> = {};

/** True for most events; spares them a buffer each. */
function hasNoMetadata(event: EventMetadata): boolean {
  return event.headers === undefined && event.traceparent === undefined && event.tracestate === undefined
    && event.capabilities === undefined && event.intent === undefined && event.parentId === undefined;
}

function parseId(text: string, field: string): Uint8Array {
  const hex = text.replaceAll('-', '');
  if (!/^[0-9a-fA-F]{32}$/.test(hex)) throw new ArqonError('INVALID_ENVELOPE', { field });
  const id = new Uint8Array(16);
  for (let index = 0; index < 16; index++) id[index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16);
  return id;
}
