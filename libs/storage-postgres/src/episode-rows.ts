import { canonicalJson, type EpisodeContent, type EpisodeKey, type EpisodeRow, type Guard, type ProjectionMode } from '@arqonbus/continuum';
import { plainArray, textArray } from './sql-arrays.js';
import type { SqlRunner } from './sql.js';

/** A row to write: of its two registers only those that a change set. */
export interface RowWrite {
  readonly row: EpisodeRow;
  readonly setsState: boolean;
  readonly setsSummary: boolean;
}

interface GuardColumns {
  readonly ord: string;
  readonly state_ts_us: string | null;
  readonly state_event_id: string | null;
  readonly is_deleted: boolean;
  readonly summary_ts_us: string | null;
  readonly summary_event_id: string | null;
}

interface FullColumns extends GuardColumns {
  readonly content_ref: string | null;
  readonly state_summary: string | null;
  readonly tags: readonly string[];
  readonly embedding_ref: string | null;
  readonly metadata: unknown;
  readonly summary: string | null;
}

/** `OFFSET 0` keeps it one probe of the primary key per key: without statistics the planner takes the table for empty and reads all of it for each key. */
const guardsSql = `SELECT k.ord, e.* FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS k (agent_id, episode_id, ord)
  CROSS JOIN LATERAL (
    SELECT state_ts_us, state_event_id, is_deleted, summary_ts_us, summary_event_id
    FROM arqon.episode WHERE tenant_id = $1 AND agent_id = k.agent_id AND episode_id = k.episode_id OFFSET 0
  ) AS e`;
const fullSelect = `SELECT k.ord, e.* FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS k (agent_id, episode_id, ord)
  CROSS JOIN LATERAL (
    SELECT state_ts_us, state_event_id, is_deleted, summary_ts_us, summary_event_id, content_ref, state_summary, tags, embedding_ref, metadata, summary
    FROM arqon.episode WHERE tenant_id = $1 AND agent_id = k.agent_id AND episode_id = k.episode_id OFFSET 0`;
const fullSql = `${fullSelect}) AS e`;
const lockedSql = `${fullSelect} FOR UPDATE) AS e`;

/** The guards once more, on the row as it is when it is written: a register that somebody else set meanwhile keeps the newer of both. */
const newerState = '(e.state_ts_us IS NULL OR (excluded.state_ts_us, excluded.state_event_id) > (e.state_ts_us, e.state_event_id))';
const newerSummary = '(e.summary_ts_us IS NULL OR (excluded.summary_ts_us, excluded.summary_event_id) > (e.summary_ts_us, e.summary_event_id))';
const sameState = '(excluded.state_ts_us, excluded.state_event_id) = (e.state_ts_us, e.state_event_id)';
const sameSummary = '(excluded.summary_ts_us, excluded.summary_event_id) = (e.summary_ts_us, e.summary_event_id)';
const takesState = `excluded.state_ts_us IS NOT NULL AND (${newerState} OR ($15::boolean AND ${sameState}))`;
const takesSummary = `excluded.summary_ts_us IS NOT NULL AND (${newerSummary} OR ($15::boolean AND ${sameSummary}))`;

/** $15: whether an equal guard writes the register anew, as a backfill does. */
const upsertSql = `INSERT INTO arqon.episode AS e (
    tenant_id, agent_id, episode_id, state_ts_us, state_event_id, is_deleted, content_ref, state_summary, tags, embedding_ref, metadata,
    summary_ts_us, summary_event_id, summary
  )
  SELECT $1, agent_id, episode_id, state_ts_us, state_event_id, is_deleted, content_ref, state_summary, tags::text[], embedding_ref, metadata::jsonb,
    summary_ts_us, summary_event_id, summary
  FROM unnest(
      $2::text[], $3::text[], $4::bigint[], $5::uuid[], $6::boolean[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[], $13::uuid[], $14::text[]
    ) AS w (agent_id, episode_id, state_ts_us, state_event_id, is_deleted, content_ref, state_summary, tags, embedding_ref, metadata, summary_ts_us, summary_event_id, summary)
  ON CONFLICT (tenant_id, agent_id, episode_id) DO UPDATE SET
  state_ts_us = CASE WHEN ${takesState} THEN excluded.state_ts_us ELSE e.state_ts_us END,
  state_event_id = CASE WHEN ${takesState} THEN excluded.state_event_id ELSE e.state_event_id END,
  is_deleted = CASE WHEN ${takesState} THEN excluded.is_deleted ELSE e.is_deleted END,
  content_ref = CASE WHEN ${takesState} THEN excluded.content_ref ELSE e.content_ref END,
  state_summary = CASE WHEN ${takesState} THEN excluded.state_summary ELSE e.state_summary END,
  tags = CASE WHEN ${takesState} THEN excluded.tags ELSE e.tags END,
  embedding_ref = CASE WHEN ${takesState} THEN excluded.embedding_ref ELSE e.embedding_ref END,
  metadata = CASE WHEN ${takesState} THEN excluded.metadata ELSE e.metadata END,
  summary_ts_us = CASE WHEN ${takesSummary} THEN excluded.summary_ts_us ELSE e.summary_ts_us END,
  summary_event_id = CASE WHEN ${takesSummary} THEN excluded.summary_event_id ELSE e.summary_event_id END,
  summary = CASE WHEN ${takesSummary} THEN excluded.summary ELSE e.summary END,
  projected_at = now()`;

