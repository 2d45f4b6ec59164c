import type { EpisodeStore, PartitionClaim } from '@arqonbus/storage/episodes';
import { askingOrder, fairShare, surplus } from './fair-share.js';

export interface ClaimParts {
  readonly store: Pick<EpisodeStore, 'claimPartition' | 'countInstances' | 'listPartitions'>;
  readonly tenantId: string;
  readonly partitionsCount: number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Monotonic. */
  readonly nowMs: () => number;
}

/** How often an instance that has its share looks for partitions that nobody holds. */
const lookEveryMs = 2_000;
/** Time after which nobody else is going to take a free partition: the others may not have this tenant, or not reach the bus. */
const orphanedMs = 5_000;
/** Time after which a partition above the share is offered again. */
const offerAgainMs = 600_000;

/**
 * Shares the partitions of one tenant with the other instances: each holds its fair share, and takes what nobody holds until it has that. A partition
 * that stays free all the same is taken above the share, so that none is left alone.
 */
export class PartitionClaims {
  private readonly startAt: number;
  /** Held above the share, with the time of the claim. */
  private readonly extra = new Map<number, number>();
  private readonly freeSinceMs = new Map<number, number>();
  private lookedMs = Number.NEGATIVE_INFINITY;
  private instancesCount = 0;

  constructor(private readonly claims: ClaimParts) {
    this.startAt = Math.floor(claims.random() * claims.partitionsCount);
  }

  /** One round: hands what it gains to `gain`, and resolves with what is held above the share. Rejects with EpisodeStoreError. */
  async round(held: ReadonlySet<number>, gain: (claim: PartitionClaim) => void): Promise<readonly number[]> {
    const { store, partitionsCount } = this.claims;
    const instancesCount = await store.countInstances();
    this.countExtra(held, instancesCount);
    const share = fairShare(partitionsCount, instancesCount);
    const ordinary = [...held].filter((partition) => !this.extra.has(partition));
    if (ordinary.length > share) return surplus(ordinary, share);
    if (ordinary.length < share) await this.ask(held, share - ordinary.length, gain);
    else await this.takeOrphans(held, gain);
    return [];
  }

  /** What is above the share counts as ordinary again when an instance came or went, or after its time. */
  private countExtra(held: ReadonlySet<number>, instancesCount: number): void {
    if (instancesCount !== this.instancesCount) this.extra.clear();
    this.instancesCount = instancesCount;
    for (const [partition, sinceMs] of this.extra) {
      if (!held.has(partition) || this.claims.nowMs() - sinceMs >= offerAgainMs) this.extra.delete(partition);
    }
  }

  private async ask(held: ReadonlySet<number>, wanted: number, gain: (claim: PartitionClaim) => void): Promise<void> {
    const { store, tenantId, partitionsCount } = this.claims;
    let missing = wanted;
    for (const partition of askingOrder(partitionsCount, held, this.startAt)) {
      if (missing === 0) return;
      const claim = await store.claimPartition(tenantId, partition);
      if (claim === undefined) continue;
      gain(claim);
      missing -= 1;
    }
  }

  private async takeOrphans(held: ReadonlySet<number>, gain: (claim: PartitionClaim) => void): Promise<void> {
    const { store, tenantId, partitionsCount, nowMs } = this.claims;
    if (held.size === partitionsCount || nowMs() - this.lookedMs < lookEveryMs) return;
    this.lookedMs = nowMs();
    const taken = new Set((await store.listPartitions(tenantId)).filter(({ instance }) => instance !== '').map(({ partition }) => partition));
    for (const partition of askingOrder(partitionsCount, held, this.startAt)) {
      if (taken.has(partition)) this.freeSinceMs.delete(partition);
      else if (!this.freeSinceMs.has(partition)) this.freeSinceMs.set(partition, nowMs());
      if (nowMs() - (this.freeSinceMs.get(partition) ?? nowMs()) < orphanedMs) continue;
      this.freeSinceMs.delete(partition);
      const claim = await store.claimPartition(tenantId, partition);
      if (claim === undefined) continue;
      this.extra.set(partition, nowMs());
      gain(claim);
    }
  }
}
