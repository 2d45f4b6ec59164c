import { isUuid, type EpisodeChange, type ProjectionOutcome } from '@arqonbus/continuum';
import { EpisodeStoreError, type DeadLetterRow, type DeadLetterStore, type EpisodeFault } from '@arqonbus/storage/episodes';
import { foldChanges, markSeen } from './fold-changes.js';
import type { SqlDatabase, SqlRunner } from './sql.js';

/** What a statement about dead letters gives: bigints as text. */
interface StoredDeadLetter {
  readonly id: string;
  readonly epoch: string;
  readonly sequence: string;
  readonly original_type: string;
  readonly original_payload: Uint8Array;
  readonly sender: string;
  readonly bus_time_us: string;
  readonly event_id: string | null;
  readonly error_code: string;
  readonly field: string;
  readonly reason: string;
  readonly tries: number;
  readonly first_failure_us: string;
  readonly last_failure_us: string;
  readonly replayed_us: string | null;
  readonly is_announced: boolean;
}

const pageRowsLimit = 500;
const leastUuid = '00000000-0000-0000-0000-000000000000';

const columns = `id::text, epoch, sequence, original_type, original_payload, sender, bus_time_us, event_id::text, error_code, field, reason, tries,
  first_failure_us, last_failure_us, replayed_us, is_announced`;
const listing = `SELECT ${columns} FROM arqon.dead_letter WHERE tenant_id = $1 AND id > $2::uuid ORDER BY id LIMIT $3`;
const openListing = `SELECT ${columns} FROM arqon.dead_letter WHERE tenant_id = $1 AND id > $2::uuid AND replayed_us IS NULL ORDER BY id LIMIT $3`;
const unannouncedListing = `SELECT ${columns} FROM arqon.dead_letter WHERE tenant_id = $1 AND NOT is_announced ORDER BY id LIMIT $2`;
const reading = `SELECT ${columns} FROM arqon.dead_letter WHERE tenant_id = $1 AND id = $2::uuid`;

/** Dead letters in the table `arqon.dead_letter`. An id that is no UUID is one that does not exist. */
export class PostgresDeadLetters implements DeadLetterStore {
  constructor(private readonly database: SqlDatabase) {}

  async listDeadLetters(tenantId: string, page: { readonly limit: number; readonly after?: string; readonly withReplayed?: boolean }): Promise<readonly DeadLetterRow[]> {
    const { after = leastUuid, withReplayed = false } = page;
    if (!isUuid(after)) throw new EpisodeStoreError('data', 'the id to go on behind is no UUID');
    const values = [tenantId, after, Math.min(page.limit, pageRowsLimit)];
    const rows = await this.database.transaction(tenantId, (sql) => sql.query<StoredDeadLetter>(withReplayed ? listing : openListing, values));
    return rows.map(rowOf);
  }

  async readDeadLetter(tenantId: string, id: string): Promise<DeadLetterRow | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await this.database.transaction(tenantId, (sql) => sql.query<StoredDeadLetter>(reading, [tenantId, id]));
    return row === undefined ? undefined : rowOf(row);
  }

  async countOpenDeadLetters(tenantId: string): Promise<number> {
    const statement = 'SELECT count(*) AS open FROM arqon.dead_letter WHERE tenant_id = $1 AND replayed_us IS NULL';
    const [row] = await this.database.transaction(tenantId, (sql) => sql.query<{ readonly open: string }>(statement, [tenantId]));
    return Number(row?.open ?? 0);
  }

  async replayDeadLetter(tenantId: string, id: string, change: EpisodeChange): Promise<{ readonly outcome: ProjectionOutcome | 'already' }> {
    if (!isUuid(id)) throw missing();
    return this.database.transaction(tenantId, async (sql) => {
      const locking = 'SELECT replayed_us FROM arqon.dead_letter WHERE tenant_id = $1 AND id = $2::uuid FOR UPDATE';
      const [row] = await sql.query<{ readonly replayed_us: string | null }>(locking, [tenantId, id]);
      if (row === undefined) throw missing();
      if (row.replayed_us !== null) return { outcome: 'already' as const };
      const nowUs = Date.now() * 1_000;
      const outcome = await applyOnce(sql, tenantId, change, nowUs);
      await sql.query('UPDATE arqon.dead_letter SET replayed_us = $3 WHERE tenant_id = $1 AND id = $2::uuid', [tenantId, id, nowUs]);
      return { outcome };
    });
  }

  async refuseDeadLetter(tenantId: string, id: string, fault: EpisodeFault): Promise<void> {
    if (!isUuid(id)) return;
    const statement = `UPDATE arqon.dead_letter
      SET tries = tries + 1, last_failure_us = greatest(last_failure_us, $3), error_code = $4, field = $5, reason = $6
      WHERE tenant_id = $1 AND id = $2::uuid AND replayed_us IS NULL`;
    await this.database.transaction(tenantId, (sql) => sql.query(statement, [tenantId, id, Date.now() * 1_000, fault.code, fault.field, fault.reason]));
  }

  async listUnannounced(tenantId: string, limit: number): Promise<readonly DeadLetterRow[]> {
    const rows = await this.database.transaction(tenantId, (sql) => sql.query<StoredDeadLetter>(unannouncedListing, [tenantId, limit]));
    return rows.map(rowOf);
  }

  async markAnnounced(tenantId: string, ids: readonly string[]): Promise<void> {
    const known = ids.filter((id) => isUuid(id));
    if (known.length === 0) return;
    const statement = 'UPDATE arqon.dead_letter SET is_announced = true WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) AND NOT is_announced';
    await this.database.transaction(tenantId, (sql) => sql.query(statement, [tenantId, known]));
  }
}

/** As the batch of a partition applies one event. */
async function applyOnce(sql: SqlRunner, tenantId: string, change: EpisodeChange, nowUs: number): Promise<ProjectionOutcome> {
  const { eventId } = change.guard;
  const unseen = await markSeen(sql, tenantId, [eventId], nowUs);
  if (!unseen.has(eventId)) return 'duplicate';
  const { outcomes: [outcome = 'stale'] } = await foldChanges(sql, tenantId, [change], 'live');
  return outcome;
}

function missing(): EpisodeStoreError {
  return new EpisodeStoreError('data', 'there is no dead letter of this id');
}

function rowOf(row: StoredDeadLetter): DeadLetterRow {
  return {
    id: row.id,
    fault: { code: row.error_code, field: row.field, reason: row.reason, eventId: row.event_id ?? '' },
    record: {
      position: { epoch: BigInt.asUintN(64, BigInt(row.epoch)), sequence: BigInt.asUintN(64, BigInt(row.sequence)) },
      type: row.original_type, payload: Uint8Array.from(row.original_payload), sender: row.sender, timeUs: Number(row.bus_time_us),
    },
    tries: row.tries,
    firstFailureUs: Number(row.first_failure_us),
    lastFailureUs: Number(row.last_failure_us),
    replayedAtUs: row.replayed_us === null ? undefined : Number(row.replayed_us),
    isAnnounced: row.is_announced,
  };
}