/** Stands for content that was not read, because only guards decide. */
const unreadContent: EpisodeContent = { contentRef: '', summary: undefined, tags: [], embeddingRef: undefined, metadataJson: '{}' };

/** Rows of these keys by their place in `keys`, with guards alone: content and summary are not those of the database. */
export async function readGuards(sql: SqlRunner, tenantId: string, keys: readonly EpisodeKey[]): Promise<ReadonlyMap<number, EpisodeRow>> {
  const found = await sql.query<GuardColumns>(guardsSql, keyValues(tenantId, keys));
  return new Map(found.map((columns) => {
    const at = Number(columns.ord) - 1;
    return [at, { key: keys[at], ...guardsOf(columns), content: columns.is_deleted || columns.state_ts_us === null ? undefined : unreadContent, summary: undefined }];
  }));
}

/** Rows of these keys by their place in `keys`; `isLocked`: nobody else changes them before the transaction ends, and keys must be in their order. */
export async function readFullRows(sql: SqlRunner, tenantId: string, keys: readonly EpisodeKey[], { isLocked }: { readonly isLocked: boolean }): Promise<ReadonlyMap<number, EpisodeRow>> {
  const found = await sql.query<FullColumns>(isLocked ? lockedSql : fullSql, keyValues(tenantId, keys));
  return new Map(found.map((columns) => {
    const at = Number(columns.ord) - 1;
    return [at, { key: keys[at], ...guardsOf(columns), content: contentOf(columns), summary: columns.summary ?? undefined }];
  }));
}

/** Writes rows of one tenant, which are in the order of their keys, so that two writers never wait for each other in a circle. */
export async function writeRows(sql: SqlRunner, tenantId: string, writes: readonly RowWrite[], mode: ProjectionMode): Promise<void> {
  if (writes.length === 0) return;
  await sql.query(upsertSql, [tenantId, ...columnsOf(writes), mode === 'backfill']);
}

function keyValues(tenantId: string, keys: readonly EpisodeKey[]): readonly unknown[] {
  return [tenantId, textArray(keys.map(({ agentId }) => agentId)), textArray(keys.map(({ episodeId }) => episodeId))];
}

/** One array per column; a register that is not set has no guard there. */
function columnsOf(writes: readonly RowWrite[]): readonly string[] {
  const states = writes.map(({ row, setsState }) => (setsState ? row : undefined));
  const summaries = writes.map(({ row, setsSummary }) => (setsSummary ? row : undefined));
  const contents = states.map((row) => row?.content);
  return [
    textArray(writes.map(({ row }) => row.key.agentId)),
    textArray(writes.map(({ row }) => row.key.episodeId)),
    plainArray(states.map((row) => row?.stateGuard?.sourceTsUs ?? null)),
    plainArray(states.map((row) => row?.stateGuard?.eventId ?? null)),
    plainArray(states.map((row) => row?.isDeleted ?? false)),
    textArray(contents.map((content) => content?.contentRef ?? null)),
    textArray(contents.map((content) => content?.summary ?? null)),
    // An array in an array's element: arrays of arrays would have to be of one length.
    textArray(contents.map((content) => textArray(content?.tags ?? []))),
    textArray(contents.map((content) => content?.embeddingRef ?? null)),
    textArray(contents.map((content) => content?.metadataJson ?? null)),
    plainArray(summaries.map((row) => row?.summaryGuard?.sourceTsUs ?? null)),
    plainArray(summaries.map((row) => row?.summaryGuard?.eventId ?? null)),
    textArray(summaries.map((row) => row?.summary ?? null)),
  ];
}

function guardsOf(columns: GuardColumns): Pick<EpisodeRow, 'stateGuard' | 'summaryGuard' | 'isDeleted'> {
  return {
    stateGuard: guardOf(columns.state_ts_us, columns.state_event_id),
    summaryGuard: guardOf(columns.summary_ts_us, columns.summary_event_id),
    isDeleted: columns.is_deleted,
  };
}

function guardOf(timeUs: string | null, eventId: string | null): Guard | undefined {
  return timeUs === null || eventId === null ? undefined : { sourceTsUs: Number(timeUs), eventId };
}

function contentOf(columns: FullColumns): EpisodeContent | undefined {
  if (columns.is_deleted || columns.state_ts_us === null) return undefined;
  return {
    contentRef: columns.content_ref ?? '', summary: columns.state_summary ?? undefined, tags: columns.tags, embeddingRef: columns.embedding_ref ?? undefined,
    metadataJson: canonicalJson(columns.metadata ?? {}),
  };
}
