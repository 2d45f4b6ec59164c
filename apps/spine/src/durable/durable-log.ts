import { isArqonError, type ErrorCode } from '@arqonbus/errors';
import type {
  Backplane, CommittedRun, Following, HistoryStore, LogAppendResult, LogHead, OpenLogOptions, RunRecord, TopicLog,
} from '@arqonbus/storage';
import type { TopicKey } from '@arqonbus/tenancy';
import { WindowWaiters } from './window-waiters.js';

/**
 * - `opening`: runs wait. `open`: runs go to the log.
 * - `failed`: the log could not be opened; it is tried again, until then everything is refused.
 * - `degraded`: the store is away and the room goes on in memory.
 */
export type DurableState = 'opening' | 'open' | 'failed' | 'degraded' | 'closed';

/** What changes the state (docs/state_machines/topic.md). */
export type DurableEvent = 'opened' | 'failed' | 'lost' | 'retried' | 'restored' | 'closed';

/** Which event leads where; what is not here leaves the state as it is. */
export const durableTransitions: Readonly<Record<DurableState, Readonly<Partial<Record<DurableEvent, DurableState>>>>> = {
  opening: { opened: 'open', failed: 'failed', lost: 'degraded', closed: 'closed' },
  open: { lost: 'degraded', closed: 'closed' },
  failed: { retried: 'opening', closed: 'closed' },
  degraded: { restored: 'open', closed: 'closed' },
  closed: {},
};

/** A run that waits for the log, and what becomes of it. Exactly one of its methods is called, once. */
export interface PendingRun {
  readonly record: RunRecord;
  settle(result: LogAppendResult, epoch: number): void;
  refuse(code: ErrorCode, retryAfterMs: number): void;
}

/** What a log tells its topic on this Spine. */
export interface DurableSink {
  /** The log is open: the window begins behind `head` with the runs given, its newest. */
  opened(head: LogHead, newest: readonly CommittedRun[]): void;
  committed(runs: readonly CommittedRun[]): void;
  /** A new epoch, or a hole: subscribers are told. */
  restarted(head: LogHead): void;
  /** An event of the run that holds this sequence was erased, here or on another Spine. */
  erased(sequence: number): void;
  /** From now on runs are numbered in memory, in a new epoch. */
  degraded(): void;
}

export interface DurableParts {
  readonly store: HistoryStore;
  readonly backplane: Backplane;
  readonly nowMs: () => number;
  /** Runs of one producer that may wait or be in flight. */
  readonly maxUnacknowledgedRuns: number;
  /** Bytes that wait for the store over all topics. */
  readonly waiting: { bytes: number };
  failed(key: TopicKey, error: unknown): void;
}

const maxQueuedBytes = 16_777_216;
/** Over all topics of the process. */
const maxWaitingBytes = 268_435_456;
const maxBatchRuns = 4_096;
/** One topic must not hold up the others of a store that writes for all of them in turn. */
const maxBatchBytes = 1_048_576;
const retryAfterMs = 500;
const reopenMs = 500;
/** Newest runs taken into the live window when a log is opened, so that most resumes need no store. */
const prefillEvents = 4_096;
const prefillBytes = 4_194_304;
/** On stores that number by place the topic's runs are this far apart, or a multiple of it (docs/ordering.md). */
const widestStep = 4_096;

/**
 * The way of a topic's runs into its log: one group commit in flight, the runs of a turn together. What comes back from the backplane, own
 * runs included, feeds the live window in sequence order.
 */
export class DurableLog {
  state: DurableState = 'opening';
  private log: TopicLog | undefined;
  private following: Following | undefined;
  private queue: PendingRun[] = [];
  private queuedBytes = 0;
  private inFlight = false;
  private isScheduled = false;
  private waiters: (() => void)[] = [];
  private readonly unacknowledged = new Map<string, number>();
  private reopenTimer: NodeJS.Timeout | undefined;
  private readonly windowWaiters = new WindowWaiters();
  private headAsked: Promise<LogHead> | undefined;

  /**
   * @param options.degrades whether the room goes on in memory while the store is away
   * @param options.fromStart whether all that the log holds is delivered as live: whoever follows a room gets a new channel from its first event
   */
  constructor(
    readonly key: TopicKey, private readonly options: OpenLogOptions & { readonly degrades: boolean; readonly fromStart: boolean },
    private readonly parts: DurableParts, private readonly sink: DurableSink,
  ) {
    void this.open();
  }

