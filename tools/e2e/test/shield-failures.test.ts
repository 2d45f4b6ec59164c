import { waitFor } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../src/index.js';
import { nothingWrong, NumberedStream, StreamReader } from './numbered-stream.js';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start({
    // Two of them pass before silence is taken for the end: longer than a machine may stand still.
    spine: { heartbeat_ms: '2000' },
    shield: { 'drain.reconnect_min_ms': '50', 'drain.reconnect_max_ms': '300', 'limits.connect_rate_per_second': '10000' },
  });
});
afterAll(() => cluster.stop());

async function streaming(topic: string): Promise<{ stream: NumberedStream; reader: StreamReader; states: string[] }> {
  const [alice, bob] = await Promise.all([cluster.bus({ sub: 'alice' }), cluster.bus({ sub: 'bob' })]);
  const reader = new StreamReader(await bob.join(topic));
  const states: string[] = [];
  bob.on('state', ({ state }) => states.push(state));
  const stream = new NumberedStream(alice, topic);
  await stream.moreAcknowledged(30);
  return { stream, reader, states };
}

describe('a Shield', () => {
  it('killed in mid-stream and started again loses and doubles nothing (R7)', async () => {
    const { stream, reader, states } = await streaming('killed:main');
    for (let times = 0; times < 2; times += 1) {
      await cluster.shield.stop('SIGKILL');
      await stream.more(30);
      await cluster.shield.restart();
      await stream.moreAcknowledged(50);
    }
    await stream.stop();
    expect(stream.refusals()).toEqual([]);
    expect(await reader.all(stream.count)).toEqual(nothingWrong);
    expect(reader.losses).toEqual([]);
    // The reader may still have been on its way back when the second Shield was killed.
    expect([['reconnecting', 'open'], ['reconnecting', 'open', 'reconnecting', 'open']]).toContainEqual(states);
  });

  it('that hangs is noticed by missed heartbeats; when it goes on, nothing is lost or doubled', async () => {
    const { stream, reader, states } = await streaming('hung:main');
    cluster.shield.signal('SIGSTOP');
    try {
      await waitFor(() => states.includes('reconnecting'), { timeoutMs: 30_000, what: 'the missed heartbeats to be noticed' });
      await stream.more(100);
    } finally {
      cluster.shield.signal('SIGCONT');
    }
    await stream.moreAcknowledged(50);
    await stream.stop();
    expect(stream.refusals()).toEqual([]);
    expect(await reader.all(stream.count)).toEqual(nothingWrong);
    expect(reader.losses).toEqual([]);
  });

  it('that drains while clients publish loses and doubles nothing, and ends with 0', async () => {
    const { stream, reader } = await streaming('drained:main');
    const exit = await cluster.shield.stop('SIGTERM');
    expect(exit).toEqual({ code: 0, signal: null });
    await stream.more(20);
    await cluster.shield.restart();
    await stream.moreAcknowledged(50);
    await stream.stop();
    expect(stream.refusals()).toEqual([]);
    expect(await reader.all(stream.count)).toEqual(nothingWrong);
    expect(reader.losses).toEqual([]);
  });
});
