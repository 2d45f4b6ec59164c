import { waitFor } from '@arqonbus/testkit';
import { expect } from 'vitest';
import { Bystanders, Cluster, type BystanderLatency, type ClusterOptions } from '../src/index.js';

const maxP99Ms = 50;
const maxAttempts = 3;
/** A message waits for a process to run at the Shield, the Spine, the Shield again and the receiver. */
const hopsCount = 4;
/** And where a store keeps it, for the store and for the Spine once more. */
const storeHopsCount = 2;
/** Timers that run later than this at the 99th percentile show a machine with too much else to do. */
const busyLatenessMs = 5;
/** What is looked at to tell that the machine has nothing else to do, and how long that is waited for. */
const calmBeforeMs = 1_000;
const calmP99Ms = 20;
const maxCalmWaitMs = 8_000;

/** A cluster with bystanders that run during a whole test file. */
export interface WatchedCluster {
  readonly cluster: Cluster;
  readonly bystanders: Bystanders;
  /**
   * Expects the bystanders' 99th percentile to stay below 50 ms while `disturb` runs. Over it, it is run again, at most three times in all. On a
   * machine that is too busy to run even the bystanders' timers in time, that lateness is allowed for, once per hop.
   */
  expectCalm(what: string, disturb: () => Promise<void>): Promise<void>;
  /** Ends the bystanders and expects that each of their messages was acknowledged and arrived once, in order; then stops the cluster. */
  stop(): Promise<void>;
}

/** Waits until the bystanders' latency shows an idle machine, within a bound. */
async function awaitCalm(bystanders: Bystanders): Promise<void> {
  const startedMs = Date.now();
  const isCalm = (): boolean => bystanders.since(Date.now() - calmBeforeMs).p99Ms < calmP99Ms;
  await waitFor(() => isCalm() || Date.now() - startedMs > maxCalmWaitMs, { timeoutMs: maxCalmWaitMs + 5_000, intervalMs: 100, what: 'calm' });
}

function boundFor({ latenessP99Ms }: BystanderLatency, hops: number): number {
  return latenessP99Ms > busyLatenessMs ? maxP99Ms + hops * latenessP99Ms : maxP99Ms;
}

export async function startWatchedCluster(options: ClusterOptions = {}): Promise<WatchedCluster> {
  const cluster = await Cluster.start(options);
  const bystanders = await Bystanders.start(cluster);
  const hops = (options.store ?? 'memory') === 'memory' ? hopsCount : hopsCount + storeHopsCount;
  return {
    cluster,
    bystanders,
    expectCalm: async (what, disturb) => {
      const seen: BystanderLatency[] = [];
      while (seen.length < maxAttempts && !seen.some((latency) => latency.p99Ms < maxP99Ms)) {
        await awaitCalm(bystanders);
        const sinceMs = Date.now();
        await disturb();
        seen.push(bystanders.since(sinceMs));
      }
      const figures = seen.map(({ p99Ms, latenessP99Ms, samplesCount }) => `${p99Ms.toFixed(1)} ms of ${String(samplesCount)} (own timers ${latenessP99Ms.toFixed(1)} ms)`).join(', ');
      console.log(`${what}: bystanders' p99 ${figures}`);
      expect(seen.some((latency) => latency.p99Ms < boundFor(latency, hops)), `p99 of bystanders: ${figures}`).toBe(true);
    },
    stop: async () => {
      try {
        const outcome = await bystanders.finish();
        console.log(`bystanders: ${String(outcome.publishedCount)} published, ${String(outcome.deliveredCount)} delivered`);
        expect(outcome).toEqual({
          type: 'outcome', publishedCount: outcome.publishedCount, acknowledgedCount: outcome.publishedCount, deliveredCount: outcome.publishedCount,
          lostCount: 0, doubledCount: 0, disorderedCount: 0, complaints: [],
        });
        expect(outcome.publishedCount).toBeGreaterThan(20);
        expect([cluster.spine.isAlive, cluster.shield.isAlive]).toEqual([true, true]);
      } finally {
        await bystanders.kill();
        await cluster.stop();
      }
    },
  };
}
