import type { EpisodeChange, EpisodeKey, EpisodeRow, ProjectionOutcome } from '@arqonbus/continuum';
import type {
  BackfillCounts, BackfillJob, BatchResult, DeadLetterRow, EpisodeBatch, EpisodeFault, EpisodeStore, PartitionClaim, SourcePosition,
} from '@arqonbus/storage/episodes';
import { applyBatch } from './apply-batch.js';
import { PostgresBackfills } from './backfills.js';
import { PostgresDeadLetters } from './dead-letters.js';
import { readFullRows } from './episode-rows.js';
import { createDeadLetterIds } from './keep-dead-letters.js';
import { PartitionClaims } from './partition-claims.js';
import { agreeOnPartitions } from './partition-count.js';
import { SessionLocks } from './session-locks.js';
import type { SqlDatabase } from './sql.js';

const pingSql = 'SELECT 1';
const countSql = 'SELECT count(*) AS count FROM arqon.episode WHERE tenant_id = $1 AND NOT is_deleted AND state_ts_us IS NOT NULL';
const pausedSql = 'SELECT is_paused FROM arqon.projection_control WHERE tenant_id = $1';
const pauseSql = `INSERT INTO arqon.projection_control (tenant_id, is_paused, changed_by, changed_us) VALUES ($1, $2, $3, $4)
  ON CONFLICT (tenant_id) DO UPDATE SET is_paused = excluded.is_paused, changed_by = excluded.changed_by, changed_us = excluded.changed_us`;
const pruneSql = `WITH old AS (SELECT event_id FROM arqon.seen_event WHERE tenant_id = $1 AND seen_us < $2 LIMIT $3),
  gone AS (DELETE FROM arqon.seen_event AS m USING old WHERE m.tenant_id = $1 AND m.event_id = old.event_id RETURNING 1)
  SELECT count(*) AS count FROM gone`;

/** Episodes in PostgreSQL, a server's or the one in this process. */
export class PostgresEpisodeStore implements EpisodeStore {
  private readonly locks: SessionLocks;
  private readonly claims: PartitionClaims;
  private readonly deadLetters: PostgresDeadLetters;
  private readonly backfills: PostgresBackfills;
  private readonly nextDeadLetterId = createDeadLetterIds();
  private closing: Promise<void> | undefined;

  constructor(private readonly database: SqlDatabase, instance: string) {
    this.locks = new SessionLocks(database);
    this.claims = new PartitionClaims(database, this.locks, instance);
    this.deadLetters = new PostgresDeadLetters(database);
    this.backfills = new PostgresBackfills(database, this.locks);
  }

  async ping(): Promise<void> {
    await this.database.run((sql) => sql.query(pingSql));
  }

  agreeOnPartitions(tenantId: string, count: number): Promise<number> {
    return agreeOnPartitions(this.database, tenantId, count);
  }

  claimPartition(tenantId: string, partition: number): Promise<PartitionClaim | undefined> {
    return this.claims.claim(tenantId, partition);
  }

  releasePartition(claim: PartitionClaim): Promise<void> {
    return this.claims.release(claim);
  }

  onClaimLost(listener: (claim: PartitionClaim) => void): void {
    this.claims.onLost(listener);
  }

  countInstances(): Promise<number> {
    return this.locks.countInstances();
  }

  listPartitions(tenantId: string): Promise<readonly { readonly partition: number; readonly instance: string; readonly position: SourcePosition | undefined }[]> {
    return this.claims.list(tenantId);
  }

  applyBatch(batch: EpisodeBatch): Promise<BatchResult> {
    return applyBatch(this.database, batch, this.nextDeadLetterId);
  }

  async readRows(tenantId: string, keys: readonly EpisodeKey[]): Promise<readonly EpisodeRow[]> {
    const rows = await this.database.transaction(tenantId, (sql) => readFullRows(sql, tenantId, keys, { isLocked: false }), { snapshot: true });
    return [...rows.values()];
  }

