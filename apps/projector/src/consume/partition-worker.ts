import { EpisodeStoreError, isAfter, isSamePosition, type BatchResult, type EpisodeStore, type PartitionClaim, type SourcePosition } from '@arqonbus/storage/episodes';
import type { Logger } from '@arqonbus/telemetry';
import type { StaleLog } from '../telemetry/stale-log.js';
import type { ProjectorMetrics } from '../telemetry/projector-metrics.js';
import { Backoff } from './backoff.js';
import { bytesOf, cutPart, refusedPart, type BatchPart } from './batch-part.js';
import { BatchSize } from './batch-size.js';
import { PartitionQueue } from './partition-queue.js';
import { partitionTransitions, type PartitionEvent, type PartitionState } from './partition-state.js';
import type { ProjectionEntry } from './projection-entry.js';
import type { QueueBudget } from './queue-budget.js';
import type { StreamPosition } from './stream-position.js';
import { WakeUp } from './wake-up.js';

export interface WorkerLimits {
  readonly maxBatchEvents: number;
  readonly maxBatchBytes: number;
  readonly maxWaitMs: number;
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
}

/** What a worker tells. */
export interface WorkerEvents {
  storeAnswered(): void;
  storeFailed(error: EpisodeStoreError): void;
  deadLettersStored(): void;
  /** The claim is worth nothing any more. */
  lost(claim: PartitionClaim): void;
}

export interface WorkerParts {
  readonly store: Pick<EpisodeStore, 'applyBatch' | 'listPartitions'>;
  readonly limits: WorkerLimits;
  readonly budget: QueueBudget;
  readonly stream: StreamPosition;
  readonly metrics: ProjectorMetrics;
  readonly staleLog: StaleLog;
  readonly logger: Logger;
  readonly events: WorkerEvents;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Time of the wall, for lag. */
  readonly nowMs: () => number;
}

const warnEveryMs = 10_000;
/** Lag from which batches wait longer for more events, and how much longer. */
const lateMs = 1_000;
const lateFactor = 10;

/** Applies the events of one partition, batch after batch, in the order of the topic, for as long as this instance holds the partition. */
export class PartitionWorker {
  private state: PartitionState = 'idle';
  private readonly queue: PartitionQueue;
  private readonly size: BatchSize;
  private readonly backoff: Backoff;
  private readonly wakeUp = new WakeUp();
  private parts: BatchPart[] = [];
  private committed: SourcePosition | undefined;
  private isMoveWanted = false;
  private isPauseWanted = false;
  private isReleaseWanted = false;
  private warnedMs = Number.NEGATIVE_INFINITY;
  private ended: Promise<void> = Promise.resolve();

  /** `start` replaces the claim's position as the place to begin at; undefined: the beginning of the topic. */
  constructor(readonly claim: PartitionClaim, private readonly worker: WorkerParts, start: { readonly at: SourcePosition | undefined } = { at: claim.position }) {
    this.committed = claim.position;
    this.queue = new PartitionQueue(start.at, worker.budget, worker.stream);
    this.size = new BatchSize(worker.limits.maxBatchEvents);
    this.backoff = new Backoff(worker.limits.retryMinMs, worker.limits.retryMaxMs, worker.random);
  }

  /** Last place that it was offered: events up to there are of no use to it. */
  get offered(): SourcePosition | undefined {
    return this.queue.offered;
  }

  /** Everything of the partition up to here is projected. */
  get position(): SourcePosition | undefined {
    return this.committed;
  }

  /** Bus time of the oldest event that waits here, microseconds. */
  get oldestTimeUs(): number | undefined {
    for (const { entries } of this.parts) {
      for (const { record } of entries) return record.timeUs;
    }
    return this.queue.oldestTimeUs;
  }

  start(): void {
    this.ended = this.run();
  }

  /** Takes the next event of the partition. */
  offer(entry: ProjectionEntry): void {
    if (this.hasEnded()) return;
    this.queue.add(entry, performance.now());
    const { length, bytesCount } = this.queue;
    if (length === 1 || length >= this.size.current || bytesCount >= this.worker.limits.maxBatchBytes) this.wakeUp.signal();
  }

  /** Moves the stored position along, where events of other partitions alone went by. */
  moveAlong(): void {
    if (this.queue.length > 0 || this.parts.length > 0 || !this.isBehind()) return;
    this.isMoveWanted = true;
    this.wakeUp.signal();
  }

