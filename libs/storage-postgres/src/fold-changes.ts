import { projectChange, sameRow, type EpisodeChange, type EpisodeKey, type EpisodeRow, type ProjectionMode, type ProjectionOutcome } from '@arqonbus/continuum';
import { EpisodeStoreError } from '@arqonbus/storage/episodes';
import { readFullRows, writeRows, type RowWrite } from './episode-rows.js';
import { plainArray } from './sql-arrays.js';
import type { SqlRunner } from './sql.js';

/** One row for all: a row for each took longer to read than to mark. */
const markSql = `WITH marked AS (
    INSERT INTO arqon.seen_event (tenant_id, event_id, seen_us)
    SELECT $1, event_id, $3 FROM unnest($2::uuid[]) AS m (event_id)
    ON CONFLICT DO NOTHING RETURNING event_id
  ) SELECT count(*)::integer AS count, string_agg(event_id::text, ',') AS event_ids FROM marked`;

/** One row before and after changes were applied, in full; `isChanged` tells whether they differ in anything that is stored. */
export interface FoldedRow {
  readonly before: EpisodeRow | undefined;
  readonly after: EpisodeRow | undefined;
  readonly isChanged: boolean;
}

export interface FoldedChanges {
  /** One per change, in their order. */
  readonly outcomes: readonly ProjectionOutcome[];
  /** One per key, in the order of keys. */
  readonly rows: readonly FoldedRow[];
}

/** Keys of changes, each once and in order, and which of them each change is about. */
export interface ChangedKeys {
  readonly keys: readonly EpisodeKey[];
  readonly places: readonly number[];
}

/**
 * Applies changes of one tenant within a transaction of that tenant, in the order given: locks their rows in key order, folds with `projectChange`,
 * and writes what changed. The guards hold in SQL too. Marks of seen ids are the caller's.
 */
export async function foldChanges(sql: SqlRunner, tenantId: string, changes: readonly EpisodeChange[], mode: ProjectionMode): Promise<FoldedChanges> {
  if (changes.length === 0) return { outcomes: [], rows: [] };
  const changed = keysOf(tenantId, changes);
  const before = await readFullRows(sql, tenantId, changed.keys, { isLocked: true });
  const { outcomes, after } = foldOver(before, changed, changes, mode);
  const rows = after.map((row, place) => ({ before: before.get(place), after: row, isChanged: !sameRow(before.get(place), row) }));
  await writeRows(sql, tenantId, rows.flatMap((row) => (row.isChanged ? writeOf(row.before, row.after) : [])), mode);
  return { outcomes, rows };
}

/** Marks ids as seen at `nowUs`; the set of those that were not seen before. */
export async function markSeen(sql: SqlRunner, tenantId: string, eventIds: readonly string[], nowUs: number): Promise<ReadonlySet<string>> {
  if (eventIds.length === 0) return new Set();
  const distinct = new Set(eventIds);
  // In order, so that two writers never wait for each other in a circle.
  const [{ count, event_ids: marked }] = await sql.query<{ count: number; event_ids: string | null }>(markSql, [tenantId, plainArray([...distinct].sort()), nowUs]);
  return count === distinct.size ? distinct : new Set(marked?.split(','));
}

/** Raises EpisodeStoreError (data) for a change of another tenant. */
export function keysOf(tenantId: string, changes: readonly EpisodeChange[]): ChangedKeys {
  const byAgent = new Map<string, Map<string, PlacedKey>>();
  const entries = changes.map(({ key }) => {
    if (key.tenantId !== tenantId) throw new EpisodeStoreError('data', 'a change is of another tenant than its batch');
    return placedKeyOf(byAgent, key);
  });
  const keys: EpisodeKey[] = [];
  // By agent and then by episode, the order in which rows are locked and written.
  for (const [, episodes] of [...byAgent].sort(([left], [right]) => (left < right ? -1 : 1))) {
    for (const entry of [...episodes.values()].sort((left, right) => (left.key.episodeId < right.key.episodeId ? -1 : 1))) {
      entry.place = keys.length;
      keys.push(entry.key);
    }
  }
  return { keys, places: entries.map(({ place }) => place) };
}

interface PlacedKey {
  readonly key: EpisodeKey;
  place: number;
}

function placedKeyOf(byAgent: Map<string, Map<string, PlacedKey>>, key: EpisodeKey): PlacedKey {
  let episodes = byAgent.get(key.agentId);
  if (episodes === undefined) {
    episodes = new Map();
    byAgent.set(key.agentId, episodes);
  }
  let entry = episodes.get(key.episodeId);
  if (entry === undefined) {
    entry = { key, place: 0 };
    episodes.set(key.episodeId, entry);
  }
  return entry;
}

/** Rows after all changes, by the place of their key. `isSkipped` tells of those that count as duplicates. */
export function foldOver(
  before: ReadonlyMap<number, EpisodeRow>, changed: ChangedKeys, changes: readonly EpisodeChange[], mode: ProjectionMode, isSkipped?: (at: number) => boolean,
): { readonly outcomes: readonly ProjectionOutcome[]; readonly after: readonly (EpisodeRow | undefined)[] } {
  const after = changed.keys.map((_, place) => before.get(place));
  const outcomes = changes.map((change, at): ProjectionOutcome => {
    if (isSkipped?.(at) === true) return 'duplicate';
    const place = changed.places[at];
    const projection = projectChange(after[place], change, mode);
    after[place] = projection.row;
    return projection.outcome;
  });
  return { outcomes, after };
}

/** The registers that changes set: those whose guard is another object than before. */
export function writeOf(before: EpisodeRow | undefined, after: EpisodeRow | undefined): readonly RowWrite[] {
  if (after === undefined || after === before) return [];
  return [{ row: after, setsState: after.stateGuard !== before?.stateGuard, setsSummary: after.summaryGuard !== before?.summaryGuard }];
}
