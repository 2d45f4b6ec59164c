import { waitFor } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../src/index.js';
import { nothingWrong, NumberedStream } from './numbered-stream.js';
import { RecordedOrder } from './recorded-order.js';

const topic = 'kept:main';
const killsCount = 3;

describe('one Spine with the embedded store', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start({ store: 'embedded', shieldCount: 2, spine: { heartbeat_ms: '1000' } });
  });
  afterAll(() => cluster.stop());

  it('killed under load and started again keeps its epoch; subscribers miss nothing, and history holds all that was acknowledged (D15)', async () => {
    const [one, other, here, there] = await Promise.all([
      cluster.bus({ sub: 'one' }), cluster.bus({ sub: 'other' }, { shieldIndex: 1 }), cluster.bus({ sub: 'here' }), cluster.bus({ sub: 'there' }, { shieldIndex: 1 }),
    ]);
    const orders = [new RecordedOrder(await here.join(topic)), new RecordedOrder(await there.join({ room: 'kept', allChannels: true }))];
    const states: string[] = [];
    for (const bus of [one, other, here, there]) bus.on('state', ({ state }) => states.push(`${bus.clientId} ${state}`));
    const streams = [new NumberedStream(one, topic), new NumberedStream(other, topic)];
    const more = (count: number): Promise<unknown> => Promise.all(streams.map((stream) => stream.moreAcknowledged(count)));
    await more(50);
    for (let kills = 0; kills < killsCount; kills += 1) {
      await cluster.spine.stop('SIGKILL');
      await Promise.all(streams.map((stream) => stream.more(20)));
      await cluster.spine.restart();
      await more(50);
    }
    await Promise.all(streams.map((stream) => stream.stop()));
    expect(streams.map((stream) => stream.refusals())).toEqual([[], []]);
    for (const order of orders) {
      expect([await order.all('one', streams[0].count), await order.all('other', streams[1].count), order.losses]).toEqual([nothingWrong, nothingWrong, []]);
    }
    expect(orders[0].entries).toEqual(orders[1].entries);
    expect([orders[0].epochs.size, states]).toEqual([1, []]);
    const entries: string[] = [];
    for await (const message of there.history(topic)) entries.push(`${message.sender} ${message.text} ${String(message.epoch)}.${String(message.sequence)}`);
    expect(entries).toEqual(orders[0].entries);
    await waitFor(() => orders[0].entries.length === streams[0].count + streams[1].count);
  });
});
