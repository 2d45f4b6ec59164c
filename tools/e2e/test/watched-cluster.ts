import { expect } from 'vitest';
import { Bystanders, Cluster, type ClusterOptions } from '../src/index.js';

const maxP99Ms = 50;
const maxAttempts = 3;
const calmBeforeMs = 1_000;

/** A cluster with bystanders that run during a whole test file. */
export interface WatchedCluster {
  readonly cluster: Cluster;
  readonly bystanders: Bystanders;
  /** Bystanders' 99th percentile in milliseconds while `disturb` ran; over the bound it is run again, at most three times in all, for the machine may be busy. */
  expectCalm(what: string, disturb: () => Promise<void>): Promise<void>;
  /** Ends the bystanders and expects that each of their messages was acknowledged and arrived once, in order; then stops the cluster. */
  stop(): Promise<void>;
}

export async function startWatchedCluster(options: ClusterOptions = {}): Promise<WatchedCluster> {
  const cluster = await Cluster.start(options);
  const bystanders = await Bystanders.start(cluster);
  return {
    cluster,
    bystanders,
    expectCalm: async (what, disturb) => {
      const seen: number[] = [];
      const before = bystanders.p99SinceMs(Date.now() - calmBeforeMs);
      while (seen.length < maxAttempts && !(Math.min(...seen) < maxP99Ms)) {
        const sinceMs = Date.now();
        await disturb();
        seen.push(bystanders.p99SinceMs(sinceMs));
      }
      console.log(`${what}: bystanders' p99 ${before.toFixed(1)} ms before, during it ${seen.map((value) => value.toFixed(1)).join(', ')} ms`);
      expect(Math.min(...seen), `p99 of bystanders: ${seen.join(', ')} ms`).toBeLessThan(maxP99Ms);
    },
    stop: async () => {
      try {
        const outcome = await bystanders.finish();
        console.log(`bystanders: ${String(outcome.publishedCount)} published, ${String(outcome.deliveredCount)} delivered`);
        expect(outcome).toEqual({
          type: 'outcome', publishedCount: outcome.publishedCount, acknowledgedCount: outcome.publishedCount, deliveredCount: outcome.publishedCount,
          lostCount: 0, doubledCount: 0, disorderedCount: 0, complaints: [],
        });
        expect(outcome.publishedCount).toBeGreaterThan(100);
        expect([cluster.spine.isAlive, cluster.shield.isAlive]).toEqual([true, true]);
      } finally {
        await bystanders.kill();
        await cluster.stop();
      }
    },
  };
}
