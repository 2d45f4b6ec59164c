import { waitFor } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster, type CommandInit, type WireSession } from '../src/index.js';

const clientsCount = 5_000;
const missedCount = 20;
const atOnce = 50;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start({ shield: { 'limits.connect_rate_per_second': '5000', 'limits.max_connections_per_address_count': '10000' } });
});
afterAll(() => cluster.stop());

/** Does the work for each number below `count`, a bounded number at once. */
async function forEach(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await work(index);
    }
  }));
}

describe('clients that are dropped all at once', () => {
  it(`resume: ${String(clientsCount)} of them get what they missed, once and in order`, async () => {
    const token = await cluster.token({ sub: 'crowd' });
    const open = async (): Promise<WireSession> => cluster.sessionWith(token);
    let sessions: WireSession[] = [];
    await forEach(clientsCount, async (index) => {
      sessions[index] = await open();
      await sessions[index].join('crowd');
    });
    const publisher = await cluster.bus({ sub: 'publisher' });
    await publisher.publish('crowd', { type: 'text/plain', payload: 'before' });
    const [first] = await sessions[0].events(1);
    const position = { channel: '', epoch: first.batch.stamp?.epoch ?? 0n, sequence: first.sequence };
    for (const session of sessions.slice(1)) await session.events(1, 30_000);
    const dropped = Promise.all(sessions.map((session) => session.client.closed));
    await cluster.shield.stop('SIGKILL');
    await dropped;
    await cluster.shield.restart();
    await cluster.shield.ready();
    const missed = Array.from({ length: missedCount }, (_, number) => `missed ${String(number)}`);
    for (const payload of missed) await publisher.publish('crowd', { type: 'text/plain', payload });
    const resume: CommandInit = { case: 'join', value: { room: 'crowd', resume: [position] } };
    sessions = [];
    const recovered: boolean[] = [];
    await forEach(clientsCount, async (index) => {
      sessions[index] = await open();
      const answer = await sessions[index].command(resume);
      recovered.push('case' in answer && answer.case === 'joined' && answer.value.recovered);
    });
    await publisher.publish('crowd', { type: 'text/plain', payload: 'after' });
    expect(recovered.filter((was) => was).length).toBe(clientsCount);
    for (const session of sessions) expect((await session.events(missedCount + 1, 30_000)).map(({ text }) => text)).toEqual([...missed, 'after']);
    await waitFor(() => sessions.every(({ pendingEvents }) => pendingEvents.length === 0));
  }, 240_000);
});