  async countEpisodes(tenantId: string): Promise<number> {
    const [row] = await this.database.transaction(tenantId, (sql) => sql.query<{ readonly count: string }>(countSql, [tenantId]));
    return Number(row.count);
  }

  async isPaused(tenantId: string): Promise<boolean> {
    const rows = await this.database.transaction(tenantId, (sql) => sql.query<{ readonly is_paused: boolean }>(pausedSql, [tenantId]));
    return rows.some((row) => row.is_paused);
  }

  async setPaused(tenantId: string, isPaused: boolean, actor: string): Promise<void> {
    await this.database.transaction(tenantId, (sql) => sql.query(pauseSql, [tenantId, isPaused, actor, Date.now() * 1_000]));
  }

  async pruneMarks(tenantId: string, beforeUs: number, limit: number): Promise<number> {
    const [row] = await this.database.transaction(tenantId, (sql) => sql.query<{ readonly count: string }>(pruneSql, [tenantId, beforeUs, limit]));
    return Number(row.count);
  }

  listDeadLetters(tenantId: string, page: { readonly limit: number; readonly after?: string; readonly withReplayed?: boolean }): Promise<readonly DeadLetterRow[]> {
    return this.deadLetters.listDeadLetters(tenantId, page);
  }

  readDeadLetter(tenantId: string, id: string): Promise<DeadLetterRow | undefined> {
    return this.deadLetters.readDeadLetter(tenantId, id);
  }

  countOpenDeadLetters(tenantId: string): Promise<number> {
    return this.deadLetters.countOpenDeadLetters(tenantId);
  }

  replayDeadLetter(tenantId: string, id: string, change: EpisodeChange): Promise<{ readonly outcome: ProjectionOutcome | 'already' }> {
    return this.deadLetters.replayDeadLetter(tenantId, id, change);
  }

  refuseDeadLetter(tenantId: string, id: string, fault: EpisodeFault): Promise<void> {
    return this.deadLetters.refuseDeadLetter(tenantId, id, fault);
  }

  claimReplay(tenantId: string): Promise<{ release(): Promise<void> } | undefined> {
    return this.locks.tryLock(`replay ${tenantId}`);
  }

  listUnannounced(tenantId: string, limit: number): Promise<readonly DeadLetterRow[]> {
    return this.deadLetters.listUnannounced(tenantId, limit);
  }

  markAnnounced(tenantId: string, ids: readonly string[]): Promise<void> {
    return this.deadLetters.markAnnounced(tenantId, ids);
  }

  startBackfill(job: Pick<BackfillJob, 'id' | 'tenantId' | 'fromUs' | 'toUs' | 'agentId' | 'isDryRun'>): Promise<BackfillJob> {
    return this.backfills.startBackfill(job);
  }

  readBackfill(tenantId: string, id: string): Promise<BackfillJob | undefined> {
    return this.backfills.readBackfill(tenantId, id);
  }

  listBackfills(tenantId: string, limit: number): Promise<readonly BackfillJob[]> {
    return this.backfills.listBackfills(tenantId, limit);
  }

  claimBackfill(tenantId: string): Promise<{ readonly job: BackfillJob; release(): Promise<void> } | undefined> {
    return this.backfills.claimBackfill(tenantId);
  }

  applyBackfill(job: { readonly tenantId: string; readonly id: string; readonly from: SourcePosition | undefined }, batch: {
    readonly changes: readonly EpisodeChange[]; readonly upTo: SourcePosition; readonly refused: number;
  }): Promise<BackfillCounts> {
    return this.backfills.applyBackfill(job, batch);
  }

  endBackfill(tenantId: string, id: string, end: Parameters<EpisodeStore['endBackfill']>[2]): Promise<void> {
    return this.backfills.endBackfill(tenantId, id, end);
  }

  close(): Promise<void> {
    this.closing ??= this.locks.close().finally(() => this.database.close());
    return this.closing;
  }
}
