import type { EpisodeChange, EpisodeKey, EpisodeRow, ProjectionOutcome } from '@arqonbus/continuum';

/** Where an event stood in its topic. */
export interface SourcePosition {
  readonly epoch: bigint;
  readonly sequence: bigint;
}

/**
 * The right to project one partition of a tenant's episodes, held by one instance at a time. `fence` rises with each claim; a write with
 * an older one is refused, so that an instance that lost its claim without noticing can do no harm.
 */
export interface PartitionClaim {
  readonly tenantId: string;
  readonly partition: number;
  readonly fence: bigint;
  /** Everything up to here is projected; undefined: nothing yet. */
  readonly position: SourcePosition | undefined;
}

/** An event as the bus delivered it. */
export interface SourceRecord {
  readonly position: SourcePosition;
  readonly type: string;
  readonly payload: Uint8Array;
  /** Client id of the publisher. */
  readonly sender: string;
  /** Time of the bus, microseconds since 1970-01-01 UTC. */
  readonly timeUs: number;
}

/** Why an event cannot be projected. */
export interface EpisodeFault {
  /** Code of libs/errors. */
  readonly code: string;
  readonly field: string;
  /** Never content. */
  readonly reason: string;
  /** UUID text of the event's id, '' where it cannot be read. */
  readonly eventId: string;
}

/** One event of a batch: what it changes, or why it is refused. */
export interface BatchEntry {
  readonly record: SourceRecord;
  readonly result: { readonly change: EpisodeChange } | { readonly fault: EpisodeFault };
  /** Tries so far that failed for this event alone; 0 at first. */
  readonly tries: number;
}

/** Events of one partition, in the order of the topic. */
export interface EpisodeBatch {
  readonly claim: PartitionClaim;
  /** The position that the claim is at now. */
  readonly from: SourcePosition | undefined;
  readonly entries: readonly BatchEntry[];
  /** Everything of this partition up to here is in the batch or before it. */
  readonly upTo: SourcePosition;
}

export interface BatchResult {
  /** One per entry; undefined for those that became dead letters. */
  readonly outcomes: readonly (ProjectionOutcome | undefined)[];
}

/**
 * Why a write failed. `transient`: the same again may succeed (connection, serialisation, lock, time-out, server stopping). `data`: something in
 * the batch cannot be stored, and never will. `claim_lost`: another instance has the partition. `position_moved`: the claim holds, but the
 * stored position is not `from`: an earlier try was committed although its answer was lost; read the position again.
 */
export type EpisodeStoreFailure = 'transient' | 'data' | 'claim_lost' | 'position_moved';

export class EpisodeStoreError extends Error {
  override readonly name = 'EpisodeStoreError';

  constructor(readonly failure: EpisodeStoreFailure, message: string, options: { readonly cause?: unknown; readonly sqlCode?: string } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.sqlCode = options.sqlCode ?? '';
  }

  /** SQLSTATE of the server, '' where there is none. */
  readonly sqlCode: string;
}

/** One stored dead letter. */
export interface DeadLetterRow {
  /** UUIDv7 text. */
  readonly id: string;
  readonly fault: EpisodeFault;
  readonly record: SourceRecord;
  readonly tries: number;
  readonly firstFailureUs: number;
  readonly lastFailureUs: number;
  readonly replayedAtUs: number | undefined;
  /** Whether the dead-letter topic has it. */
  readonly isAnnounced: boolean;
}

/** Dead letters of one tenant. An event at one position becomes one dead letter, however often it is tried. */
export interface DeadLetterStore {
  /** Newest last; `after` is the id of the last one of the page before. At most 500. */
  listDeadLetters(tenantId: string, page: { readonly limit: number; readonly after?: string; readonly withReplayed?: boolean }): Promise<readonly DeadLetterRow[]>;
  readDeadLetter(tenantId: string, id: string): Promise<DeadLetterRow | undefined>;
  countOpenDeadLetters(tenantId: string): Promise<number>;
  /** Applies what was refused, under the ordinary guards, and marks it replayed, in one transaction. `already`: it was replayed before; nothing is done. */
  replayDeadLetter(tenantId: string, id: string, change: EpisodeChange): Promise<{ readonly outcome: ProjectionOutcome | 'already' }>;
  /** It was tried again and refused again. */
  refuseDeadLetter(tenantId: string, id: string, fault: EpisodeFault): Promise<void>;
  /** Oldest first, not announced yet; at most `limit`. */
  listUnannounced(tenantId: string, limit: number): Promise<readonly DeadLetterRow[]>;
  markAnnounced(tenantId: string, ids: readonly string[]): Promise<void>;
}

/** What a backfill did, or in a dry run would do. Rows are counted by what became of them between start and end. */
export interface BackfillCounts {
  readonly events: number;
  readonly stale: number;
  readonly refused: number;
  readonly rowsInserted: number;
  readonly rowsUpdated: number;
  readonly rowsDeleted: number;
  readonly rowsUnchanged: number;
}

