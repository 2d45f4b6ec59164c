import { waitFor } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setTimeout as wait } from 'node:timers/promises';
import type { WireSession } from '../src/index.js';
import { startWatchedCluster, type WatchedCluster } from './watched-cluster.js';

/** The bystanders' own topic. */
const room = 'bystanders';
const channel = 'main';
const eventBytes = 16_384;
/** 4 MiB/s. */
const eventsPerStep = 4;
const stepMs = 16;
const measuredMs = 2_000;
const mostRounds = 5;
const maxRatio = 1.2;
/** Below this a difference between two figures of a few milliseconds says nothing. */
const toleranceMs = 2;

let watched: WatchedCluster;

beforeAll(async () => {
  watched = await startWatchedCluster({ shield: { 'limits.max_session_buffer_bytes': '262144' } });
});
afterAll(() => watched.stop());

/** Loads the topic while `work` runs. */
async function underLoad<Value>(writer: WireSession, work: () => Promise<Value>): Promise<Value> {
  let isDone = false;
  const writing = (async () => {
    while (!isDone) {
      await writer.publish(room, Array.from({ length: eventsPerStep }, () => 'x'.repeat(eventBytes)), { channel });
      await wait(stepMs);
    }
  })();
  try {
    return await work();
  } finally {
    isDone = true;
    await writing;
  }
}

/** Of the messages due from now until some time behind `first`. */
async function p99Ms(first: () => Promise<unknown> = () => Promise.resolve()): Promise<number> {
  const sinceMs = Date.now();
  await first();
  await wait(measuredMs);
  return watched.bystanders.since(sinceMs).p99Ms;
}

describe('a fast reader', () => {
  it('has the same p99 with a reader of its topic beside it that never reads, within 1.2 times', async () => {
    const { cluster } = watched;
    const writer = await cluster.session({ sub: 'writer' });
    const alone: number[] = [];
    const beside: number[] = [];
    // What else the machine does only adds: the best of each is what the bus needs.
    const isEqual = (): boolean => Math.min(...beside) <= Math.max(Math.min(...alone) * maxRatio, Math.min(...alone) + toleranceMs);
    while (beside.length < mostRounds && (beside.length === 0 || !isEqual())) {
      alone.push(await underLoad(writer, () => p99Ms()));
      const stuck = await cluster.session({ sub: 'stuck' });
      await stuck.join(room, channel);
      const lagging = await cluster.shield.metric('shield_lagging_total');
      stuck.client.pause();
      const isLagging = async (): Promise<boolean> => (await cluster.shield.metric('shield_lagging_total')) > lagging;
      beside.push(await underLoad(writer, () => p99Ms(() => waitFor(isLagging, { timeoutMs: 20_000, what: 'the slow reader to lag' }))));
      stuck.client.terminate();
    }
    console.log(`p99 of fast readers: alone ${alone.map((ms) => ms.toFixed(1)).join(', ')} ms; beside a slow one ${beside.map((ms) => ms.toFixed(1)).join(', ')} ms`);
    expect(isEqual(), `alone ${String(alone)}, beside a slow one ${String(beside)}`).toBe(true);
    await writer.client.close();
  }, 90_000);
});