  /** Whether sequences rise without gaps; else an event takes up to 4,096 of them. */
  get isDense(): boolean {
    return this.parts.store.isDense;
  }

  /** The open log; undefined before, and while the store is away. */
  get openLog(): TopicLog | undefined {
    return this.state === 'open' ? this.log : undefined;
  }

  /** Calls back once it is known whether the log can be used, at once when it is. */
  whenSettled(callback: () => void): void {
    if (this.state === 'opening') this.waiters.push(callback);
    else callback();
  }

  /** Resolves once the log can be used or not. */
  settled(): Promise<void> {
    return new Promise((resolve) => { this.whenSettled(resolve); });
  }

  /**
   * Resolves once `isThere`, looked at whenever the live window has moved.
   * @throws ArqonError STORE_UNAVAILABLE, by the promise, after `maxMs`.
   */
  reached(isThere: () => boolean, maxMs: number): Promise<void> {
    return this.windowWaiters.until(isThere, maxMs);
  }

  /**
   * The store's head, asked once for all who want it at the same time: the answer may be of a moment before the call.
   * @throws ArqonError STORE_UNAVAILABLE, by the promise.
   */
  sharedHead(log: TopicLog): Promise<LogHead> {
    this.headAsked ??= log.readHead().finally(() => { this.headAsked = undefined; });
    return this.headAsked;
  }

  submit(run: PendingRun): void {
    if (this.state === 'failed' || this.state === 'closed' || !this.hasPlaceFor(run.record.body.length)) {
      run.refuse('STORE_UNAVAILABLE', retryAfterMs);
      return;
    }
    const key = producerKey(run.record);
    if (key !== undefined) {
      const count = this.unacknowledged.get(key) ?? 0;
      if (count >= this.parts.maxUnacknowledgedRuns) {
        run.refuse('TOO_MANY_UNACKNOWLEDGED', 0);
        return;
      }
      this.unacknowledged.set(key, count + 1);
    }
    this.queue.push(run);
    this.queuedBytes += run.record.body.length;
    this.parts.waiting.bytes += run.record.body.length;
    this.schedule();
  }

  private hasPlaceFor(bytes: number): boolean {
    return this.queuedBytes + bytes <= maxQueuedBytes && this.parts.waiting.bytes + bytes <= maxWaitingBytes;
  }

  /** The store is away. */
  storeLost(): void {
    if (!this.options.degrades || !this.step('lost')) return;
    clearTimeout(this.reopenTimer);
    this.stopFollowing();
    this.refuseAll();
    this.sink.degraded();
    this.windowWaiters.moved();
    this.wake();
  }

  /** The store is back. */
  storeBack(): void {
    if (this.state === 'degraded') void this.restore();
    else if (this.step('retried')) void this.open();
  }

  close(): void {
    this.step('closed');
    clearTimeout(this.reopenTimer);
    this.stopFollowing();
    this.refuseAll();
    this.log?.close();
    this.wake();
  }

  /** Drops what is older than the retention allows. */
  trim(nowUs: number): void {
    this.openLog?.trim(nowUs).catch((error: unknown) => { this.parts.failed(this.key, error); });
  }

  /** False when the event means nothing in this state. */
  private step(event: DurableEvent): boolean {
    const next = durableTransitions[this.state][event];
    if (next === undefined) return false;
    this.state = next;
    return true;
  }

  private async open(): Promise<void> {
    try {
      const log = this.log ?? (await this.parts.store.openLog(this.key, this.options));
      const head = this.options.fromStart ? { ...log.head, lastSequence: 0 } : log.head;
      const newest = this.options.fromStart ? [] : await readNewest(log, this.parts.store.isDense);
      if (!this.step('opened')) {
        if (this.isClosed()) log.close();
        return;
      }
      this.log = log;
      this.sink.opened(head, newest);
      this.follow(log, head.lastSequence);
      this.wake();
      this.schedule();
    } catch (error) {
      if (this.state !== 'opening') return;
      this.parts.failed(this.key, error);
      if (this.options.degrades) this.storeLost();
      else {
        this.step('failed');
        this.refuseAll();
        this.wake();
      }
      this.tryAgain();
    }
  }

