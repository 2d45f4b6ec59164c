import type { EpisodeChange, ProjectionOutcome } from '@arqonbus/continuum';
import { EpisodeStoreError, type BatchResult, type EpisodeBatch, type PartitionClaim, type SourcePosition } from '@arqonbus/storage/episodes';
import { readGuards, writeRows } from './episode-rows.js';
import { foldOver, keysOf, markSeen, writeOf } from './fold-changes.js';
import { keepDeadLetters, type DeadLetterIds, type RefusedRecord } from './keep-dead-letters.js';
import { positionValues } from './positions.js';
import type { SqlDatabase, SqlRunner } from './sql.js';

const moveSql = `UPDATE arqon.projection_partition SET epoch = $4::bigint, sequence = $5::bigint
  WHERE tenant_id = $1 AND partition = $2 AND fence = $3::bigint AND epoch IS NOT DISTINCT FROM $6::bigint AND sequence IS NOT DISTINCT FROM $7::bigint
  RETURNING fence`;
const fenceSql = 'SELECT fence FROM arqon.projection_partition WHERE tenant_id = $1 AND partition = $2';

/**
 * Writes one batch in one transaction. The position is moved first: that takes the partition's row, so that two batches of one partition, even of an
 * instance that lost its claim and of its successor, come one after the other, and a second try waits for what became of the first.
 */
export async function applyBatch(database: SqlDatabase, batch: EpisodeBatch, nextId: DeadLetterIds): Promise<BatchResult> {
  const { tenantId } = batch.claim;
  const { changes, places, refused } = partsOf(batch);
  const changed = keysOf(tenantId, changes);
  const eventIds = changes.map(({ guard }) => guard.eventId);
  const projected = await database.transaction(tenantId, async (sql) => {
    // None of these needs the answer of another, so all are sent at once; the first failure is the one that counts.
    const [, fresh, before] = await inOrder([
      movePosition(sql, batch.claim, batch.from, batch.upTo),
      markSeen(sql, tenantId, eventIds, Date.now() * 1_000),
      changes.length === 0 ? Promise.resolve(new Map<never, never>()) : readGuards(sql, tenantId, changed.keys),
    ]);
    const seen = new Set<string>();
    const isRepeated = (at: number): boolean => {
      const id = eventIds[at];
      const isNew = fresh.has(id) && !seen.has(id);
      seen.add(id);
      return !isNew;
    };
    const { outcomes, after } = foldOver(before, changed, changes, 'live', isRepeated);
    await inOrder([
      writeRows(sql, tenantId, after.flatMap((row, place) => writeOf(before.get(place), row)), 'live'),
      keepDeadLetters(sql, tenantId, refused, nextId),
    ]);
    return outcomes;
  });
  const outcomes: (ProjectionOutcome | undefined)[] = batch.entries.map(() => undefined);
  for (const [at, outcome] of projected.entries()) outcomes[places[at]] = outcome;
  return { outcomes };
}

async function movePosition(sql: SqlRunner, claim: PartitionClaim, from: SourcePosition | undefined, upTo: SourcePosition): Promise<void> {
  const { tenantId, partition, fence } = claim;
  const moved = await sql.query(moveSql, [tenantId, partition, fence.toString(), ...positionValues(upTo), ...positionValues(from)]);
  if (moved.length > 0) return;
  const rows = await sql.query<{ fence: string }>(fenceSql, [tenantId, partition]);
  const isHeld = rows.length > 0 && rows[0].fence === fence.toString();
  if (isHeld) throw new EpisodeStoreError('position_moved', `partition ${partition} is not at the position that the batch begins at`);
  throw new EpisodeStoreError('claim_lost', `partition ${partition} was claimed by another instance`);
}

function partsOf(batch: EpisodeBatch): { readonly changes: readonly EpisodeChange[]; readonly places: readonly number[]; readonly refused: readonly RefusedRecord[] } {
  const changes: EpisodeChange[] = [];
  const places: number[] = [];
  const refused: RefusedRecord[] = [];
  for (const [place, { record, result, tries }] of batch.entries.entries()) {
    if ('fault' in result) {
      refused.push({ record, fault: result.fault, tries });
      continue;
    }
    changes.push(result.change);
    places.push(place);
  }
  return { changes, places, refused };
}

/** All of them, or the failure of the first in their order that failed: what was sent after it fails for its sake alone. */
async function inOrder<Results extends readonly Promise<unknown>[]>(sent: readonly [...Results]): Promise<{ -readonly [At in keyof Results]: Awaited<Results[At]> }> {
  for (const one of await Promise.allSettled(sent)) if (one.status === 'rejected') throw one.reason;
  return Promise.all(sent);
}
