import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster, type WireSession } from '../src/index.js';

const clientsCount = 300;
const runsCount = 50;
const eventsPerRun = 20;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start({ shield: { 'limits.connect_rate_per_second': '1000' } });
});
afterAll(() => cluster.stop());

async function joined(count: number): Promise<WireSession[]> {
  const sessions: WireSession[] = [];
  while (sessions.length < count) {
    const next = Array.from({ length: 20 }, (_, index) => cluster.session({ sub: `reader-${String(sessions.length + index)}` }));
    sessions.push(...(await Promise.all(next)));
  }
  await Promise.all(sessions.map((session) => session.join('crowd')));
  return sessions;
}

describe('one Shield', () => {
  it(`delivers everything once and in order to ${String(clientsCount)} clients of one topic over TLS`, async () => {
    const sessions = await joined(clientsCount);
    const publisher = await cluster.bus({ sub: 'publisher' });
    const expected: string[] = [];
    for (let run = 0; run < runsCount; run += 1) {
      const texts = Array.from({ length: eventsPerRun }, (_, index) => `${String(run)}.${String(index)}`);
      expected.push(...texts);
      await publisher.publishMany('crowd', texts.map((text) => ({ type: 'text/plain', payload: text })));
    }
    for (const session of sessions) expect((await session.events(expected.length, 20_000)).map(({ text }) => text)).toEqual(expected);
    await Promise.all(sessions.map((session) => session.ping()));
    expect(sessions.flatMap(({ pendingEvents }) => pendingEvents)).toEqual([]);
  });
});