  private tryAgain(): void {
    clearTimeout(this.reopenTimer);
    this.reopenTimer = setTimeout(() => { this.storeBack(); }, reopenMs);
    this.reopenTimer.unref();
  }

  /** Back from memory: what memory took is not in the log, so the log begins a new epoch. */
  private async restore(): Promise<void> {
    try {
      const log = this.log ?? (await this.parts.store.openLog(this.key, this.options));
      const head = await log.reset(this.parts.nowMs() * 1_000);
      if (!this.step('restored')) return;
      this.log = log;
      this.sink.restarted(head);
      this.windowWaiters.moved();
      this.follow(log, head.lastSequence);
      this.schedule();
    } catch (error) {
      this.parts.failed(this.key, error);
      if (this.state === 'degraded') this.tryAgain();
    }
  }

  private follow(log: TopicLog, afterSequence: number): void {
    this.following = this.parts.backplane.follow(log, afterSequence, {
      committed: (runs) => {
        if (this.state !== 'open') return;
        this.sink.committed(runs);
        this.windowWaiters.moved();
      },
      restarted: (head) => {
        if (this.state !== 'open') return;
        this.sink.restarted(head);
        this.windowWaiters.moved();
      },
      erased: (sequence) => { this.sink.erased(sequence); },
    });
  }

  private stopFollowing(): void {
    this.following?.stop();
    this.following = undefined;
  }

  private schedule(): void {
    if (this.isScheduled || this.inFlight || this.state !== 'open' || this.queue.length === 0) return;
    this.isScheduled = true;
    // The runs of a turn share a commit.
    setImmediate(() => {
      this.isScheduled = false;
      void this.commit();
    });
  }

  private async commit(): Promise<void> {
    const log = this.openLog;
    if (log === undefined || this.inFlight) return;
    const batch = this.takeBatch();
    if (batch.length === 0) return;
    this.inFlight = true;
    try {
      const results = await log.append(batch.map((run) => run.record), this.parts.nowMs() * 1_000);
      batch.forEach((run, index) => {
        this.release(run);
        run.settle(results[index], log.head.epoch);
      });
    } catch (error) {
      this.parts.failed(this.key, error);
      const code = isArqonError(error) ? error.code : 'STORE_UNAVAILABLE';
      // Runs behind it would jump over the numbers of the refused ones.
      this.queue.unshift(...batch);
      this.refuseAll(code);
    } finally {
      this.inFlight = false;
      this.schedule();
    }
  }

  private takeBatch(): PendingRun[] {
    let bytes = 0;
    let count = 0;
    while (count < this.queue.length && count < maxBatchRuns) {
      bytes += this.queue[count].record.body.length;
      if (count > 0 && bytes > maxBatchBytes) break;
      count += 1;
    }
    return this.queue.splice(0, count);
  }

  private refuseAll(code: ErrorCode = 'STORE_UNAVAILABLE'): void {
    const refused = this.queue;
    this.queue = [];
    for (const run of refused) {
      this.release(run);
      run.refuse(code, retryAfterMs);
    }
  }

  private release(run: PendingRun): void {
    this.queuedBytes -= run.record.body.length;
    this.parts.waiting.bytes -= run.record.body.length;
    const key = producerKey(run.record);
    if (key === undefined) return;
    const left = (this.unacknowledged.get(key) ?? 1) - 1;
    if (left === 0) this.unacknowledged.delete(key);
    else this.unacknowledged.set(key, left);
  }

  private wake(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) waiter();
  }

  private isClosed(): boolean {
    return this.state === 'closed';
  }
}

async function readNewest(log: TopicLog, isDense: boolean): Promise<readonly CommittedRun[]> {
  const { firstSequence, lastSequence } = log.head;
  if (lastSequence === 0) return [];
  const fromSequence = Math.max(firstSequence, lastSequence - prefillEvents * (isDense ? 1 : widestStep), 1);
  const page = await log.read({ fromSequence, toSequence: lastSequence, maxEvents: prefillEvents * 2, maxBytes: prefillBytes });
  return page.isComplete ? page.runs : [];
}

function producerKey({ producer }: RunRecord): string | undefined {
  return producer === undefined ? undefined : `${producer.owner} ${String(producer.hi)} ${String(producer.lo)}`;
}
