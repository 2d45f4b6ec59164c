import { ArqonError } from '@arqonbus/errors';
import { microseconds } from '../history.js';
import type { CommandExchange } from '../command-client.js';
import { Message, type MessageContext, type StampedBatch } from '../message.js';
import type { BatchTaker, SessionCore } from '../session-core.js';
import { pageReader } from '../subscribe/page-reader.js';
import type { Topic } from '../topic.js';
import type { HistoryWindow } from '../wire/command-writer.js';
import { ReplayReader, type ReplayPart } from './replay-reader.js';

/** The part of a topic that is replayed; bounds are inclusive, and both a lower and an upper one are needed. */
export interface ReplayWindow {
  readonly fromSequence?: bigint | undefined;
  readonly toSequence?: bigint | undefined;
  readonly fromTime?: Date | undefined;
  readonly toTime?: Date | undefined;
  /** At most this many messages in all. */
  readonly limit?: number | undefined;
  /** Refuses with EPOCH_CHANGED when the topic has another; by default the epoch of a subscription that this Bus has of the topic, if any. */
  readonly epoch?: bigint | undefined;
}

/** Options of `Bus.replay`. */
export interface ReplayOptions {
  /** Messages per second; by default as fast as they are read. */
  readonly pace?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const portionEvents = 8_192;
const leastPortionEvents = 64;
const maxPace = 0xffff_ffff;

/** Checks a replay's bounds. Raises ArqonError INVALID_ARGUMENT. */
export function replayWindow(core: SessionCore, topic: Topic, window: ReplayWindow, { pace = 0 }: ReplayOptions): HistoryWindow {
  const { room, channel, recipient } = topic;
  const { fromSequence = 0n, toSequence = 0n, limit = 0 } = window;
  const fromTimeUs = microseconds(window.fromTime);
  const toTimeUs = microseconds(window.toTime);
  if (fromSequence <= 0n && fromTimeUs === 0n) throw invalid('from_sequence', 'A replay needs a lower bound.');
  if (toSequence <= 0n && toTimeUs === 0n) throw invalid('to_sequence', 'A replay needs an upper bound.');
  if (!Number.isInteger(pace) || pace < 0 || pace > maxPace) throw invalid('pace', 'The pace is a whole number of messages per second.');
  const known = core.feeds.feedsOf(room, channel).flatMap((feed) => feed.current()).find((position) => position.channel === channel);
  return { room, channel, recipient, fromSequence, toSequence, fromTimeUs, toTimeUs, limit, epoch: window.epoch ?? known?.epoch ?? 0n };
}

function invalid(field: string, message: string): ArqonError {
  return new ArqonError('INVALID_ARGUMENT', { field, message });
}

/** Messages of a strict replay. Nothing is asked for before the first `next`, and more only once the application has read. */
export async function* replayMessages<T>(
  core: SessionCore, window: HistoryWindow, options: ReplayOptions, context: MessageContext,
): AsyncGenerator<Message<T>, void, undefined> {
  const { signal } = options;
  const run = new ReplayRun(core, window, options.pace ?? 0);
  const wake = (): void => run.wake();
  signal?.addEventListener('abort', wake);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const parts = await run.next();
      if (parts === undefined) return;
      for (const { batch, from, end } of parts) {
        for (let index = from; index < end; index++) yield new Message<T>(context, batch, index);
      }
    }
  } finally {
    signal?.removeEventListener('abort', wake);
    run.drop();
  }
}

/** `hole`: events arrived behind a hole that nothing filled. */
type Outcome = 'more' | 'end' | 'hole';

/** One replay, asked for portion by portion, so that what waits to be read stays bounded. */
class ReplayRun implements BatchTaker {
  private reader: ReplayReader | undefined;
  private firstSequence = 0n;
  private state: 'idle' | 'asking' | 'done' = 'idle';
  private failure: { readonly error: unknown } | undefined;
  private isDropped = false;
  private startedAtMs = 0;
  private waiting: (() => void) | undefined;

  constructor(
    private readonly core: SessionCore,
    private readonly window: HistoryWindow,
    private readonly pace: number,
  ) {}

