import type { Bus } from '@arqonbus/sdk';
import { EpisodeStoreError, type PartitionClaim } from '@arqonbus/storage/episodes';
import { PartitionClaims } from '../claims/partition-claims.js';
import { Backoff } from '../consume/backoff.js';
import { PartitionWorker, type WorkerParts } from '../consume/partition-worker.js';
import { QueueBudget } from '../consume/queue-budget.js';
import type { StreamPosition } from '../consume/stream-position.js';
import { TopicReader } from '../consume/topic-reader.js';
import { DeadLetterAnnouncer } from '../dead-letters/announcer.js';
import type { ProjectorParts } from '../projector-parts.js';
import { StaleLog } from '../telemetry/stale-log.js';
import type { KnownState, Lag, TenantRuntime, TenantWork } from '../tenant-runtime.js';
import { Rounds } from './rounds.js';
import type { TenantHealth } from './tenant-health.js';
import { measureLag } from './tenant-lag.js';

const claimEveryMs = 500;
const careEveryMs = 1_000;
const pruneEveryMs = 60_000;
const pruneMarks = 10_000;
/** Time without the bus after which partitions are given back. */
const busAwayMs = 10_000;
/** The partition whose holder does what is done once per tenant. */
const firstPartition = 0;
/** The most that the client library holds, beside what waits in the partitions. */
const maxSdkMessages = 8_192;

/** The projection of one tenant for as long as one connection of it lasts. */
export class TenantProjection implements TenantRuntime {
  readonly workers = new Map<number, PartitionWorker>();
  readonly budget: QueueBudget;
  readonly store;
  readonly logger;
  readonly partitionsCount: number;
  openDeadLetters = 0;
  private readonly stream: StreamPosition = { current: undefined };
  private readonly reader: TopicReader;
  private readonly claims: PartitionClaims;
  private readonly announcer: DeadLetterAnnouncer;
  private readonly worker: WorkerParts;
  private readonly claiming: Rounds;
  private readonly caring: Rounds;
  private readonly pruning: Rounds;
  private readonly backfills: ReturnType<ProjectorParts['startBackfills']>;
  private control: TenantWork | undefined;
  private busSeenMs = performance.now();
  private isPauseKnown = false;
  private isTurnedBack = false;
  private isCountAgreed = false;
  private isStopping = false;

  constructor(readonly tenantId: string, readonly bus: Bus, private readonly parts: ProjectorParts, private readonly health: TenantHealth) {
    const { settings, store, metrics, random, nowMs } = parts;
    this.store = store;
    this.logger = parts.logger;
    this.partitionsCount = settings['projection.partitions_count'];
    const half = Math.ceil(settings['projection.max_queued_events_count'] / 2);
    this.budget = new QueueBudget(half, 16 * settings['projection.max_batch_bytes']);
    const newBackoff = (): Backoff => new Backoff(settings['projection.retry_min_ms'], settings['projection.retry_max_ms'], random);
    const { budget, stream, logger, partitionsCount } = this;
    this.reader = new TopicReader({
      bus, tenantId, partitionsCount, maxQueuedMessages: Math.min(maxSdkMessages, half), budget, stream, metrics, spans: parts.spans, logger, backoff: newBackoff(),
      events: {
        gap: (gap) => { this.gapFound(gap.reason, gap.after.sequence, gap.resumesAt.sequence); },
        turnedBack: () => { this.isTurnedBack = true; this.claiming.now(); },
        followed: (isFollowed) => { this.followed(isFollowed); },
      },
    });
    this.claims = new PartitionClaims({ store, tenantId, partitionsCount, random, nowMs: () => performance.now() });
    this.announcer = new DeadLetterAnnouncer({ bus, store, tenantId, metrics, logger });
    this.worker = {
      store, budget, stream, metrics, logger, random, nowMs, staleLog: new StaleLog(logger, nowMs),
      limits: {
        maxBatchEvents: settings['projection.max_batch_events_count'], maxBatchBytes: settings['projection.max_batch_bytes'], maxWaitMs: settings['projection.max_wait_ms'],
        retryMinMs: settings['projection.retry_min_ms'], retryMaxMs: settings['projection.retry_max_ms'],
      },
      events: {
        storeAnswered: () => { this.parts.readiness.storeChanged(true); },
        storeFailed: () => { this.parts.readiness.storeChanged(false); },
        deadLettersStored: () => { this.deadLettersChanged(); },
        lost: (claim) => { this.claimGone(claim); },
      },
    };
    this.claiming = new Rounds(claimEveryMs, () => this.claimRound(), logger);
    this.caring = new Rounds(careEveryMs, () => this.careRound(), logger);
    this.pruning = new Rounds(pruneEveryMs, () => this.pruneRound(), logger);
    this.backfills = parts.startBackfills(this);
  }

