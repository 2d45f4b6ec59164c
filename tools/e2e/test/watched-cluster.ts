import { waitFor } from '@arqonbus/testkit';
import { expect } from 'vitest';
import { Bystanders, Cluster, type ClusterOptions } from '../src/index.js';

const maxP99Ms = 50;
const maxAttempts = 3;
/** What is looked at to tell that the machine has nothing else to do, and how long that is waited for. */
const calmBeforeMs = 1_000;
const calmP99Ms = 20;
const maxCalmWaitMs = 8_000;

/** A cluster with bystanders that run during a whole test file. */
export interface WatchedCluster {
  readonly cluster: Cluster;
  readonly bystanders: Bystanders;
  /** Bystanders' 99th percentile in milliseconds while `disturb` ran; over the bound it is run again, at most three times in all, for the machine may be busy. */
  expectCalm(what: string, disturb: () => Promise<void>): Promise<void>;
  /** Ends the bystanders and expects that each of their messages was acknowledged and arrived once, in order; then stops the cluster. */
  stop(): Promise<void>;
}

/** Waits until the bystanders' latency shows an idle machine, within a bound; resolves with their latest 99th percentile. */
async function awaitCalm(bystanders: Bystanders): Promise<number> {
  const p99 = (): number => bystanders.p99SinceMs(Date.now() - calmBeforeMs);
  const startedMs = Date.now();
  await waitFor(() => p99() < calmP99Ms || Date.now() - startedMs > maxCalmWaitMs, { timeoutMs: maxCalmWaitMs + 5_000, intervalMs: 100, what: 'calm' });
  return p99();
}

export async function startWatchedCluster(options: ClusterOptions = {}): Promise<WatchedCluster> {
  const cluster = await Cluster.start(options);
  const bystanders = await Bystanders.start(cluster);
  return {
    cluster,
    bystanders,
    expectCalm: async (what, disturb) => {
      const seen: number[] = [];
      let before = Number.NaN;
      while (seen.length < maxAttempts && !(Math.min(...seen) < maxP99Ms)) {
        before = await awaitCalm(bystanders);
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