  /** The next parts, an empty list when woken without any, and undefined at the window's end. */
  async next(): Promise<ReplayPart[] | undefined> {
    const reader = this.reader ??= await this.begin();
    const parts = reader.shift();
    // A portion is on its way while the one before is read.
    if (this.state === 'idle' && this.failure === undefined) this.ask(reader);
    if (parts.length > 0) return parts;
    if (this.failure !== undefined) throw this.failure.error;
    if (this.state === 'done') return undefined;
    await new Promise<void>((resolve) => {
      this.waiting = resolve;
    });
    return [];
  }

  take(batch: StampedBatch): boolean {
    const isTaken = this.reader?.take(batch) === true;
    if (this.isDropped) this.reader?.shift();
    else if (isTaken) this.wake();
    return isTaken;
  }

  wake(): void {
    this.waiting?.();
    this.waiting = undefined;
  }

  /** The application reads no further. What the server still sends of this portion goes on being told apart. */
  drop(): void {
    this.isDropped = true;
    if (this.state !== 'asking') this.end();
  }

  /** A window that begins at a time begins at an event: which one must be known, to tell its batches from others. */
  private async begin(): Promise<ReplayReader> {
    const { window } = this;
    this.firstSequence = window.fromSequence;
    if (this.firstSequence === 0n) {
      const { page } = pageReader(this.core, { timeoutMs: this.core.settings.commandTimeoutMs });
      const first = await page({ ...window, limit: 1 });
      this.firstSequence = first.batches[0]?.stamp.sequence ?? 0n;
    }
    const reader = new ReplayReader(window, this.firstSequence);
    this.core.replays.add(this);
    this.startedAtMs = performance.now();
    return reader;
  }

  private ask(reader: ReplayReader): void {
    const { core } = this;
    const heldBackMs = this.pace === 0 ? 0 : this.startedAtMs + (reader.count * 1000) / this.pace - performance.now();
    this.state = 'asking';
    const send = (): void => {
      if (core.closedBy !== undefined || this.isDropped) this.failed(core.closedBy);
      else core.commands.send(this.exchange(reader), {}).then((outcome) => this.answered(outcome), (error: unknown) => this.failed(error));
    };
    if (heldBackMs > 1) setTimeout(send, heldBackMs);
    else send();
  }

  private exchange(reader: ReplayReader): CommandExchange<Outcome> {
    return {
      build: () => ({ kind: 'replay', window: this.rest(reader), pace: this.pace }),
      read: (body, page) => {
        if (body.kind !== 'history') return undefined;
        for (const batch of page) this.core.delivered(batch);
        if (reader.hasHole()) return 'hole';
        return body.complete || body.nextSequence === 0n || this.remaining(reader) === 0 ? 'end' : 'more';
      },
    };
  }

  /** What is still wanted. Called at each send, so that a replay goes on where a lost connection cut it. */
  private rest(reader: ReplayReader): HistoryWindow {
    const { window } = this;
    const portion = this.pace === 0 ? portionEvents : Math.min(portionEvents, Math.max(leastPortionEvents, this.pace));
    const limit = this.isDropped ? 1 : Math.min(portion, this.remaining(reader));
    if (reader.last === undefined) return { ...window, fromSequence: this.firstSequence, limit };
    return { ...window, fromSequence: reader.last + 1n, fromTimeUs: 0n, epoch: reader.epoch, limit };
  }

  private remaining(reader: ReplayReader): number {
    return this.window.limit === 0 ? portionEvents : this.window.limit - reader.count;
  }

  private answered(outcome: Outcome): void {
    if (outcome === 'hole') {
      this.failed(new ArqonError('HISTORY_TRIMMED'));
      return;
    }
    this.state = outcome === 'end' ? 'done' : 'idle';
    if (outcome === 'end' || this.isDropped) this.end();
    this.wake();
  }

  private failed(error: unknown): void {
    this.failure = { error };
    this.state = 'idle';
    this.end();
    this.wake();
  }

  private end(): void {
    this.core.replays.delete(this);
  }
}
