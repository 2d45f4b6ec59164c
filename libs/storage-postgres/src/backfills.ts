import { isUuid, type EpisodeChange } from '@arqonbus/continuum';
import { EpisodeStoreError, type BackfillCounts, type BackfillEnding, type BackfillJob, type BackfillStore, type SourcePosition } from '@arqonbus/storage/episodes';
import { countRows, forgetRows } from './count-backfill.js';
import { foldChanges } from './fold-changes.js';
import { positionOf, positionValues } from './positions.js';
import type { SessionLocks } from './session-locks.js';
import type { SqlDatabase, SqlRunner } from './sql.js';

/** What a statement about backfills gives: bigints as text. */
interface StoredBackfill {
  readonly id: string;
  readonly from_us: string;
  readonly to_us: string;
  readonly agent_id: string;
  readonly is_dry_run: boolean;
  readonly state: BackfillEnding | 'running';
  readonly epoch: string | null;
  readonly sequence: string | null;
  readonly counts: BackfillCounts;
  readonly error_code: string;
  readonly reason: string;
  readonly started_us: string;
  readonly ended_us: string | null;
}

const pageRowsLimit = 500;
const noCounts: BackfillCounts = { events: 0, stale: 0, refused: 0, rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0, rowsUnchanged: 0 };

const columns = 'id::text, from_us, to_us, agent_id, is_dry_run, state, epoch, sequence, counts, error_code, reason, started_us, ended_us';
const inserting = `INSERT INTO arqon.backfill (tenant_id, id, from_us, to_us, agent_id, is_dry_run, state, counts, started_us)
  VALUES ($1, $2::uuid, $3, $4, $5, $6, 'running', $7::jsonb, $8) ON CONFLICT (tenant_id, id) DO NOTHING`;
const reading = `SELECT ${columns} FROM arqon.backfill WHERE tenant_id = $1 AND id = $2::uuid`;
const locking = `SELECT ${columns} FROM arqon.backfill WHERE tenant_id = $1 AND id = $2::uuid FOR UPDATE`;
const newest = `SELECT ${columns} FROM arqon.backfill WHERE tenant_id = $1 ORDER BY started_us DESC, id DESC LIMIT $2`;
const oldestRunning = `SELECT ${columns} FROM arqon.backfill WHERE tenant_id = $1 AND state = 'running' ORDER BY started_us, id LIMIT 1`;
const moving = 'UPDATE arqon.backfill SET epoch = $3, sequence = $4, counts = $5::jsonb WHERE tenant_id = $1 AND id = $2::uuid';
const ending = `UPDATE arqon.backfill SET state = $3, error_code = $4, reason = $5, counts = coalesce($6::jsonb, counts), ended_us = $7
  WHERE tenant_id = $1 AND id = $2::uuid AND state = 'running'`;

/** Backfill jobs in the table `arqon.backfill`. */
export class PostgresBackfills implements BackfillStore {
  constructor(private readonly database: SqlDatabase, private readonly locks: SessionLocks) {}

  startBackfill(job: Pick<BackfillJob, 'id' | 'tenantId' | 'fromUs' | 'toUs' | 'agentId' | 'isDryRun'>): Promise<BackfillJob> {
    const { tenantId } = job;
    return this.database.transaction(tenantId, async (sql) => {
      await sql.query(inserting, [tenantId, job.id, job.fromUs, job.toUs, job.agentId, job.isDryRun, JSON.stringify(noCounts), Date.now() * 1_000]);
      return readJob(sql, reading, tenantId, job.id);
    });
  }

  async readBackfill(tenantId: string, id: string): Promise<BackfillJob | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await this.database.transaction(tenantId, (sql) => sql.query<StoredBackfill>(reading, [tenantId, id]));
    return row === undefined ? undefined : jobOf(tenantId, row);
  }

  async listBackfills(tenantId: string, limit: number): Promise<readonly BackfillJob[]> {
    const rows = await this.database.transaction(tenantId, (sql) => sql.query<StoredBackfill>(newest, [tenantId, Math.min(limit, pageRowsLimit)]));
    return rows.map((row) => jobOf(tenantId, row));
  }

  async claimBackfill(tenantId: string): Promise<{ readonly job: BackfillJob; release(): Promise<void> } | undefined> {
    const lock = await this.locks.tryLock(`backfill ${tenantId}`);
    if (lock === undefined) return undefined;
    try {
      // Read under the lock: what another instance did before it let go is seen.
      const [row] = await this.database.transaction(tenantId, (sql) => sql.query<StoredBackfill>(oldestRunning, [tenantId]));
      if (row !== undefined) return { job: jobOf(tenantId, row), release: () => lock.release() };
    } catch (error) {
      await lock.release();
      throw error;
    }
    await lock.release();
    return undefined;
  }

  applyBackfill(job: { readonly tenantId: string; readonly id: string; readonly from: SourcePosition | undefined }, batch: {
    readonly changes: readonly EpisodeChange[]; readonly upTo: SourcePosition; readonly refused: number;
  }): Promise<BackfillCounts> {
    const { tenantId, id } = job;
    const { changes, upTo, refused } = batch;
    return this.database.transaction(tenantId, async (sql) => {
      const stored = await readJob(sql, locking, tenantId, id);
      if (stored.isDryRun) throw new EpisodeStoreError('data', 'a dry run writes nothing');
      if (stored.ending !== undefined || !samePosition(stored.position, job.from)) throw new EpisodeStoreError('position_moved', 'the backfill is further than this batch begins');
      const { outcomes, rows } = await foldChanges(sql, tenantId, changes, 'backfill');
      const counts: BackfillCounts = {
        ...await countRows(sql, job, rows, stored.counts),
        events: stored.counts.events + changes.length + refused,
        stale: stored.counts.stale + outcomes.filter((outcome) => outcome === 'stale').length,
        refused: stored.counts.refused + refused,
      };
      await sql.query(moving, [tenantId, id, ...positionValues(upTo), JSON.stringify(counts)]);
      return counts;
    });
  }

  async endBackfill(tenantId: string, id: string, end: {
    readonly ending: BackfillEnding; readonly errorCode?: string; readonly reason?: string; readonly counts?: BackfillCounts;
  }): Promise<void> {
    const { ending: endedAs, errorCode = '', reason = '', counts } = end;
    await this.database.transaction(tenantId, async (sql) => {
      await sql.query(ending, [tenantId, id, endedAs, errorCode, reason, counts === undefined ? null : JSON.stringify(counts), Date.now() * 1_000]);
      await forgetRows(sql, { tenantId, id });
    });
  }
}

async function readJob(sql: SqlRunner, statement: string, tenantId: string, id: string): Promise<BackfillJob> {
  const [row] = await sql.query<StoredBackfill>(statement, [tenantId, id]);
  if (row === undefined) throw new EpisodeStoreError('data', 'there is no backfill of this id');
  return jobOf(tenantId, row);
}

function samePosition(left: SourcePosition | undefined, right: SourcePosition | undefined): boolean {
  return left?.epoch === right?.epoch && left?.sequence === right?.sequence;
}

function jobOf(tenantId: string, row: StoredBackfill): BackfillJob {
  return {
    id: row.id,
    tenantId,
    fromUs: Number(row.from_us),
    toUs: Number(row.to_us),
    agentId: row.agent_id,
    isDryRun: row.is_dry_run,
    ending: row.state === 'running' ? undefined : row.state,
    position: positionOf(row),
    counts: row.counts,
    errorCode: row.error_code,
    reason: row.reason,
    startedAtUs: Number(row.started_us),
    endedAtUs: row.ended_us === null ? undefined : Number(row.ended_us),
  };
}