  /** Begins; rejects when calls cannot be listened for. */
  async start(): Promise<void> {
    this.control = await this.parts.startControl(this);
    this.health.isBusUp = this.bus.state === 'open';
    this.caring.now();
    this.claiming.now();
  }

  /** Lets batches in hand be written, and gives every partition back. Never rejects. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all([this.claiming.stop(), this.caring.stop(), this.pruning.stop(), this.backfills.stop(), this.control?.stop()]);
    await this.reader.stop();
    await Promise.all([...this.workers.values()].map((worker) => this.giveBack(worker)));
    await this.announcer.announce();
  }

  /** The database is there for the first time: nothing waits for the next round. */
  storeOpened(): void {
    this.caring.now();
    this.backfills.wake();
  }

  /** The store told that a claim is lost. */
  claimLost(claim: PartitionClaim): void {
    const worker = this.workers.get(claim.partition);
    if (worker === undefined || worker.claim.fence !== claim.fence) return;
    worker.claimLost();
    this.claimGone(claim);
  }

  readiness(): { readonly state: string; readonly reasons: readonly string[] } {
    return this.parts.readiness.ofTenant(this.health);
  }

  known(): KnownState {
    const held = [...this.workers.values()].map(({ claim: { partition }, position }) => ({ partition, position }));
    return { isPaused: this.health.isPaused, instance: this.parts.settings['node.id'], held: held.sort((left, right) => left.partition - right.partition) };
  }

  lag(): Promise<Lag> {
    return measureLag({ bus: this.bus, store: this.store, tenantId: this.tenantId, partitionsCount: this.partitionsCount, nowMs: this.parts.nowMs });
  }

  controlChanged(isPaused: boolean): void {
    if (!isPaused) this.health.hasGap = false;
    this.caring.now();
  }

  backfillRequested(): void {
    this.backfills.wake();
  }

  deadLettersChanged(): void {
    void this.announcer.announce();
    this.caring.now();
  }

  countReplay(counts: { readonly replayed: number; readonly refused: number; readonly already: number }): void {
    const { replays } = this.parts.metrics;
    replays.replayed += counts.replayed;
    replays.refused += counts.refused;
    replays.already += counts.already;
  }

  countBackfill(outcome: 'done' | 'failed' | 'dry_run', counts: { readonly events: number }): void {
    this.parts.metrics.backfills[outcome] += 1;
    this.parts.metrics.backfillEventsCount += counts.events;
  }

  /** Bus time of the oldest event that waits, microseconds. */
  oldestTimeUs(): number | undefined {
    let oldest: number | undefined;
    for (const { oldestTimeUs } of this.workers.values()) {
      if (oldestTimeUs !== undefined && (oldest === undefined || oldestTimeUs < oldest)) oldest = oldestTimeUs;
    }
    return oldest;
  }

  private followed(isFollowed: boolean): void {
    this.health.isBusUp = isFollowed && this.bus.state === 'open';
    this.parts.readiness.update();
  }

  private gapFound(reason: string, after: bigint, resumesAt: bigint): void {
    this.parts.metrics.gapsCount += 1;
    this.health.hasGap = true;
    this.logger.error({ tenant: this.tenantId, reason, after: String(after), resumes_at: String(resumesAt) }, 'events of the topic are no longer to be had');
    this.parts.readiness.update();
  }

  private claimGone({ tenantId, partition }: PartitionClaim): void {
    if (!this.workers.delete(partition)) return;
    this.parts.metrics.claimsLostCount += 1;
    this.logger.warn({ tenant: tenantId, partition }, 'partition lost');
    this.reader.narrowTo(new Map(this.workers));
    // Another projector may have raised the number of partitions.
    this.isCountAgreed = false;
    this.claiming.now();
  }

