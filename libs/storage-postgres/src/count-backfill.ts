import { createHash } from 'node:crypto';
import type { EpisodeRow } from '@arqonbus/continuum';
import { effectOf, presenceOf, type BackfillCounts, type RowEffect, type RowPresence } from '@arqonbus/storage/episodes';
import type { FoldedRow } from './fold-changes.js';
import type { SqlRunner } from './sql.js';

interface Job {
  readonly tenantId: string;
  readonly id: string;
}

/** A row as it was when the job touched it first, and what became of it so far. */
interface TouchedRow {
  readonly agent_id: string;
  readonly episode_id: string;
  readonly presence: RowPresence;
  readonly digest: string;
  readonly effect: RowEffect;
}

type RowCounts = Pick<BackfillCounts, 'rowsInserted' | 'rowsUpdated' | 'rowsDeleted' | 'rowsUnchanged'>;

const countOf = { inserted: 'rowsInserted', updated: 'rowsUpdated', deleted: 'rowsDeleted', unchanged: 'rowsUnchanged' } as const satisfies Record<RowEffect, keyof RowCounts>;

/** `OFFSET 0` keeps it one probe of the primary key per key, as in episode-rows.ts: otherwise each batch reads all that the job touched, for each of its keys. */
const reading = `SELECT k.agent_id, k.episode_id, r.presence, r.digest, r.effect FROM unnest($3::text[], $4::text[]) AS k (agent_id, episode_id)
  CROSS JOIN LATERAL (
    SELECT presence, digest, effect FROM arqon.backfill_row
    WHERE tenant_id = $1 AND backfill_id = $2::uuid AND agent_id = k.agent_id AND episode_id = k.episode_id OFFSET 0
  ) AS r`;
const writing = `INSERT INTO arqon.backfill_row (tenant_id, backfill_id, agent_id, episode_id, presence, digest, effect)
  SELECT $1, $2::uuid, * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
  ON CONFLICT (tenant_id, backfill_id, agent_id, episode_id) DO UPDATE SET effect = excluded.effect`;

/** Counts rows by what became of them since the job touched each first, whichever of its batches did; remembers how they were then. */
export async function countRows(sql: SqlRunner, job: Job, rows: readonly FoldedRow[], counts: RowCounts): Promise<RowCounts> {
  const folded = rows.flatMap((row) => {
    const key = row.after?.key ?? row.before?.key;
    return key === undefined ? [] : [{ ...row, key }];
  });
  const known = new Map<string, TouchedRow>();
  const keys = [folded.map(({ key }) => key.agentId), folded.map(({ key }) => key.episodeId)];
  for (const row of await sql.query<TouchedRow>(reading, [job.tenantId, job.id, ...keys])) known.set(`${row.agent_id} ${row.episode_id}`, row);
  const next = { ...counts };
  const touched = folded.map(({ key, before, after }): TouchedRow => {
    const first = known.get(`${key.agentId} ${key.episodeId}`);
    const presence = first?.presence ?? presenceOf(before);
    const was = first?.digest ?? contentOf(before);
    const effect = effectOf({ before: presence, after: presenceOf(after), isSame: was === contentOf(after) });
    if (first !== undefined) next[countOf[first.effect]] -= 1;
    next[countOf[effect]] += 1;
    return { agent_id: key.agentId, episode_id: key.episodeId, presence, digest: was, effect };
  });
  await sql.query(writing, [job.tenantId, job.id, ...keys, touched.map((row) => row.presence), touched.map((row) => row.digest), touched.map((row) => row.effect)]);
  return next;
}

/** Forgets how rows were. */
export async function forgetRows(sql: SqlRunner, job: Job): Promise<void> {
  await sql.query('DELETE FROM arqon.backfill_row WHERE tenant_id = $1 AND backfill_id = $2::uuid', [job.tenantId, job.id]);
}

/** A text that is equal for two rows that hold the same. */
function contentOf(row: EpisodeRow | undefined): string {
  if (row === undefined) return '';
  const { stateGuard, summaryGuard, content } = row;
  const parts = [
    row.isDeleted, stateGuard?.sourceTsUs, stateGuard?.eventId, summaryGuard?.sourceTsUs, summaryGuard?.eventId, row.summary,
    content?.contentRef, content?.summary, content?.tags, content?.embeddingRef, content?.metadataJson,
  ];
  return createHash('sha256').update(JSON.stringify(parts.map((part) => part ?? null))).digest('base64url');
}
