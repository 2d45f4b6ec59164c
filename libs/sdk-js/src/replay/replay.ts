import { ArqonError } from '@arqonbus/errors';
import { microseconds } from '../history.js';
import { Message, type MessageContext, type StampedBatch } from '../message.js';
import type { BatchTaker, SessionCore } from '../session-core.js';
import { pageReader } from '../subscribe/page-reader.js';
import type { Topic } from '../topic.js';
import type { HistoryWindow } from '../wire/command-writer.js';
import type { HistoryEnd, ReplyBody } from '../wire/reply-reader.js';

/** The part of a topic that is replayed; bounds are inclusive, and both a lower and an upper one are needed. */
export interface ReplayWindow {
  readonly fromSequence?: bigint | undefined;
  /** At or before the topic's head. */
  readonly toSequence?: bigint | undefined;
  readonly fromTime?: Date | undefined;
  readonly toTime?: Date | undefined;
  /** At most this many messages in all. */
  readonly limit?: number | undefined;
  /** Refuses with EPOCH_CHANGED when the topic has another. Default: that of a subscription which this Bus has of the topic, else the present one. */
  readonly epoch?: bigint | undefined;
}

/** Options of `Bus.replay`. */
export interface ReplayOptions {
  /** Messages per second; by default as fast as they are read. */
  readonly pace?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** `idle`: no portion is asked for. `asking`: the server owes one. `done`: the end, or a fault. */
export type ReplayState = 'idle' | 'asking' | 'done';

/** What changes the state (docs/state_machines/replay.md). */
export type ReplayEvent = 'asked' | 'answered' | 'ended' | 'failed';

/** Which event leads where; what is not here leaves the state as it is. */
export const replayTransitions: Readonly<Record<ReplayState, Readonly<Partial<Record<ReplayEvent, ReplayState>>>>> = {
  idle: { asked: 'asking' },
  asking: { answered: 'idle', ended: 'done', failed: 'done' },
  done: {},
};

const portionEvents = 8_192;
const leastPortionEvents = 64;
const maxPace = 0xffff_ffff;

/** Checks a replay's bounds. Raises ArqonError WINDOW_UNBOUNDED, INVALID_ARGUMENT. */
export function replayWindow(core: SessionCore, topic: Topic, window: ReplayWindow, { pace = 0 }: ReplayOptions): HistoryWindow {
  const { room, channel, recipient } = topic;
  const { toSequence = 0n, limit = 0 } = window;
  // On the wire zero means no bound, and a lower bound of zero is one all the same.
  const fromSequence = window.fromSequence === 0n ? 1n : window.fromSequence ?? 0n;
  const fromTimeUs = window.fromTime?.getTime() === 0 ? 1n : microseconds(window.fromTime);
  const toTimeUs = microseconds(window.toTime);
  if (fromSequence <= 0n && fromTimeUs <= 0n) throw new ArqonError('WINDOW_UNBOUNDED', { field: 'from_sequence' });
  if (toSequence <= 0n && toTimeUs <= 0n) throw new ArqonError('WINDOW_UNBOUNDED', { field: 'to_sequence' });
  if (!Number.isInteger(pace) || pace < 0 || pace > maxPace) {
    throw new ArqonError('INVALID_ARGUMENT', { field: 'pace', message: `The pace is a whole number up to ${maxPace}.` });
  }
  const known = core.feeds.feedsOf(room, channel).flatMap((feed) => feed.current()).find((position) => position.channel === channel);
  return { room, channel, recipient, fromSequence, toSequence, fromTimeUs, toTimeUs, limit, epoch: window.epoch ?? known?.epoch ?? 0n };
}

/** Messages of a strict replay. Nothing is asked for before the first `next`, and more only once the application has read. */
export async function* replayMessages<T>(
  core: SessionCore, window: HistoryWindow, options: ReplayOptions, context: MessageContext,
): AsyncGenerator<Message<T>, void, undefined> {
  const { signal } = options;
  signal?.throwIfAborted();
  const run = new ReplayRun(core, window, options.pace ?? 0);
  const abort = (): void => run.stop();
  signal?.addEventListener('abort', abort);
  try {
    for (let parts = await run.next(); parts !== undefined; parts = await run.next()) {
      for (const { batch, from, end } of parts) {
        for (let index = from; index < end; index++) yield new Message<T>(context, batch, index);
      }
      signal?.throwIfAborted();
    }
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener('abort', abort);
    run.stop();
  }
}

/** Envelopes `from` up to, not including, `end` of a batch. */
interface ReplayPart {
  readonly batch: StampedBatch;
  readonly from: number;
  readonly end: number;
}

/**
 * One replay, asked for portion by portion, so that what waits to be read stays bounded. Its batches carry no request id: one belongs to
 * it when it lies in the window and follows what came before without a hole. A batch of a resume that does so holds the same events.
 */
export class ReplayRun implements BatchTaker {
  private parts: ReplayPart[] = [];
  /** Sequence of the last event received; undefined before the first. */
  private last: bigint | undefined;
  private epoch: bigint;
  /** First sequence of the window; 0n when it holds no event. */
  private firstSequence: bigint;
  /** Sequence in the window that arrived without following what came before. */
  private beyondHole = 0n;
  private count = 0;
  private portionEnd = 0;
  private state: ReplayState = 'idle';
  private failure: { readonly error: unknown } | undefined;
  private readonly stopped = new AbortController();
  private startedAtMs = 0;
  /** True while the server owes an answer. */
  private isOut = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private waiting: (() => void) | undefined;