  /** There is no room for more events: what waits has waited long enough. */
  hurry(): void {
    if (this.queue.length > 0) this.wakeUp.signal();
  }

  setPaused(isPaused: boolean): void {
    this.isPauseWanted = isPaused;
    this.wakeUp.signal();
  }

  /** The claim was lost: what is in hand is forgotten. */
  claimLost(): void {
    this.step('lost');
    this.wakeUp.signal();
  }

  /** Writes what is in the database's hands, nothing more, and ends. */
  async release(): Promise<void> {
    this.isReleaseWanted = true;
    this.wakeUp.signal();
    await this.ended;
    this.step('released');
    this.forget();
  }

  private step(event: PartitionEvent): boolean {
    const next = partitionTransitions[this.state][event];
    if (next === undefined) return false;
    this.state = next;
    return true;
  }

  private hasEnded(): boolean {
    return this.state === 'lost' || this.state === 'released';
  }

  private async run(): Promise<void> {
    while (!this.hasEnded()) {
      if (this.isReleaseWanted) break;
      this.step(this.isPauseWanted ? 'paused' : 'resumed');
      if (this.state === 'idle' && this.isDue()) await this.write();
      else await this.wakeUp.wait(this.state === 'idle' ? this.untilDueMs() : undefined);
    }
    this.forget();
  }

  private isDue(): boolean {
    const { length, bytesCount } = this.queue;
    if (length === 0) return this.isMoveWanted && this.isBehind();
    return length >= this.size.current || bytesCount >= this.worker.limits.maxBatchBytes || this.worker.budget.isFull || this.untilDueMs() === 0;
  }

  private untilDueMs(): number | undefined {
    const { oldestTimeUs, sinceMs } = this.queue;
    if (oldestTimeUs === undefined) return undefined;
    const { limits: { maxWaitMs }, nowMs } = this.worker;
    // What is late anyway may wait for company: fewer, larger batches catch up sooner.
    const waitMs = nowMs() - oldestTimeUs / 1_000 > lateMs ? maxWaitMs * lateFactor : maxWaitMs;
    return Math.max(0, Math.ceil(sinceMs + waitMs - performance.now()));
  }

  private isBehind(): boolean {
    const { reachedTo } = this.queue;
    return reachedTo !== undefined && isAfter(reachedTo, this.committed);
  }

  /** Writes one batch, in parts where it must be. Leaves `idle`, `paused`, `resting` (with a release wanted) or an end behind. */
  private async write(): Promise<void> {
    this.isMoveWanted = false;
    const part = this.queue.take({ maxEvents: this.size.current, maxBytes: this.worker.limits.maxBatchBytes }, performance.now());
    if (part === undefined) return;
    this.parts = [part];
    this.step('filled');
    while (this.parts.length > 0 && !this.hasEnded()) {
      const [next] = this.parts;
      const startedMs = performance.now();
      try {
        const { claim } = this;
        const result = await this.worker.store.applyBatch({ claim, from: this.committed, entries: next.entries, upTo: next.upTo });
        this.applied(next, result, (performance.now() - startedMs) / 1_000);
      } catch (error) {
        if (!(await this.failed(next, error))) return;
      }
    }
    this.step('written');
  }

  private applied(part: BatchPart, result: BatchResult, seconds: number): void {
    const { metrics, staleLog, nowMs, events } = this.worker;
    const nowUs = nowMs() * 1_000;
    let hasDeadLetters = false;
    for (let index = 0; index < part.entries.length; index++) {
      const { record, result: reading, endSpan } = part.entries[index];
      const outcome = result.outcomes[index] ?? 'refused';
      metrics.outcomes[outcome] += 1;
      if (outcome === 'refused') hasDeadLetters = true;
      if (outcome === 'stale' && 'change' in reading) staleLog.add(reading.change, this.claim.partition);
      endSpan?.(outcome === 'refused' && 'fault' in reading ? reading.fault.code : undefined);
      metrics.recordLag(Math.max(0, nowUs - record.timeUs) / 1_000_000);
    }
    metrics.recordBatch({ seconds, bytes: this.settle(part) });
    this.size.succeeded();
    this.backoff.reset();
    events.storeAnswered();
    if (hasDeadLetters) events.deadLettersStored();
  }

