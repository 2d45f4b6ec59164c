import { earliest, type SourcePosition } from '@arqonbus/storage/episodes';
import { positionOf, positionValues, type PositionColumns } from './positions.js';
import type { SqlDatabase, SqlRunner } from './sql.js';

const lockSql = 'SELECT partition, epoch, sequence FROM arqon.projection_partition WHERE tenant_id = $1 ORDER BY partition FOR UPDATE';
const turnBackSql = 'UPDATE arqon.projection_partition SET fence = fence + 1, epoch = $2::bigint, sequence = $3::bigint WHERE tenant_id = $1';
const addSql = `INSERT INTO arqon.projection_partition (tenant_id, partition, fence, instance, epoch, sequence)
  SELECT $1, number, 0, '', $3::bigint, $4::bigint FROM generate_series(0, $2::integer - 1) AS number
  ON CONFLICT (tenant_id, partition) DO NOTHING`;
const dropSql = 'DELETE FROM arqon.projection_partition WHERE tenant_id = $1 AND partition >= $2::integer';

/**
 * Makes `count` the number of partitions of a tenant, and gives the number in force: a greater one stays once anything was projected. A row for each
 * partition keeps the number. Raising it moves events between partitions, so all go back to the place of the one that is least far: what they read
 * again is known by its ids and guards. Claims of before are void by their fences.
 */
export function agreeOnPartitions(database: SqlDatabase, tenantId: string, count: number): Promise<number> {
  return database.transaction(tenantId, async (sql) => {
    const rows = await sql.query<PositionColumns & { readonly partition: number }>(lockSql, [tenantId]);
    const inForce = (rows.at(-1)?.partition ?? -1) + 1;
    if (inForce > count) {
      if (rows.some((row) => positionOf(row) !== undefined)) return inForce;
      await sql.query(dropSql, [tenantId, count]);
    }
    if (rows.length === count && inForce === count) return count;
    // A partition without a row has read nothing.
    const isWhole = rows.length === inForce && rows.length > 0;
    const position = isWhole && inForce < count ? await turnBack(sql, tenantId, rows) : undefined;
    await sql.query(addSql, [tenantId, count, ...positionValues(position)]);
    return count;
  });
}

/** Undefined, the beginning of the topic, when one of them is there. */
async function turnBack(sql: SqlRunner, tenantId: string, rows: readonly PositionColumns[]): Promise<SourcePosition | undefined> {
  const position = earliest(rows.map(positionOf));
  await sql.query(turnBackSql, [tenantId, ...positionValues(position)]);
  return position;
}
