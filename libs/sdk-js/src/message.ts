import { ArqonError } from '@arqonbus/errors';
import { fromBinary, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import { findParts, idText, readEvent, readMetadata, type EnvelopeMetadata, type EnvelopeParts, type EventContent } from './wire/envelope-reader.js';
import { dateOf } from './wire/reply-reader.js';
import { WireWriter } from './wire/wire-writer.js';
import type { ChannelPosition, InboundBatch, Inspection, Stamp } from './wire/frame-reader.js';
import type { EventInit, PublishOptions } from './publish-options.js';
import type { PublishResult } from './publish/ticket.js';

/** Sends the answer to a message. */
export type Respond = (message: Message, id: Uint8Array, event: EventInit, options: PublishOptions) => Promise<PublishResult>;

/** What the messages of one topic and subscription have in common. */
export interface MessageContext {
  readonly topic: string;
  readonly schema: DescMessage | undefined;
  readonly respond: Respond;
}

const erasedType = 'arqon.v1.Erased';
/** Type of an answer that says why a call failed. */
export const errorType = 'arqon.v1.Error';

/** The stamped batch that a message is part of. */
export type StampedBatch = InboundBatch & { readonly stamp: Stamp };

/**
 * One event as received. Nothing is decoded before it is asked for; `payload` is a view of the received frame, so copy what
 * you keep for long. What the bus vouches for (sender, session, sequence, epoch, time) cannot be set by the publisher.
 */
export class Message<T = unknown> {
  private foundParts: EnvelopeParts | undefined;
  private content: EventContent | undefined;
  private metadata: EnvelopeMetadata | undefined;
  private decoded: T | undefined;

  /** @internal Made by the SDK alone. */
  constructor(
    private readonly context: MessageContext,
    /** @internal */
    protected readonly batch: StampedBatch,
    private readonly index: number,
    /** Body that holds the event when it is not the envelope's own: that of a reply. */
    private readonly replied: { readonly start: number; readonly end: number } | undefined = undefined,
  ) {}

  /** Topic in the notation `room`, `room:channel` or `@client`. */
  get topic(): string {
    return this.context.topic;
  }

  /** Full Protobuf message name, or a media type. */
  get type(): string {
    return this.event.type;
  }

  get payload(): Uint8Array {
    return this.event.payload;
  }

  /** The payload as text, read as UTF-8. */
  get text(): string {
    return new TextDecoder().decode(this.payload);
  }

  /**
   * The payload decoded by the subscription's schema. Raises ArqonError INVALID_ENVELOPE when there is no schema, the event is
   * of another type, or its payload does not decode; look at `type` first where a topic carries several.
   */
  get data(): T {
    this.decoded ??= this.decode();
    return this.decoded;
  }

  /** UUID of the event. */
  get id(): string {
    return idText(this.batch.bytes, this.parts.idAt);
  }

  /** Place in the topic; rises strictly, need not be dense. */
  get sequence(): bigint {
    return this.index === 0 ? this.batch.stamp.sequence : this.batch.stamp.sequence + BigInt(this.index);
  }

  /** Incarnation of the topic. */
  get epoch(): bigint {
    return this.batch.stamp.epoch;
  }

  /** Epoch and sequence with the channel: what `join({ since })` and `publish({ after })` take. */
  get position(): ChannelPosition {
    return { channel: this.batch.channel, epoch: this.epoch, sequence: this.sequence };
  }

  /** The server's time. */
  get time(): Date {
    return dateOf(this.batch.stamp.timeUs);
  }

  /** As `time`, in microseconds since 1970-01-01 UTC. */
  get timeUs(): bigint {
    return this.batch.stamp.timeUs;
  }

  /** Client id of the publisher, from its token. */
  get sender(): string {
    return this.batch.stamp.sender;
  }

  /** Session that published. */
  get session(): bigint {
    return this.batch.stamp.session;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.extras.headers;
  }

  /** W3C Trace Context; '' when absent. */
  get traceparent(): string {
    return this.extras.traceparent;
  }

  get tracestate(): string {
    return this.extras.tracestate;
  }

  get capabilities(): readonly string[] {
    return this.extras.capabilities;
  }

  get intent(): string {
    return this.extras.intent;
  }

  /** UUID of the envelope that caused this one; '' when absent. */
  get parentId(): string {
    const parent = this.extras.parentId;
    return parent?.length === 16 ? idText(parent, 0) : '';
  }

  /** Positions that the event depends on. */
  get after(): readonly ChannelPosition[] {
    return this.batch.stamp.after;
  }

  get inspection(): Inspection | undefined {
    return this.batch.stamp.inspection;
  }

  /** True for the tombstone that stands where an event was erased: place, sender and time are those of the event, its content is gone. */
  get erased(): boolean {
    return this.type === erasedType;
  }

  /** True when read from history and not live. */
  get replayed(): boolean {
    return this.batch.stamp.replayed;
  }

  /** Answers this event; the answer goes to the session that published it, and to no other. */
  reply(event: EventInit, options: PublishOptions = {}): Promise<PublishResult> {
    const { idAt } = this.parts;
    return this.context.respond(this, this.batch.bytes.slice(idAt, idAt + 16), event, options);
  }

  /** Answers a call with an error, which `call` rejects with: a code of the bus or one of the service's own, upper case. */
  replyError(error: { readonly code: string; readonly message?: string | undefined; readonly field?: string | undefined }, options: PublishOptions = {}): Promise<PublishResult> {
    const payload = new WireWriter().text(2, error.code).text(3, error.message ?? '').text(4, error.field ?? '').view();
    return this.reply({ type: errorType, payload }, options);
  }

  private get event(): EventContent {
    const { bytes } = this.batch;
    const parts = this.parts;
    this.content ??= this.replied === undefined
      ? readEvent(bytes, parts.bodyAt, parts.bodyEnd)
      : readEvent(bytes, this.replied.start, this.replied.end);
    return this.content;
  }

  /** @internal */
  protected get parts(): EnvelopeParts {
    const { bytes, spans } = this.batch;
    this.foundParts ??= findParts(bytes, spans[this.index * 2], spans[this.index * 2 + 1]);
    return this.foundParts;
  }

  private get extras(): EnvelopeMetadata {
    const { bytes, spans } = this.batch;
    this.metadata ??= readMetadata(bytes, spans[this.index * 2], spans[this.index * 2 + 1]);
    return this.metadata;
  }

  private decode(): T {
    const { schema } = this.context;
    if (schema === undefined || schema.typeName !== this.type) {
      throw new ArqonError('INVALID_ENVELOPE', { field: 'event.type', message: `No schema for ${this.type}.` });
    }
    try {
      const data: MessageShape<DescMessage> = fromBinary(schema, this.payload);
      return data as T;
    } catch (cause) {
      throw new ArqonError('INVALID_ENVELOPE', { field: 'event.payload', cause });
    }
  }
}
