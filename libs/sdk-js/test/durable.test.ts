import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Bus } from '../src/node.js';
import { take, text } from './harness.js';
import { startRealServers, type RealServers } from './real-servers.js';

let servers: RealServers;
const open: Bus[] = [];

beforeAll(async () => {
  servers = await startRealServers({ isDurable: true });
});

afterAll(async () => {
  await Promise.all(open.map((bus) => bus.close()));
  await servers.stop();
});

async function connectAs(sub: string): Promise<Bus> {
  const bus = await connect({ url: servers.shieldUrl, ca: servers.ca, getToken: () => servers.token({ sub }), reconnect: { minDelayMs: 20, maxDelayMs: 500 } });
  open.push(bus);
  return bus;
}

describe('SDK with a store that outlives the Spine', { timeout: 120_000 }, () => {
  it('loses and doubles nothing when the Spine is killed and started again: same epoch, runs taken once, no gap (R7)', async () => {
    const [alice, bob] = await Promise.all([connectAs('alice'), connectAs('bob')]);
    const plans = await bob.join('kept:main');
    const gaps: unknown[] = [];
    plans.on('gap', (gap) => {
      if (gap.lost) gaps.push(gap);
    });
    const count = 300;
    const publishing = (async () => {
      const results = [];
      for (let index = 0; index < count; index += 5) {
        results.push(...await alice.publishMany('kept:main', Array.from({ length: 5 }, (_, at) => text(`${index + at}`))));
      }
      return results;
    })();
    expect(await take(plans, 50)).toHaveLength(50);
    await servers.restartSpine();
    const seen = await take(plans, count - 50);
    const results = await publishing;
    expect(seen).toEqual(Array.from({ length: count - 50 }, (_, index) => `${index + 50}`));
    expect(results.map(({ sequence }) => sequence)).toEqual(Array.from({ length: count }, (_, index) => BigInt(index + 1)));
    expect(new Set(results.map(({ epoch }) => epoch)).size).toBe(1);
    expect(new Set(results.map(({ durability }) => durability))).toEqual(new Set(['FSYNC']));
    expect(gaps).toEqual([]);
    const replayed: string[] = [];
    for await (const message of bob.replay('kept:main', { fromSequence: 1n, toSequence: BigInt(count) })) replayed.push(message.text);
    expect(replayed).toEqual(Array.from({ length: count }, (_, index) => `${index}`));
    await bob.ping();
    expect(plans.queuedCount).toBe(0);
  });
});
