import { Emitter } from '../emitter.js';
import { Message, type MessageContext, type Respond, type StampedBatch } from '../message.js';
import { topicText } from '../topic.js';
import { envelopeBody, findParts } from '../wire/envelope-reader.js';
import type { ChannelPosition } from '../wire/frame-reader.js';
import type { DescMessage } from '@bufbuild/protobuf';
import type { GapEvent, RecoveredEvent } from './events.js';
import type { FeedSink } from './feed.js';
import type { FeedTarget } from './feed-target.js';

/** Events of a subscription. */
export interface SubscriptionEvents<T> {
  message: Message<T>;
  gap: GapEvent;
  recovered: RecoveredEvent;
  /** Nothing more will come; `error` says why when the application did not end it. */
  closed: { readonly error: unknown };
}

/** What a subscription needs of its Bus. */
export interface SubscriptionOwner {
  /** True for events that this Bus published and that are hidden from it. */
  isHidden(session: bigint): boolean;
  /** A batch is delivered. */
  seen(batch: StampedBatch): void;
  readonly respond: Respond;
  gap(event: GapEvent): void;
  recovered(event: RecoveredEvent): void;
  /** Last position of each channel. */
  positions(): ChannelPosition[];
  leave(): Promise<void>;
}

/**
 * Delivery of one joined topic, room or inbox: an async iterable of messages, and an emitter of events. Messages wait in a
 * bounded queue for the iterator until a `message` listener is there; from then on they go to listeners alone.
 */
export class Subscription<T = unknown> implements AsyncIterable<Message<T>>, FeedSink {
  /** Topic in the notation `room`, `room:channel`, `room:*` or `@client`. */
  readonly topic: string;
  private readonly emitter = new Emitter<SubscriptionEvents<T>>();
  private readonly contexts = new Map<string, MessageContext>();
  private queue: Message<T>[] = [];
  private queueAt = 0;
  private takers: { resolve: (result: IteratorResult<Message<T>>) => void; reject: (error: unknown) => void }[] = [];
  private isFull = false;
  private roomWaiters: (() => void)[] = [];
  private closure: { readonly error: unknown } | undefined;

  /** @internal Made by `Bus.join` and `Bus.inbox`. */
  constructor(
    target: Pick<FeedTarget, 'text'>,
    private readonly owner: SubscriptionOwner,
    private readonly schema: DescMessage | undefined,
    private readonly maxQueued: number,
  ) {
    this.topic = target.text;
  }

  /** True once nothing more will come. */
  get isClosed(): boolean {
    return this.closure !== undefined;
  }

  /** Messages that wait for the iterator. */
  get queuedCount(): number {
    return this.queue.length - this.queueAt;
  }

  /** Last position received of each channel: what `join({ since })` takes to go on from here. */
  get positions(): readonly ChannelPosition[] {
    return this.owner.positions();
  }

  /** Adds a listener; the returned function takes it off. */
  on<Name extends keyof SubscriptionEvents<T>>(name: Name, listener: (event: SubscriptionEvents<T>[Name]) => void): () => void {
    const off = this.emitter.on(name, listener);
    if (name === 'message') this.flushToListeners();
    return off;
  }

  /** Ends delivery and tells the server. Iteration ends once what is queued was read. */
  async leave(): Promise<void> {
    if (this.isClosed) return;
    this.close(undefined);
    await this.owner.leave();
  }

  /** Iterates over messages until the subscription closes; raises what closed it when the application did not. Leaving the loop does not leave the topic. */
  [Symbol.asyncIterator](): AsyncIterator<Message<T>> {
    return {
      next: () => this.next(),
      return: () => Promise.resolve({ done: true, value: undefined }),
    };
  }

  /** @internal */
  isPaused(): boolean {
    return this.isFull;
  }

  /** @internal */
  async roomAvailable(): Promise<void> {
    if (!this.isFull) return;
    await new Promise<void>((resolve) => this.roomWaiters.push(resolve));
  }

  /** @internal */
  deliver(batch: StampedBatch, from: number): void {
    this.owner.seen(batch);
    if (this.closure !== undefined || this.owner.isHidden(batch.stamp.session)) return;
    const context = this.contextOf(batch);
    const count = batch.spans.length / 2;
    const isInbox = batch.recipient !== '';
    for (let index = from; index < count; index++) {
      if (isInbox && !isEvent(batch, index)) continue;
      this.push(new Message<T>(context, batch, index));
    }
  }

  /** @internal */
  gap(event: GapEvent): void {
    this.emitter.emit('gap', event);
    this.owner.gap(event);
  }

  /** @internal */
  recovered(event: RecoveredEvent): void {
    this.emitter.emit('recovered', event);
    this.owner.recovered(event);
  }

  /** @internal */
  failed(error: unknown): void {
    this.close(error);
  }

  /** @internal */
  close(error: unknown): void {
    if (this.closure !== undefined) return;
    this.closure = { error };
    this.openRoom();
    const takers = this.takers;
    this.takers = [];
    for (const taker of takers) this.finish(taker);
    this.emitter.emit('closed', { error });
  }

  private contextOf(batch: StampedBatch): MessageContext {
    const known = this.contexts.get(batch.channel);
    if (known !== undefined) return known;
    const topic = topicText(batch.room, batch.channel, batch.recipient);
    const context = { topic, schema: this.schema, respond: this.owner.respond };
    this.contexts.set(batch.channel, context);
    return context;
  }

  private push(message: Message<T>): void {
    if (this.emitter.count('message') > 0) {
      this.emitter.emit('message', message);
      return;
    }
    const taker = this.takers.shift();
    if (taker !== undefined) {
      taker.resolve({ done: false, value: message });
      return;
    }
    this.queue.push(message);
    if (this.queuedCount >= this.maxQueued) this.isFull = true;
  }

  private next(): Promise<IteratorResult<Message<T>>> {
    const message = this.shift();
    if (message !== undefined) return Promise.resolve({ done: false, value: message });
    return new Promise((resolve, reject) => {
      const taker = { resolve, reject };
      if (this.closure === undefined) this.takers.push(taker);
      else this.finish(taker);
    });
  }

  private finish(taker: { resolve: (result: IteratorResult<Message<T>>) => void; reject: (error: unknown) => void }): void {
    const error = this.closure?.error;
    if (error === undefined) taker.resolve({ done: true, value: undefined });
    else taker.reject(error);
  }

  private shift(): Message<T> | undefined {
    if (this.queueAt >= this.queue.length) return undefined;
    const message = this.queue[this.queueAt];
    this.queueAt += 1;
    if (this.queueAt === this.queue.length) {
      this.queue = [];
      this.queueAt = 0;
    } else if (this.queueAt >= 1_024 && this.queueAt * 2 >= this.queue.length) {
      this.queue = this.queue.slice(this.queueAt);
      this.queueAt = 0;
    }
    if (this.isFull && this.queuedCount <= this.maxQueued / 2) this.openRoom();
    return message;
  }

  private flushToListeners(): void {
    for (let message = this.shift(); message !== undefined; message = this.shift()) this.emitter.emit('message', message);
  }

  private openRoom(): void {
    this.isFull = false;
    const waiters = this.roomWaiters;
    this.roomWaiters = [];
    for (const resolve of waiters) resolve();
  }
}

function isEvent(batch: StampedBatch, index: number): boolean {
  return findParts(batch.bytes, batch.spans[index * 2], batch.spans[index * 2 + 1]).body === envelopeBody.event;
}
