import type { ProjectionOutcome } from '@arqonbus/continuum';
import { observeCounters, observeProcess, type Metrics, type ObservedCounter } from '@arqonbus/telemetry';

/** What became of an event; `erased`: only its tombstone is left on the bus, so there was nothing to project. */
export type EventOutcome = ProjectionOutcome | 'refused' | 'erased';

/** What the tenants tell at a scrape, summed over them: no metric names a tenant. */
export interface ProjectorGauges {
  partitionsHeld(): number;
  queuedEvents(): number;
  /** Age of the oldest event that waits here, in seconds. */
  oldestWaitingSeconds(): number;
  openDeadLetters(): number;
  tenantsConnected(): number;
  tenantsPaused(): number;
  isStoreUp(): boolean;
  droppedLogLines(): number;
}

const eventOutcomes = ['inserted', 'updated', 'deleted', 'revived', 'summarized', 'stale', 'duplicate', 'refused', 'erased'] as const satisfies readonly EventOutcome[];
const backfillOutcomes = ['done', 'failed', 'dry_run'] as const;
const replayOutcomes = ['replayed', 'refused', 'already'] as const;

/** Counts in memory; a scrape reads. */
export class ProjectorMetrics {
  readonly outcomes: Record<EventOutcome, number> = { inserted: 0, updated: 0, deleted: 0, revived: 0, summarized: 0, stale: 0, duplicate: 0, refused: 0, erased: 0 };
  readonly backfills = { done: 0, failed: 0, dry_run: 0 };
  readonly replays = { replayed: 0, refused: 0, already: 0 };
  seenCount = 0;
  batchesCount = 0;
  retriesCount = 0;
  splitsCount = 0;
  gapsCount = 0;
  deadLettersAnnouncedCount = 0;
  claimsLostCount = 0;
  backfillEventsCount = 0;
  prunedMarksCount = 0;
  private readonly lag: { record(seconds: number): void };
  private readonly commit: { record(seconds: number): void };
  private readonly batchBytes: { record(bytes: number): void };

  constructor(private readonly meter: Metrics['meter']) {
    this.lag = meter.createHistogram('arqon_projector_lag_seconds', { description: 'From the time of the bus to the commit, per event.', unit: 's' });
    this.commit = meter.createHistogram('arqon_projector_commit_seconds', { description: 'Duration of a transaction that wrote a batch.', unit: 's' });
    this.batchBytes = meter.createHistogram('arqon_projector_batch_bytes', { description: 'Payload bytes of a batch.', unit: 'By' });
  }

  recordLag(seconds: number): void {
    this.lag.record(seconds);
  }

  recordBatch(batch: { readonly seconds: number; readonly bytes: number }): void {
    this.batchesCount += 1;
    this.commit.record(batch.seconds);
    this.batchBytes.record(batch.bytes);
  }

  /** Registers everything that is read at a scrape. */
  observe(gauges: ProjectorGauges): void {
    observeProcess(this.meter);
    observeCounters(this.meter, [...this.counters(), ...gaugesOf(gauges)]);
  }

  private counters(): ObservedCounter[] {
    return [
      counter('arqon_projector_seen_total', 'Events read from the bus, of all partitions.', () => this.seenCount),
      tallied('arqon_projector_events_total', 'Events committed, by what became of them.', eventOutcomes, this.outcomes),
      counter('arqon_projector_batches_total', 'Transactions that wrote a batch.', () => this.batchesCount),
      counter('arqon_projector_retries_total', 'Batches tried again after a transient failure of the database.', () => this.retriesCount),
      counter('arqon_projector_splits_total', 'Batches that the database refused and that were split.', () => this.splitsCount),
      counter('arqon_projector_gaps_total', 'Times that events of the topic were no longer to be had.', () => this.gapsCount),
      counter('arqon_projector_claims_lost_total', 'Partitions lost without having been released.', () => this.claimsLostCount),
      counter('arqon_projector_dead_letters_announced_total', 'Dead letters published.', () => this.deadLettersAnnouncedCount),
      counter('arqon_projector_pruned_marks_total', 'Marks of event ids forgotten after their retention.', () => this.prunedMarksCount),
      tallied('arqon_projector_backfills_total', 'Backfills ended, by outcome.', backfillOutcomes, this.backfills),
      counter('arqon_projector_backfill_events_total', 'Events that backfills read.', () => this.backfillEventsCount),
      tallied('arqon_projector_replays_total', 'Dead letters asked to be replayed, by outcome.', replayOutcomes, this.replays),
    ];
  }
}

function gaugesOf(gauges: ProjectorGauges): ObservedCounter[] {
  return [
    gauge('arqon_projector_partitions_held', 'Partitions that this instance works on, of all tenants.', () => gauges.partitionsHeld()),
    gauge('arqon_projector_queued_events', 'Events held in memory for the database.', () => gauges.queuedEvents()),
    gauge('arqon_projector_oldest_waiting_seconds', 'Age of the oldest event held in memory.', () => gauges.oldestWaitingSeconds(), 's'),
    gauge('arqon_projector_dead_letters_open', 'Dead letters not replayed, of tenants whose first partition is held here.', () => gauges.openDeadLetters()),
    gauge('arqon_projector_tenants_connected', 'Tenants whose connection to the bus is open.', () => gauges.tenantsConnected()),
    gauge('arqon_projector_tenants_paused', 'Tenants whose projection is paused.', () => gauges.tenantsPaused()),
    gauge('arqon_projector_store_up', 'Whether the database answers.', () => (gauges.isStoreUp() ? 1 : 0)),
    counter('arqon_log_lines_dropped_total', 'Log lines dropped because the reader is too slow.', () => gauges.droppedLogLines()),
  ];
}

function tallied<Outcome extends string>(name: string, help: string, outcomes: readonly Outcome[], tally: Readonly<Record<Outcome, number>>): ObservedCounter {
  return { name, help, unit: '', kind: 'counter', read: () => outcomes.map((outcome) => ({ attributes: { outcome }, value: tally[outcome] })) };
}

function counter(name: string, help: string, read: () => number): ObservedCounter {
  return { name, help, unit: '', kind: 'counter', read };
}

function gauge(name: string, help: string, read: () => number, unit = ''): ObservedCounter {
  return { name, help, unit, kind: 'gauge', read };
}