/** How a backfill ended: with everything applied, or given up for the reason that it tells. */
export type BackfillEnding = 'done' | 'failed';

/** A backfill that was asked for, and how far it is. */
export interface BackfillJob {
  /** UUID text of the caller. */
  readonly id: string;
  readonly tenantId: string;
  /** By the time of the bus, microseconds: inclusive, exclusive. */
  readonly fromUs: number;
  readonly toUs: number;
  /** '' for every agent. */
  readonly agentId: string;
  readonly isDryRun: boolean;
  /** Undefined while it runs. */
  readonly ending: BackfillEnding | undefined;
  /** Everything of the window up to here is applied; undefined: nothing yet. */
  readonly position: SourcePosition | undefined;
  readonly counts: BackfillCounts;
  readonly errorCode: string;
  readonly reason: string;
  readonly startedAtUs: number;
  readonly endedAtUs: number | undefined;
}

/** Backfills of one tenant. One runs at a time per tenant, on whichever instance holds its lock. */
export interface BackfillStore {
  /** Keeps a new job; the one of the same id, unchanged, where there is one already. */
  startBackfill(job: Pick<BackfillJob, 'id' | 'tenantId' | 'fromUs' | 'toUs' | 'agentId' | 'isDryRun'>): Promise<BackfillJob>;
  readBackfill(tenantId: string, id: string): Promise<BackfillJob | undefined>;
  /** Newest first, at most `limit`. */
  listBackfills(tenantId: string, limit: number): Promise<readonly BackfillJob[]>;
  /** Takes the oldest running job of the tenant, if no other instance has it; hold it until `release`. */
  claimBackfill(tenantId: string): Promise<{ readonly job: BackfillJob; release(): Promise<void> } | undefined>;
  /**
   * Applies changes whatever their ids were seen before, under the ordinary guards, where an equal guard writes the row anew; and moves the job on,
   * in one transaction. Refuses with position_moved unless the job is at `from`.
   */
  applyBackfill(job: { readonly tenantId: string; readonly id: string; readonly from: SourcePosition | undefined }, batch: {
    readonly changes: readonly EpisodeChange[]; readonly upTo: SourcePosition; readonly refused: number;
  }): Promise<BackfillCounts>;
  endBackfill(tenantId: string, id: string, end: {
    readonly ending: BackfillEnding; readonly errorCode?: string; readonly reason?: string; readonly counts?: BackfillCounts;
  }): Promise<void>;
}

/**
 * Keeps the projection of episodes (I2–I4, I8). Every method about a tenant sees and touches rows of that tenant alone, by row-level security too.
 * All of them reject with EpisodeStoreError.
 */
export interface EpisodeStore extends DeadLetterStore, BackfillStore {
  /** Rejects while the database is away. */
  ping(): Promise<void>;
  /**
   * Makes `count` the number of partitions of the tenant; resolves with the number in force, which stays a greater one once anything was projected
   * in it. When the number rises, every partition goes back to the position of the one that is least far, and claims of before are void: an event
   * that waits may be another partition's now.
   */
  agreeOnPartitions(tenantId: string, count: number): Promise<number>;
  /** Claims a partition unless another instance holds it. */
  claimPartition(tenantId: string, partition: number): Promise<PartitionClaim | undefined>;
  releasePartition(claim: PartitionClaim): Promise<void>;
  /** Called with each claim that is lost without having been released: its connection went. */
  onClaimLost(listener: (claim: PartitionClaim) => void): void;
  /** Instances that have this store open now, itself included. */
  countInstances(): Promise<number>;
  /** Who works on which partition, and how far each is. */
  listPartitions(tenantId: string): Promise<readonly { readonly partition: number; readonly instance: string; readonly position: SourcePosition | undefined }[]>;
  /** One transaction: rows, marks of seen ids, dead letters for entries with a fault, and the position. */
  applyBatch(batch: EpisodeBatch): Promise<BatchResult>;
  /** Lets one instance at a time replay dead letters of the tenant, until `release` or the end of the instance. Undefined: another call has it. */
  claimReplay(tenantId: string): Promise<{ release(): Promise<void> } | undefined>;
  /** Rows of these keys, from one snapshot; those that do not exist are left out. */
  readRows(tenantId: string, keys: readonly EpisodeKey[]): Promise<readonly EpisodeRow[]>;
  /** Without tombstones. */
  countEpisodes(tenantId: string): Promise<number>;
  isPaused(tenantId: string): Promise<boolean>;
  setPaused(tenantId: string, isPaused: boolean, actor: string): Promise<void>;
  /** Forgets marks of ids that were seen before `beforeUs`, at most `limit`; the number of those forgotten. */
  pruneMarks(tenantId: string, beforeUs: number, limit: number): Promise<number>;
  close(): Promise<void>;
}