  /** What was in the part is done with; the number of its bytes. */
  private settle(part: BatchPart): number {
    this.committed = part.upTo;
    this.parts.shift();
    const bytes = bytesOf(part);
    this.worker.budget.give(part.entries.length, bytes);
    return bytes;
  }

  /** False when writing has to stop. */
  private async failed(part: BatchPart, error: unknown): Promise<boolean> {
    const { logger } = this.worker;
    const failure = error instanceof EpisodeStoreError ? error.failure : 'data';
    switch (failure) {
      case 'data':
        return this.refused(part, error);
      case 'transient':
        return this.rest(error);
      case 'position_moved':
        return this.reconcile();
      case 'claim_lost':
        logger.warn({ ...this.fields(), error }, 'partition was taken over by another instance');
        this.giveUp();
        return false;
    }
  }

  private async refused(part: BatchPart, error: unknown): Promise<boolean> {
    const { logger, metrics } = this.worker;
    const count = part.entries.length;
    if (count > 1) {
      this.step('refused');
      metrics.splitsCount += 1;
      this.parts.splice(0, 1, ...cutPart(part, Math.floor(count / 2)));
      return true;
    }
    const isLastResort = count === 1 && 'fault' in part.entries[0].result && part.entries[0].record.type === '';
    if (count === 0 || isLastResort) {
      logger.error({ ...this.fields(), error }, 'the database refuses the position or a dead letter, the partition waits');
      return this.rest(error);
    }
    const { epoch, sequence } = part.upTo;
    logger.warn({ ...this.fields(), epoch: String(epoch), sequence: String(sequence), error }, 'the database refuses an event, it becomes a dead letter');
    this.parts[0] = refusedPart(part);
    return true;
  }

  /** Waits before the same is tried again, in smaller batches. */
  private async rest(error: unknown): Promise<boolean> {
    const { metrics, events } = this.worker;
    this.step('failed');
    metrics.retriesCount += 1;
    this.size.failed();
    const delayMs = this.backoff.next();
    this.warn(error, delayMs);
    // One failure may be a lock or a serialisation; the second says that something is wrong.
    if (error instanceof EpisodeStoreError && this.backoff.failuresCount > 1) events.storeFailed(error);
    const untilMs = performance.now() + delayMs;
    while (this.state === 'resting' && !this.isReleaseWanted && !this.isPauseWanted && performance.now() < untilMs) await this.wakeUp.wait(untilMs - performance.now());
    if (this.state !== 'resting' || this.isReleaseWanted) return false;
    if (this.isPauseWanted) {
      this.queue.putBack(this.parts.splice(0));
      this.step('paused');
      return false;
    }
    const [first] = this.parts;
    if (first.entries.length > this.size.current) this.parts.splice(0, 1, ...cutPart(first, this.size.current));
    return this.step('due');
  }

  /** An earlier try may have been committed although its answer was lost. Otherwise the database is not what it was: the partition begins anew. */
  private async reconcile(): Promise<boolean> {
    const { store, logger } = this.worker;
    const { tenantId, partition } = this.claim;
    try {
      const stored = (await store.listPartitions(tenantId)).find((each) => each.partition === partition)?.position;
      // It may have been cut since then: the stored position is the end of one of the parts.
      const last = this.parts.findIndex((part) => isSamePosition(stored, part.upTo));
      if (last >= 0) {
        logger.info(this.fields(), 'batch was committed although its answer was lost');
        for (const part of this.parts.slice(0, last + 1)) this.settle(part);
        return true;
      }
    } catch (error) {
      return this.rest(error);
    }
    logger.error(this.fields(), 'stored position is not the one last written, the partition is claimed anew');
    this.giveUp();
    return false;
  }

  private giveUp(): void {
    if (!this.step('lost')) return;
    this.worker.events.lost(this.claim);
  }

  private forget(): void {
    for (const part of this.parts.splice(0)) this.worker.budget.give(part.entries.length, bytesOf(part));
    this.queue.clear();
  }

  private warn(error: unknown, delayMs: number): void {
    const nowMs = performance.now();
    if (nowMs - this.warnedMs < warnEveryMs) return;
    this.warnedMs = nowMs;
    this.worker.logger.warn({ ...this.fields(), error, tries: this.backoff.failuresCount, delay_ms: Math.round(delayMs) }, 'batch was not written, it is tried again');
  }

  private fields(): { readonly tenant: string; readonly partition: number } {
    return { tenant: this.claim.tenantId, partition: this.claim.partition };
  }
}
