import { Message, type MessageContext } from './message.js';
import type { PageReader } from './subscribe/history-fill.js';
import type { Topic } from './topic.js';

/** Which part of a topic's history to read. Bounds are inclusive. */
export interface HistoryOptions {
  readonly fromSequence?: bigint | undefined;
  readonly toSequence?: bigint | undefined;
  readonly fromTime?: Date | undefined;
  readonly toTime?: Date | undefined;
  /** At most this many messages in all. */
  readonly limit?: number | undefined;
  /** At most this many messages per page; default 500. */
  readonly pageSize?: number | undefined;
  /** Refuses with EPOCH_CHANGED when the topic has another. Later pages always insist on the first page's. */
  readonly epoch?: bigint | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One page of history. */
export interface HistoryPage<T = unknown> {
  readonly messages: readonly Message<T>[];
  /** Where the next page starts; 0n when there is none. */
  readonly nextSequence: bigint;
  readonly complete: boolean;
  readonly epoch: bigint;
}

const defaultPageSize = 500;

/** History of one topic: an async iterable of messages across pages, or page by page. One's own messages are included. */
export class History<T = unknown> implements AsyncIterable<Message<T>> {
  private next: bigint;
  private epoch: bigint;
  private remaining: number;
  private isComplete = false;

  /** @internal Made by `Bus.history`. */
  constructor(
    private readonly topic: Topic,
    private readonly options: HistoryOptions,
    private readonly reader: PageReader,
    private readonly context: MessageContext,
  ) {
    this.next = options.fromSequence ?? 0n;
    this.epoch = options.epoch ?? 0n;
    this.remaining = options.limit ?? Number.MAX_SAFE_INTEGER;
  }

  /** Reads the next page; after the last one it is empty and complete. */
  async page(): Promise<HistoryPage<T>> {
    if (this.isComplete) return { messages: [], nextSequence: 0n, complete: true, epoch: this.epoch };
    this.options.signal?.throwIfAborted();
    const { room, channel, recipient } = this.topic;
    const { toSequence = 0n, fromTime, toTime, pageSize = defaultPageSize } = this.options;
    const page = await this.reader.page({
      room, channel, recipient, fromSequence: this.next, toSequence, epoch: this.epoch,
      fromTimeUs: microseconds(fromTime), toTimeUs: microseconds(toTime), limit: Math.min(pageSize, this.remaining),
    });
    const messages = page.batches.flatMap((batch) => Array.from({ length: batch.spans.length / 2 }, (_, index) => new Message<T>(this.context, batch, index)));
    const wanted = messages.filter((message) => message.sequence >= this.next && (toSequence === 0n || message.sequence <= toSequence)).slice(0, this.remaining);
    this.remaining -= wanted.length;
    this.epoch = page.epoch;
    this.isComplete = page.complete || page.nextSequence <= this.next || this.remaining <= 0;
    this.next = page.nextSequence;
    return { messages: wanted, nextSequence: page.complete ? 0n : page.nextSequence, complete: page.complete, epoch: page.epoch };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message<T>, void, undefined> {
    while (!this.isComplete) {
      const { messages } = await this.page();
      yield* messages;
    }
  }
}

/** A time as the wire has it, microseconds since 1970-01-01 UTC; 0n, no bound, when there is none. */
export function microseconds(time: Date | undefined): bigint {
  return time === undefined ? 0n : BigInt(time.getTime()) * 1000n;
}

