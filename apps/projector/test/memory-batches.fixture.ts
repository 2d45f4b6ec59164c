import type { EpisodeChange } from '@arqonbus/continuum';
import {
  EpisodeStoreError, isAfter, isSamePosition, type BatchEntry, type BatchResult, type EpisodeBatch, type EpisodeStoreFailure, type PartitionClaim, type SourcePosition,
} from '@arqonbus/storage/episodes';
import { createLogger, startMetrics, type Logger } from '@arqonbus/telemetry';
import { PassThrough } from 'node:stream';
import { PartitionWorker, type WorkerLimits } from '../src/consume/partition-worker.js';
import { QueueBudget } from '../src/consume/queue-budget.js';
import type { StreamPosition } from '../src/consume/stream-position.js';
import { ProjectorMetrics } from '../src/telemetry/projector-metrics.js';
import { StaleLog } from '../src/telemetry/stale-log.js';

/** What becomes of one call: a failure without effect, an answer that is lost although the batch was committed, or a wait for `release`. */
export type Fate = EpisodeStoreFailure | 'answer_lost' | 'hang';

/** Batches of one partition in memory, under the rules of the port; fates are used up in order, one per call. */
export class MemoryBatches {
  readonly applied: BatchEntry[] = [];
  readonly calls: EpisodeBatch[] = [];
  position: SourcePosition | undefined;
  fates: (Fate | undefined)[] = [];
  /** Sequences that cannot be stored, except as dead letters. */
  readonly poison = new Set<bigint>();
  private hanging: ((failure: EpisodeStoreFailure | undefined) => void) | undefined;

  /** Whether a call hangs. */
  get isHanging(): boolean {
    return this.hanging !== undefined;
  }

  /** Ends the call that hangs, if one does. */
  endHanging(failure?: EpisodeStoreFailure): void {
    const { hanging } = this;
    this.hanging = undefined;
    hanging?.(failure);
  }

  async applyBatch(batch: EpisodeBatch): Promise<BatchResult> {
    this.calls.push(batch);
    let fate = this.fates.shift();
    if (fate === 'hang') fate = await new Promise<EpisodeStoreFailure | undefined>((resolve) => { this.hanging = resolve; });
    if (fate !== undefined && fate !== 'answer_lost') throw new EpisodeStoreError(fate, fate);
    if (!isSamePosition(batch.from, this.position)) throw new EpisodeStoreError('position_moved', 'the position moved');
    if (batch.entries.some(({ record, result }) => 'change' in result && this.poison.has(record.position.sequence))) throw new EpisodeStoreError('data', 'poison');
    if (!isAfter(batch.upTo, this.position)) throw new Error('a batch went backwards');
    this.applied.push(...batch.entries);
    this.position = batch.upTo;
    if (fate === 'answer_lost') throw new EpisodeStoreError('transient', 'the answer was lost');
    return { outcomes: batch.entries.map(({ result }) => ('change' in result ? 'inserted' as const : undefined)) };
  }

  listPartitions(): Promise<readonly { readonly partition: number; readonly instance: string; readonly position: SourcePosition | undefined }[]> {
    return Promise.resolve([{ partition: 0, instance: 'test', position: this.position }]);
  }
}

export function silentLogger(): Logger {
  return createLogger({ service: 'projector', nodeId: 'test', version: '0', level: 'CRITICAL', destination: new PassThrough().resume() });
}

export function newMetrics(): ProjectorMetrics {
  return new ProjectorMetrics(startMetrics({ service: 'projector', version: '0', nodeId: 'test' }).meter);
}

/** An event of a partition at this sequence. */
export function entryAt(sequence: number, change: Partial<EpisodeChange> = {}): BatchEntry {
  const eventId = `00000000-0000-7000-8000-${String(sequence).padStart(12, '0')}`;
  return {
    record: { position: { epoch: 1n, sequence: BigInt(sequence) }, type: 't', payload: new Uint8Array(10), sender: 'a', timeUs: 1_000 },
    result: {
      change: {
        kind: 'created', key: { tenantId: 'acme', agentId: 'a', episodeId: '0'.repeat(26) }, guard: { sourceTsUs: sequence, eventId },
        content: { contentRef: 'ref:x', tags: [], embeddingRef: undefined, metadataJson: '{}', summary: undefined }, summary: undefined, ...change,
      },
    },
    tries: 0,
  };
}

/** A worker over a store in memory. */
export class WorkerRig {
  readonly store = new MemoryBatches();
  readonly budget = new QueueBudget(1_000, 1_000_000);
  readonly stream: StreamPosition = { current: undefined };
  readonly metrics = newMetrics();
  readonly lost: PartitionClaim[] = [];
  deadLettersStored = 0;
  readonly worker: PartitionWorker;

  constructor(limits: Partial<WorkerLimits> = {}) {
    const logger = silentLogger();
    const claim = { tenantId: 'acme', partition: 0, fence: 1n, position: undefined };
    this.worker = new PartitionWorker(claim, {
      store: this.store, budget: this.budget, stream: this.stream, metrics: this.metrics, logger, staleLog: new StaleLog(logger, () => 0), random: () => 0, nowMs: () => 2,
      limits: { maxBatchEvents: 8, maxBatchBytes: 1_000, maxWaitMs: 0, retryMinMs: 1, retryMaxMs: 2, ...limits },
      events: {
        storeAnswered: () => undefined, storeFailed: () => undefined, deadLettersStored: () => { this.deadLettersStored += 1; },
        lost: (lost) => { this.lost.push(lost); },
      },
    });
    this.worker.start();
  }

  offer(...sequences: readonly number[]): void {
    for (const sequence of sequences) this.worker.offer(entryAt(sequence));
  }

  /** Sequences of what is applied, dead letters negative. */
  applied(): number[] {
    return this.store.applied.map(({ record, result }) => Number(record.position.sequence) * ('change' in result ? 1 : -1));
  }
}
