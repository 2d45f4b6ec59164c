import { waitFor } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, textEvent, type EnvelopeInit, type WireSession } from '../src/index.js';
import { succeeds } from './succeeds.js';
import { startWatchedCluster, type WatchedCluster } from './watched-cluster.js';

const catchUpMs = 5_000;
const turnBytes = 262_144;

let watched: WatchedCluster;

beforeAll(async () => {
  watched = await startWatchedCluster({
    spine: { 'limits.catch_up_ms': String(catchUpMs) },
    shield: { 'limits.max_session_buffer_bytes': '262144', 'limits.max_bytes_per_turn_bytes': String(turnBytes) },
  });
});
afterAll(() => watched.stop());

/** Publishes large events at a pace that the limits of the role client permit, until `isDone`. */
async function publishUntil(writer: WireSession, room: string, isDone: () => Promise<boolean>): Promise<number> {
  let count = 0;
  while (!(await isDone())) {
    for (let n = 0; n < 8; n += 1) {
      await writer.publish(room, [String(count).padEnd(16_384)]);
      count += 1;
    }
    await writer.ping();
  }
  return count;
}

describe('a client that never reads', () => {
  it('is taken off the live topics, told, and closed; others on its topic get everything, and bystanders notice nothing (p99 < 50 ms)', async () => {
    const { cluster } = watched;
    let round = 0;
    await watched.expectCalm('a client that never reads', async () => {
      round += 1;
      const room = `unread-${String(round)}`;
      const [stuck, reader, writer] = [await cluster.session({ sub: 'stuck' }), await cluster.session({ sub: 'reader' }), await cluster.session({ sub: 'writer' })];
      await stuck.join(room);
      await reader.join(room);
      const [lagging, sessions] = [await cluster.shield.metric('shield_lagging_total'), await cluster.shield.metric('shield_sessions')];
      stuck.client.pause();
      const count = await publishUntil(writer, room, async () => (await cluster.shield.metric('shield_lagging_total')) > lagging);
      expect((await reader.events(count, 20_000)).map(({ text }) => Number(text))).toEqual(Array.from({ length: count }, (_, index) => index));
      await waitFor(async () => (await cluster.shield.metric('shield_sessions')) < sessions, { timeoutMs: catchUpMs + 15_000, intervalMs: 100, what: 'the stuck session to be closed' });
      stuck.client.resume();
      // A close frame does not fit into a full buffer: then it is 1006.
      expect([4008, 1006]).toContain((await stuck.client.closed).code);
      await Promise.all([reader, writer].map(({ client }) => client.close()));
    });
  }, 120_000);

  it('and reads again in time gets all it missed, once and in order', async () => {
    const { cluster } = watched;
    const [slow, writer] = [await cluster.session({ sub: 'slow' }), await cluster.session({ sub: 'writer' })];
    await slow.join('slow');
    const lagging = await cluster.shield.metric('shield_lagging_total');
    slow.client.pause();
    const count = await publishUntil(writer, 'slow', async () => (await cluster.shield.metric('shield_lagging_total')) > lagging);
    slow.client.resume();
    expect(await slow.nextSignal('gap')).toMatchObject({ reason: 'SLOW_READER' });
    expect((await slow.events(count, 20_000)).map(({ text }) => Number(text))).toEqual(Array.from({ length: count }, (_, index) => index));
    await Promise.all([slow, writer].map(({ client }) => client.close()));
  });
});

describe('a client that floods', () => {
  let floodersCount = 0;

  it('with events is refused with RATE_LIMITED and a time to wait, and may go on after it', async () => {
    await watched.expectCalm('a flood of events', async () => {
      const session = await watched.cluster.session({ sub: 'flooder' });
      for (let run = 0; run < 60; run += 1) {
        await session.publish('flood', Array.from({ length: 1_000 }, () => 'x'));
        await session.ping();
      }
      const refusal = await session.nextError();
      expect(refusal).toMatchObject({ code: 'RATE_LIMITED' });
      expect(refusal.retryAfterMs).toBeGreaterThan(0);
      await session.client.close();
    });
  });

  it('with more bytes in a turn than its budget is closed with 4529; nobody else is slowed (p99 < 50 ms)', async () => {
    await watched.expectCalm('floods of bytes', async () => {
      for (let times = 0; times < 10; times += 1) await floodOnce();
    });
  });

  async function floodOnce(): Promise<void> {
    floodersCount += 1;
    // A client that flooded before is kept away for a while.
    const session = await watched.cluster.session({ sub: `flooder-${String(floodersCount)}` });
    const sending: Promise<unknown>[] = [];
    // Sends fail once the server has closed; that is what is waited for.
    for (let n = 0; n < 64; n += 1) sending.push(succeeds(session.client.sendFrame({ batches: [{ room: 'flood', envelopes: [textEvent('x'.repeat(200_000))] }] })));
    await Promise.all(sending);
    expect((await session.client.closed).code).toBe(4529);
  }

  it('with commands is closed with 4529 or answered', async () => {
    const session = await watched.cluster.session({ sub: 'asker' });
    const status: EnvelopeInit = { id: newId(), body: { case: 'command', value: { body: { case: 'status', value: {} } } } };
    const sending: Promise<boolean>[] = [];
    for (let n = 0; n < 5_000; n += 1) sending.push(succeeds(session.client.sendFrame({ batches: [{ envelopes: [status] }] })));
    await Promise.all(sending);
    const ending = await Promise.race([session.client.closed.then(({ code }) => code), session.ping().then(() => 'answered', () => 'closed')]);
    expect([4529, 'answered', 'closed']).toContain(ending);
    if (ending !== 'answered') expect((await session.client.closed).code).toBe(4529);
  });
});
