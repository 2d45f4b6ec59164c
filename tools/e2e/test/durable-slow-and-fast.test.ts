import { waitFor } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textEvent, type WireSession } from '../src/index.js';
import { succeeds } from './succeeds.js';
import { startWatchedCluster, type WatchedCluster } from './watched-cluster.js';

const turnBytes = 262_144;
const floodsCount = 5;

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

describe.each(['embedded', 'redis'] as const)('with history in %s', (store) => {
  let watched: WatchedCluster;
  beforeAll(async () => {
    watched = await startWatchedCluster({ store, shield: { 'limits.max_session_buffer_bytes': '262144', 'limits.max_bytes_per_turn_bytes': String(turnBytes) } });
  });
  afterAll(() => watched.stop());

  it('a client that reads late gets all it missed, once and in order; others on its topic and bystanders notice nothing (p99 < 50 ms)', async () => {
    const { cluster } = watched;
    let round = 0;
    await watched.expectCalm(`a late reader, ${store}`, async () => {
      round += 1;
      const room = `late-${String(round)}`;
      const [slow, reader, writer] = [await cluster.session({ sub: 'slow' }), await cluster.session({ sub: 'reader' }), await cluster.session({ sub: 'writer' })];
      await Promise.all([slow.join(room), reader.join(room)]);
      const lagging = await cluster.shield.metric('shield_lagging_total');
      slow.client.pause();
      const count = await publishUntil(writer, room, async () => (await cluster.shield.metric('shield_lagging_total')) > lagging);
      const all = Array.from({ length: count }, (_, index) => index);
      expect((await reader.events(count, 20_000)).map(({ text }) => Number(text))).toEqual(all);
      slow.client.resume();
      expect(await slow.nextSignal('gap')).toMatchObject({ reason: 'SLOW_READER' });
      expect((await slow.events(count, 20_000)).map(({ text }) => Number(text))).toEqual(all);
      await Promise.all([slow, reader, writer].map(({ client }) => client.close()));
    });
  }, 90_000);

  it('floods are refused with RATE_LIMITED or closed with 4529, and slow nobody else (p99 < 50 ms)', async () => {
    let floodersCount = 0;
    await watched.expectCalm(`floods, ${store}`, async () => {
      const session = await watched.cluster.session({ sub: 'eager' });
      for (let run = 0; run < 60; run += 1) {
        await session.publish('flood', Array.from({ length: 1_000 }, () => 'x'));
        await session.ping();
      }
      expect(await session.nextError()).toMatchObject({ code: 'RATE_LIMITED' });
      await session.client.close();
      for (let times = 0; times < floodsCount; times += 1) {
        floodersCount += 1;
        await floodOnce(`flooder-${String(floodersCount)}`);
      }
    });
  }, 90_000);

  /** A client that flooded before is kept away for a while: each has a name of its own. */
  async function floodOnce(sub: string): Promise<void> {
    const session = await watched.cluster.session({ sub });
    const sending: Promise<unknown>[] = [];
    // Sends fail once the server has closed; that is what is waited for.
    for (let n = 0; n < 64; n += 1) sending.push(succeeds(session.client.sendFrame({ batches: [{ room: 'flood', envelopes: [textEvent('x'.repeat(200_000))] }] })));
    await Promise.all(sending);
    await waitFor(() => succeeds(session.client.closed), { timeoutMs: 20_000, what: 'the flooder to be closed' });
    expect((await session.client.closed).code).toBe(4529);
  }
});