  /** Runs work on the database; false when that did not answer. */
  private async withStore(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.parts.readiness.storeChanged(true);
      return true;
    } catch (error) {
      if (!(error instanceof EpisodeStoreError)) throw error;
      this.parts.readiness.storeChanged(false);
      this.logger.debug({ tenant: this.tenantId, error }, 'the database did not answer');
      return false;
    }
  }

  private async claimRound(): Promise<void> {
    if (!this.isPauseKnown) return;
    if (this.isBusAway()) {
      // Others may reach it.
      for (const worker of [...this.workers.values()]) await this.giveBack(worker);
      return;
    }
    if (this.isTurnedBack) await this.beginAnew();
    if (!this.isCountAgreed) await this.withStore(() => this.agreeOnCount());
    if (!this.isCountAgreed) return;
    const gained: PartitionClaim[] = [];
    let surplus: readonly number[] = [];
    await this.withStore(async () => {
      surplus = await this.claims.round(new Set(this.workers.keys()), (claim) => { gained.push(claim); });
    });
    for (const partition of surplus) await this.giveBackSurplus(partition);
    if (gained.length > 0) await this.takeOver(gained.map((claim) => this.newWorker(claim)));
  }

  /** Two projectors with different numbers would each pass over events that they take for the other's. */
  private async agreeOnCount(): Promise<void> {
    const { tenantId, partitionsCount } = this;
    const inForce = await this.store.agreeOnPartitions(tenantId, partitionsCount);
    this.isCountAgreed = inForce === partitionsCount;
    if (!this.isCountAgreed) this.parts.unusable(new Error(`projection.partitions_count is ${String(partitionsCount)}, and ${tenantId} was projected in ${String(inForce)} partitions: it must not be lowered`));
  }

  private isBusAway(): boolean {
    if (this.bus.state === 'open') this.busSeenMs = performance.now();
    return performance.now() - this.busSeenMs > busAwayMs;
  }

  private newWorker(claim: PartitionClaim, start?: { readonly at: undefined }): PartitionWorker {
    const worker = new PartitionWorker(claim, this.worker, start);
    worker.setPaused(this.health.isPaused);
    return worker;
  }

  private async takeOver(workers: readonly PartitionWorker[]): Promise<void> {
    await this.reader.stop();
    for (const worker of workers) {
      const { partition, fence, position } = worker.claim;
      this.workers.set(partition, worker);
      this.logger.info({ tenant: this.tenantId, partition, fence: String(fence), sequence: String(position?.sequence ?? 0n) }, 'partition claimed');
    }
    await this.reader.readFor(new Map(this.workers));
    for (const worker of workers) worker.start();
    if (workers.some((worker) => worker.claim.partition === firstPartition)) this.pruning.now();
  }

  private async giveBackSurplus(partition: number): Promise<void> {
    const worker = this.workers.get(partition);
    if (worker === undefined) return;
    this.workers.delete(partition);
    this.reader.narrowTo(new Map(this.workers));
    await this.giveBack(worker);
  }

  private async giveBack(worker: PartitionWorker): Promise<void> {
    const { partition } = worker.claim;
    this.workers.delete(partition);
    await worker.release();
    const isReleased = await this.withStore(() => this.store.releasePartition(worker.claim));
    if (isReleased) this.logger.info({ tenant: this.tenantId, partition }, 'partition released');
  }

  /** The topic is another one than before: all of it is read, ids that were seen before are duplicates. */
  private async beginAnew(): Promise<void> {
    this.isTurnedBack = false;
    await this.reader.stop();
    const held = [...this.workers.values()];
    this.workers.clear();
    for (const worker of held) await worker.release();
    const anew = held.map((worker) => this.newWorker({ ...worker.claim, position: worker.position }, { at: undefined }));
    await this.takeOver(anew);
  }

  /** Pause, positions of idle partitions, lag, dead letters. */
  private async careRound(): Promise<void> {
    const { tenantId, health, store, parts: { readiness, settings, nowMs } } = this;
    const wasKnown = this.isPauseKnown;
    await this.withStore(async () => {
      this.setPaused(await store.isPaused(tenantId));
      if (this.workers.has(firstPartition)) this.openDeadLetters = await store.countOpenDeadLetters(tenantId);
      else this.openDeadLetters = 0;
    });
    if (!wasKnown && this.isPauseKnown) this.claiming.now();
    health.isBusUp = this.bus.state === 'open';
    const oldest = this.oldestTimeUs();
    health.isLagging = oldest !== undefined && nowMs() - oldest / 1_000 > settings['projection.lag_degraded_ms'];
    readiness.update();
    for (const worker of this.workers.values()) worker.moveAlong();
    if (this.workers.has(firstPartition) && !this.isStopping) void this.announcer.announce();
  }

  private setPaused(isPaused: boolean): void {
    this.isPauseKnown = true;
    if (isPaused !== this.health.isPaused) this.logger.info({ tenant: this.tenantId, is_paused: isPaused }, 'projection paused or resumed');
    this.health.isPaused = isPaused;
    for (const worker of this.workers.values()) worker.setPaused(isPaused);
  }

  private async pruneRound(): Promise<void> {
    if (!this.workers.has(firstPartition)) return;
    const { settings, metrics, nowMs } = this.parts;
    const beforeUs = (nowMs() - settings['projection.mark_retention_ms']) * 1_000;
    await this.withStore(async () => {
      for (let pruned = pruneMarks; pruned === pruneMarks && !this.isStopping;) {
        pruned = await this.store.pruneMarks(this.tenantId, beforeUs, pruneMarks);
        metrics.prunedMarksCount += pruned;
      }
    });
  }
}
