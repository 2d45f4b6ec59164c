import type { PartitionClaim } from '@arqonbus/storage/episodes';
import { positionOf, type PositionColumns } from './positions.js';
import type { SessionLock, SessionLocks } from './session-locks.js';
import type { SqlDatabase } from './sql.js';

const claimSql = `INSERT INTO arqon.projection_partition AS p (tenant_id, partition, fence, instance) VALUES ($1, $2, 1, $3)
  ON CONFLICT (tenant_id, partition) DO UPDATE SET fence = p.fence + 1, instance = excluded.instance
  RETURNING fence, epoch, sequence`;
const releaseSql = `UPDATE arqon.projection_partition SET instance = '' WHERE tenant_id = $1 AND partition = $2 AND fence = $3::bigint`;
const listSql = 'SELECT partition, instance, epoch, sequence FROM arqon.projection_partition WHERE tenant_id = $1 ORDER BY partition';

interface PartitionColumns extends PositionColumns {
  readonly partition: number;
  readonly instance: string;
}

/** Claims of partitions: a lock of this instance's session, and a fence that rises with each. */
export class PartitionClaims {
  private readonly locks = new Map<PartitionClaim, SessionLock>();
  private readonly listeners: ((claim: PartitionClaim) => void)[] = [];

  constructor(private readonly database: SqlDatabase, private readonly session: SessionLocks, private readonly instance: string) {}

  onLost(listener: (claim: PartitionClaim) => void): void {
    this.listeners.push(listener);
  }

  async claim(tenantId: string, partition: number): Promise<PartitionClaim | undefined> {
    const lock = await this.session.tryLock(lockName(tenantId, partition));
    if (lock === undefined) return undefined;
    try {
      const [columns] = await this.database.transaction(tenantId, (sql) => sql.query<PositionColumns & { readonly fence: string }>(claimSql, [tenantId, partition, this.instance]));
      const claim: PartitionClaim = { tenantId, partition, fence: BigInt(columns.fence), position: positionOf(columns) };
      this.locks.set(claim, lock);
      if (lock.lost.aborted) this.tellLost(claim);
      else lock.lost.addEventListener('abort', () => this.tellLost(claim), { once: true });
      return claim;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  async release(claim: PartitionClaim): Promise<void> {
    const { tenantId, partition, fence } = claim;
    const lock = this.locks.get(claim);
    this.locks.delete(claim);
    try {
      await this.database.transaction(tenantId, (sql) => sql.query(releaseSql, [tenantId, partition, fence.toString()]));
    } finally {
      await lock?.release();
    }
  }

  /** A partition whose lock nobody holds has no instance, whatever its last one left there. */
  async list(tenantId: string): Promise<readonly { readonly partition: number; readonly instance: string; readonly position: ReturnType<typeof positionOf> }[]> {
    const rows = await this.database.transaction(tenantId, (sql) => sql.query<PartitionColumns>(listSql, [tenantId]));
    const held = await this.session.heldOf(rows.map(({ partition }) => lockName(tenantId, partition)));
    return rows.map((columns) => ({
      partition: columns.partition,
      instance: held.has(lockName(tenantId, columns.partition)) ? columns.instance : '',
      position: positionOf(columns),
    }));
  }

  private tellLost(claim: PartitionClaim): void {
    if (!this.locks.delete(claim)) return;
    for (const listener of this.listeners) listener(claim);
  }
}

function lockName(tenantId: string, partition: number): string {
  return `partition ${tenantId} ${partition}`;
}