  constructor(
    private readonly core: SessionCore,
    private readonly window: HistoryWindow,
    private readonly pace: number,
  ) {
    this.epoch = window.epoch;
    this.firstSequence = window.fromSequence;
  }

  /** The next parts; undefined at the end and once stopped. */
  async next(): Promise<ReplayPart[] | undefined> {
    if (this.startedAtMs === 0) await this.begin();
    for (;;) {
      if (this.stopped.signal.aborted) return undefined;
      const { parts } = this;
      this.parts = [];
      // A portion is on its way while the one before is read.
      if (this.state === 'idle' && this.failure === undefined) this.ask();
      if (parts.length > 0) return parts;
      if (this.failure !== undefined) throw this.failure.error;
      if (this.state === 'done') return undefined;
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
  }

  /** Nothing more is wanted. What the server still sends of this portion goes on being told apart. */
  stop(): void {
    this.stopped.abort();
    clearTimeout(this.timer);
    if (!this.isOut) this.core.replays.delete(this);
    this.wake();
  }

  /** True for a batch of this replay. */
  take(batch: StampedBatch): boolean {
    const { window } = this;
    if (batch.room !== window.room || batch.channel !== window.channel || batch.recipient !== window.recipient) return false;
    const { epoch, sequence, prev, timeUs } = batch.stamp;
    const count = batch.spans.length / 2;
    const last = sequence + BigInt(count - 1);
    const isInWindow = epoch === this.epoch && last >= this.firstSequence && (window.toSequence === 0n || sequence <= window.toSequence)
      && timeUs >= window.fromTimeUs && (window.toTimeUs === 0n || timeUs <= window.toTimeUs);
    if (!isInWindow) return false;
    const before = this.last ?? this.firstSequence - 1n;
    if (last <= before) return true;
    if (prev > before) {
      this.beyondHole = sequence;
      return false;
    }
    const from = sequence > before ? 0 : Number(before - sequence + 1n);
    const beyond = window.toSequence === 0n ? 0n : last - window.toSequence;
    const end = beyond > 0n ? count - Number(beyond) : count;
    this.last = sequence + BigInt(end - 1);
    this.count += end - from;
    if (!this.stopped.signal.aborted) this.parts.push({ batch, from, end });
    this.wake();
    return true;
  }

  private wake(): void {
    this.waiting?.();
    this.waiting = undefined;
  }

  /** The server insists on an epoch, and the first batch must be told from others. */
  private async begin(): Promise<void> {
    if (this.epoch === 0n || this.firstSequence === 0n) {
      const { page } = pageReader(this.core, { timeoutMs: this.core.settings.commandTimeoutMs, signal: this.stopped.signal });
      const { epoch, batches } = await page({ ...this.window, limit: 1 });
      this.epoch ||= epoch;
      this.firstSequence ||= batches[0]?.stamp.sequence ?? 0n;
    }
    this.core.replays.add(this);
    this.startedAtMs = performance.now();
  }

  private ask(): void {
    this.step('asked');
    const heldBackMs = this.pace === 0 ? 0 : this.startedAtMs + (this.count * 1000) / this.pace - performance.now();
    if (heldBackMs > 1) this.timer = setTimeout(() => this.send(), heldBackMs);
    else this.send();
  }

  private send(): void {
    const { core } = this;
    const portion = this.pace === 0 ? portionEvents : Math.min(portionEvents, Math.max(leastPortionEvents, this.pace));
    this.portionEnd = this.count + (this.window.limit === 0 ? portion : Math.min(portion, this.window.limit - this.count));
    if (core.closedBy !== undefined) {
      this.failed(core.closedBy);
      return;
    }
    this.isOut = true;
    core.commands.send<HistoryEnd>({
      build: () => ({ kind: 'replay', window: this.rest(), pace: this.pace }),
      read: (body, page) => this.read(body, page),
    }, {}).then((end) => this.answered(end), (error: unknown) => this.failed(error));
  }

  /** What is still wanted of this portion. Called at each send, so that a replay goes on where a lost connection cut it. */
  private rest(): HistoryWindow {
    const { window, last, epoch } = this;
    const limit = this.stopped.signal.aborted ? 1 : Math.max(1, this.portionEnd - this.count);
    return last === undefined ? { ...window, epoch, limit } : { ...window, fromSequence: last + 1n, fromTimeUs: 0n, epoch, limit };
  }

  private read(body: ReplyBody, page: readonly StampedBatch[]): HistoryEnd | undefined {
    // The last batches may stand in the reply's own frame.
    for (const batch of page) this.core.delivered(batch);
    return body.kind === 'history' ? body : undefined;
  }

  private answered(end: HistoryEnd): void {
    this.isOut = false;
    const isAtLimit = this.window.limit > 0 && this.count >= this.window.limit;
    const isAtEnd = isAtLimit || end.complete || end.nextSequence === 0n;
    // What lies behind this portion came by a resume: the next portion brings it.
    const isOfPortion = end.complete || end.nextSequence === 0n || this.beyondHole < end.nextSequence;
    if (isOfPortion && this.beyondHole > (this.last ?? 0n)) this.failed(new ArqonError('HISTORY_TRIMMED'));
    else this.turn(isAtEnd ? 'ended' : 'answered');
  }

  private failed(error: unknown): void {
    this.isOut = false;
    this.failure ??= { error };
    this.turn('failed');
  }

  private step(event: ReplayEvent): void {
    this.state = replayTransitions[this.state][event] ?? this.state;
  }

  private turn(event: Exclude<ReplayEvent, 'asked'>): void {
    this.step(event);
    if (this.state === 'done' || this.stopped.signal.aborted) this.core.replays.delete(this);
    this.wake();
  }
}
