import type { PartitionClaim } from '@arqonbus/storage/episodes';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartitionClaims } from './partition-claims.js';

/** Locks of one tenant's partitions, as the database keeps them, and the instances that ask for them. */
class Locks {
  readonly holders = new Map<number, string>();
  nowMs = 0;
  instancesCount = 0;

  instance(name: string, partitionsCount: number): { readonly held: Set<number>; round(): Promise<void> } {
    this.instancesCount += 1;
    const held = new Set<number>();
    const claims = new PartitionClaims({
      tenantId: 'acme', partitionsCount, random: () => 0, nowMs: () => this.nowMs,
      store: {
        countInstances: () => Promise.resolve(this.instancesCount),
        claimPartition: (tenantId, partition) => Promise.resolve(this.claim(tenantId, partition, name)),
        listPartitions: () => Promise.resolve([...this.holders].map(([partition, instance]) => ({ partition, instance, position: undefined }))),
      },
    });
    const round = async (): Promise<void> => {
      const surplus = await claims.round(held, ({ partition }) => { held.add(partition); });
      for (const partition of surplus) {
        held.delete(partition);
        this.holders.delete(partition);
      }
    };
    return { held, round };
  }

  private claim(tenantId: string, partition: number, name: string): PartitionClaim | undefined {
    if (this.holders.has(partition)) return undefined;
    this.holders.set(partition, name);
    return { tenantId, partition, fence: 1n, position: undefined };
  }
}

describe('PartitionClaims', () => {
  it('shares all partitions out, whoever asks first, and each is held once', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 16 }), fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 30 }), async (partitionsCount, order) => {
      const locks = new Locks();
      const instances = [0, 1, 2, 3].map((name) => locks.instance(String(name), partitionsCount));
      for (const who of order) await instances[who].round();
      for (let rounds = 0; rounds < 3; rounds += 1) for (const each of instances) await each.round();
      expect(locks.holders.size).toBe(partitionsCount);
      expect(instances.map(({ held }) => held.size).every((size) => size <= Math.ceil(partitionsCount / 4))).toBe(true);
    }));
  });

  it('gives back what is above the share when one more instance comes', async () => {
    const locks = new Locks();
    const first = locks.instance('first', 4);
    await first.round();
    expect(first.held.size).toBe(4);
    const second = locks.instance('second', 4);
    await first.round();
    await second.round();
    expect([first.held.size, second.held.size]).toEqual([2, 2]);
  });

  it('takes what stays free above its share: another instance may not have the tenant', async () => {
    const locks = new Locks();
    const only = locks.instance('only', 4);
    locks.instancesCount = 2;
    const heldAt: number[] = [];
    for (const nowMs of [0, 3_000, 6_000, 9_000, 300_000]) {
      locks.nowMs = nowMs;
      await only.round();
      heldAt.push(only.held.size);
    }
    expect(heldAt).toEqual([2, 2, 2, 4, 4]);
    locks.instancesCount = 3;
    await only.round();
    expect(only.held.size).toBe(2);
  });

  it('offers what it holds above its share again after a while', async () => {
    const locks = new Locks();
    const only = locks.instance('only', 4);
    locks.instancesCount = 2;
    for (const nowMs of [0, 3_000, 9_000]) {
      locks.nowMs = nowMs;
      await only.round();
    }
    expect(only.held.size).toBe(4);
    locks.nowMs = 700_000;
    await only.round();
    expect(only.held.size).toBe(2);
  });
});
