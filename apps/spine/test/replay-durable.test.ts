import { erasedEventType } from '@arqonbus/storage';
import { waitFor, type RawWireClient } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { storeNames, useStore } from './durable-stores.js';
import { headOf, replay, startReplay, type SeenReplay } from './replays.js';
import { ackedRun, sendRuns } from './runs.js';
import { type RunningSpine } from './spine-process.js';
import { command, commandFrame } from './wire.js';

const everything = { tenant: 'acme', publish: ['*'], subscribe: ['*'], roles: ['service', 'operator', 'admin'] };
const runCount = 60;
const eventsPerRun = 3;

describe.each(storeNames)('history_replay and erase on %s', (name) => {
  const fixture = useStore(name);

  async function start(settings: Readonly<Record<string, string>> = {}): Promise<[RunningSpine, RawWireClient]> {
    const spine = await fixture.start(settings);
    return [spine, await spine.connect({ ...everything, sub: 'w' })];
  }
  async function restart(spine: RunningSpine, settings?: Readonly<Record<string, string>>): Promise<[RunningSpine, RawWireClient]> {
    await spine.process.stop('SIGKILL');
    return start(settings);
  }
  async function fill(client: RawWireClient, room: string): Promise<void> {
    for (let run = 1; run <= runCount; run += 1) {
      const texts = Array.from({ length: eventsPerRun }, (_, n) => `${String(run)}.${String(n)} secret-${String(run)}`);
      const [answer] = await sendRuns(client, [ackedRun({ room }, 5n, BigInt(run), texts)]);
      expect(answer).toMatchObject({ run: BigInt(run), count: eventsPerRun });
    }
  }
  async function whole(client: RawWireClient, room: string, pace = 0): Promise<SeenReplay> {
    const { epoch, sequence } = await headOf(client, room);
    return replay(client, { room, epoch, fromSequence: 1n, toSequence: sequence, pace });
  }

  it('gives the same bytes from the live window, from the store, and after kill -9 (D9, D12)', async () => {
    const [spine, client] = await start();
    await fill(client, 'same');
    const first = await whole(client, 'same');
    expect(first.history).toMatchObject({ complete: true });
    expect(first.events).toHaveLength(runCount * eventsPerRun);
    expect((await whole(client, 'same', 600)).bytes.equals(first.bytes)).toBe(true);
    const [, again] = await restart(spine);
    expect((await whole(again, 'same')).bytes.equals(first.bytes)).toBe(true);
  });

  it('has no content of an erased event any more, before and after kill -9 (M21)', async () => {
    const [spine, client] = await start();
    await fill(client, 'erased');
    const before = await whole(client, 'erased');
    const target = before.events.find((event) => event.text.startsWith('7.1'));
    expect(await command(client, { case: 'erase', value: { room: 'erased', channel: '', sequence: target?.sequence ?? 0n } })).toMatchObject({ case: 'done' });
    const after = await whole(client, 'erased');
    const expected = before.events.map((event) => (event.sequence === target?.sequence ? '' : event.text));
    expect(after.events.map((event) => event.text)).toEqual(expected);
    expect(after.events.map((event) => event.sequence)).toEqual(before.events.map((event) => event.sequence));
    expect(after.bytes.includes(erasedEventType)).toBe(true);
    const [, again] = await restart(spine);
    expect((await whole(again, 'erased')).bytes.equals(after.bytes)).toBe(true);
    const page = await commandFrame(again, { case: 'historyGet', value: { room: 'erased', limit: 1_000 } });
    expect(page.batches.flatMap((batch) => batch.envelopes).filter((envelope) => envelope.body.case === 'event' && envelope.body.value.type === erasedEventType)).toHaveLength(1);
  });

  it('ends with EPOCH_CHANGED when the channel is deleted meanwhile', async () => {
    const [, client] = await start();
    await fill(client, 'deleted');
    const { epoch, sequence } = await headOf(client, 'deleted');
    const started = await startReplay(client, { room: 'deleted', epoch, fromSequence: 1n, toSequence: sequence, pace: 60 });
    await started.begin();
    await command(client, { case: 'deleteChannel', value: { room: 'deleted', channel: '' } });
    const { error, events } = await started.end();
    expect(error).toMatchObject({ code: 'EPOCH_CHANGED' });
    expect(events.length).toBeLessThan(runCount * eventsPerRun);
  });

  it.skipIf(name === 'embedded')('erases on every Spine of the store, which the embedded one has not several of', async () => {
    const many = { ARQON_SPINE_HISTORY_SPINES: 'many' };
    const [[, here], [, there]] = [await start(many), await start(many)];
    await command(there, { case: 'join', value: { room: 'both', channel: '' } });
    await fill(here, 'both');
    await waitFor(async () => (await whole(there, 'both')).events.length === runCount * eventsPerRun, { what: 'every run on the other Spine' });
    const before = await whole(there, 'both');
    const target = before.events.find((event) => event.text.startsWith('9.2'));
    await command(here, { case: 'erase', value: { room: 'both', channel: '', sequence: target?.sequence ?? 0n } });
    const after = await whole(here, 'both');
    expect(after.events.map((event) => event.text)).toEqual(before.events.map((event) => (event.sequence === target?.sequence ? '' : event.text)));
    await waitFor(async () => (await whole(there, 'both')).bytes.equals(after.bytes), { what: 'the tombstone on the other Spine' });
  });
});
