import { createTestIssuer, waitFor, type RawWireClient, type TestIssuer } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStore, type TestStore } from './durable-stores.js';
import { startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, eventsOf, join, publish, readEvents, type SeenEvent } from './wire.js';

const everything = { tenant: 'acme', publish: ['*', '@*'], subscribe: ['*'], roles: ['service', 'operator', 'admin'] };

describe.each(['redis', 'jetstream'] as const)('two Spines on one %s', (name) => {
  let store: TestStore;
  let issuer: TestIssuer;
  let spines: RunningSpine[];
  beforeAll(async () => {
    [store, issuer] = await Promise.all([startStore(name), createTestIssuer()]);
    const settings = { ...store.settings, ARQON_SPINE_HISTORY_SPINES: 'many', ARQON_SPINE_ROOMS: '[{"match":"caused","order":"causal"}]' };
    spines = await Promise.all([1, 2].map((number) => startSpineProcess({ ...settings, ARQON_SPINE_NODE_ID: `spine-${String(number)}` }, issuer)));
  }, 180_000);
  afterAll(async () => {
    for (const spine of spines) await spine.process.stop('SIGTERM');
    await store.stop();
    await issuer.close();
  });

  const connect = (index: number, sub: string): Promise<RawWireClient> => spines[index].connect({ ...everything, sub });

  it('one order for everybody, whoever publishes where', async () => {
    const writers = await Promise.all([connect(0, 'w0'), connect(1, 'w1')]);
    const readers = await Promise.all([connect(0, 'r0'), connect(1, 'r1')]);
    for (const reader of readers) await join(reader, 'shared');
    const perWriter = 300;
    for (let n = 0; n < perWriter; n += 1) {
      await Promise.all(writers.map((writer, index) => publish(writer, { room: 'shared', payloads: [`${String(index)}-${String(n)}`] })));
    }
    const seen = await Promise.all(readers.map((reader) => readEvents(reader, perWriter * 2, 20_000)));
    expect(seen[0].map(keyOf)).toEqual(seen[1].map(keyOf));
    for (const index of [0, 1]) {
      const mine = seen[0].filter(({ text }) => text.startsWith(`${String(index)}-`)).map(({ text }) => text);
      expect(mine).toEqual(Array.from({ length: perWriter }, (_, n) => `${String(index)}-${String(n)}`));
    }
    const sequences = seen[0].map(({ sequence }) => sequence);
    expect(sequences.every((sequence, at) => at === 0 || sequence > (sequences[at - 1] ?? 0n))).toBe(true);
  });

  it('a room followed whole hears of channels that the other Spine creates', async () => {
    const reader = await connect(0, 'r');
    await command(reader, { case: 'join', value: { room: 'wide', allChannels: true } });
    const writer = await connect(1, 'w');
    await publish(writer, { room: 'wide', channel: 'new', payloads: ['first'] });
    await publish(writer, { room: 'wide', channel: 'new', payloads: ['second'] });
    const seen = await readEvents(reader, 2);
    expect(seen.map(({ text, channel }) => [text, channel])).toEqual([['first', 'new'], ['second', 'new']]);
    const channels = await command(reader, { case: 'listChannels', value: { room: 'wide' } });
    expect(channels.case === 'channels' ? channels.value.channels.map(({ channel }) => channel) : []).toContain('new');
  });

  it('an inbox is reached from any Spine, and history is read on any', async () => {
    const [reader, writer] = await Promise.all([connect(0, 'boxed'), connect(1, 'w')]);
    await publish(writer, { recipient: 'boxed', payloads: ['hi'] });
    expect((await readEvents(reader, 1)).map(({ text }) => text)).toEqual(['hi']);
  });

  it('a client resumes on the other Spine where it was', async () => {
    const writer = await connect(0, 'w');
    const reader = await connect(0, 'mover');
    await join(reader, 'moved');
    await publish(writer, { room: 'moved', payloads: ['1'] });
    const [first] = await readEvents(reader, 1);
    await reader.close();
    await publish(writer, { room: 'moved', payloads: ['2', '3'] });
    const again = await connect(1, 'mover');
    const joined = await command(again, { case: 'join', value: { room: 'moved', resume: [{ channel: '', epoch: first.epoch, sequence: first.sequence }] } });
    expect(joined).toMatchObject({ case: 'joined', value: { recovered: true } });
    const texts = (await readEvents(again, 2)).map(({ text }) => text);
    await publish(writer, { room: 'moved', payloads: ['4'] });
    texts.push(...(await readEvents(again, 1)).map(({ text }) => text));
    expect(texts).toEqual(['2', '3', '4']);
  });

  it('tenants cannot sense each other: the same names are other topics', async () => {
    const mine = await connect(0, 'r');
    await join(mine, 'secret');
    const other = await spines[1].connect({ ...everything, tenant: 'rival', sub: 'w' });
    await publish(other, { room: 'secret', payloads: ['x'] });
    await publish(other, { recipient: 'r', payloads: ['x'] });
    await command(other, { case: 'channelInfo', value: { room: 'secret' } });
    const writer = await connect(1, 'w');
    await publish(writer, { room: 'secret', payloads: ['ours'] });
    expect((await readEvents(mine, 1)).map(({ text }) => text)).toEqual(['ours']);
    const info = await command(mine, { case: 'channelInfo', value: { room: 'secret' } });
    expect(info).toMatchObject({ case: 'channel', value: { historyEvents: 1n } });
  });

  it('sequence order is causal order in a causal room, across Spines', async () => {
    const [plan, act] = await Promise.all([connect(0, 'planner'), connect(1, 'actor')]);
    const watcher = await connect(1, 'watcher');
    await command(watcher, { case: 'join', value: { room: 'caused', allChannels: true } });
    await join(act, 'caused', 'plans');
    await join(act, 'caused', 'acts');
    for (let round = 0; round < 20; round += 1) {
      await publish(plan, { room: 'caused', channel: 'plans', payloads: [`plan ${String(round)}`] });
      const [seen] = await readEvents(act, 1);
      await act.sendFrame({
        batches: [{
          room: 'caused', channel: 'acts', after: [{ channel: 'plans', epoch: seen.epoch, sequence: seen.sequence }],
          envelopes: [{ id: new Uint8Array(16).fill(round + 1), body: { case: 'event', value: { type: 'text/plain', payload: new TextEncoder().encode(`act ${String(round)}`) } } }],
        }],
      });
      expect((await readEvents(act, 1)).map(({ text }) => text)).toEqual([`act ${String(round)}`]);
    }
    const seen = (await readEvents(watcher, 40)).map(({ text }) => text);
    for (let round = 0; round < 20; round += 1) expect(seen.indexOf(`plan ${String(round)}`)).toBeLessThan(seen.indexOf(`act ${String(round)}`));
  });

  it('a pause of a Spine loses nothing to its clients', async () => {
    const reader = await connect(0, 'sleepy');
    await join(reader, 'paused');
    const writer = await connect(1, 'w');
    process.kill(spines[0].process.pid, 'SIGSTOP');
    for (let n = 0; n < 50; n += 1) await publish(writer, { room: 'paused', payloads: [String(n)] });
    await command(writer, { case: 'ping', value: {} });
    process.kill(spines[0].process.pid, 'SIGCONT');
    const texts = (await readEvents(reader, 50, 20_000)).map(({ text }) => text);
    expect(texts).toEqual(Array.from({ length: 50 }, (_, n) => String(n)));
    await waitFor(() => reader.frames.pending.flatMap(eventsOf).length === 0);
  });
});

function keyOf({ text, epoch, sequence }: SeenEvent): string {
  return `${text} ${String(epoch)} ${String(sequence)}`;
}
