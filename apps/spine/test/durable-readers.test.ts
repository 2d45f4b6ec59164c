import { createTestIssuer, waitFor, within, type RawWireClient, type TestIssuer } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStore, storeNames, type TestStore } from './durable-stores.js';
import { bodiesOf, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, eventsOf, join, publish, readEvents, type SeenEvent } from './wire.js';

const everything = { tenant: 'acme', publish: ['*', '@*'], subscribe: ['*'], roles: ['service', 'operator', 'admin'] };

describe.each(storeNames)('readers of a room on %s', (name) => {
  let store: TestStore;
  let issuer: TestIssuer;
  let spine: RunningSpine;
  beforeAll(async () => {
    [store, issuer] = await Promise.all([startStore(name), createTestIssuer()]);
    spine = await startSpineProcess({
      ...store.settings, ARQON_SPINE_LIMITS_MAX_SESSION_BUFFER_BYTES: '262144',
      // The live window of this Spine is far smaller than what the store keeps: readers that are behind are served by the store.
      ARQON_SPINE_HISTORY_MAX_TOTAL_BYTES: '1048576',
      ARQON_SPINE_ROOMS: '[{"match":"short","retention":{"max_events":20}}]',
    }, issuer);
  }, 180_000);
  afterAll(async () => {
    await spine.process.stop('SIGTERM');
    await store.stop();
    await issuer.close();
  });

  it('one that does not read is told by gap, catches up from the store once and in order, and slows nobody', async () => {
    const [writer, slow, fast] = [await spine.connect({ ...everything, sub: 'w' }), await spine.connect({ ...everything, sub: 's' }), await spine.connect({ ...everything, sub: 'f' })];
    await join(slow, 'crowded');
    await join(fast, 'crowded');
    slow.pause();
    const filler = 'x'.repeat(4_000);
    const total = 2_000;
    for (let n = 0; n < total; n += 1) await publish(writer, { room: 'crowded', payloads: [`${String(n)} ${filler}`] });
    const expected = Array.from({ length: total }, (_, n) => String(n));
    expect((await collect(fast, total)).events.map(numberOf)).toEqual(expected);
    slow.resume();
    const { events, gaps } = await within(collect(slow, total), 30_000, 'the slow reader has everything');
    expect(events.map(numberOf)).toEqual(expected);
    expect(gaps).toContain('SLOW_READER');
    expect(events.some(({ replayed }) => replayed)).toBe(true);
    // The last page may be here before the Spine has heard that it left: what is published until then comes as a page too.
    const live = await waitFor(async () => {
      await publish(writer, { room: 'crowded', payloads: ['live again'] });
      const [event] = await readEvents(slow, 1);
      return event?.replayed === false ? event : undefined;
    }, { what: 'an event that is not replayed' });
    expect(live).toMatchObject({ text: 'live again', replayed: false });
  }, 90_000);

  it('resumes on an empty topic: nothing missed, nothing lost', async () => {
    const client = await spine.connect({ ...everything, sub: 'e' });
    const first = await join(client, 'empty');
    const head = first.case === 'joined' ? first.value.positions[0] : undefined;
    expect(head?.sequence).toBe(0n);
    await command(client, { case: 'leave', value: { room: 'empty' } });
    const again = await command(client, { case: 'join', value: { room: 'empty', resume: [{ channel: '', epoch: head?.epoch, sequence: 0n }] } });
    expect(again).toMatchObject({ case: 'joined', value: { recovered: true, reason: '' } });
  });

  it('tells a position beyond the top, and one that was trimmed', async () => {
    const client = await spine.connect({ ...everything, sub: 'p' });
    const joined = await join(client, 'short');
    const epoch = joined.case === 'joined' ? joined.value.positions[0]?.epoch : undefined;
    await command(client, { case: 'leave', value: { room: 'short' } });
    const watcher = await spine.connect({ ...everything, sub: 'watcher' });
    await join(watcher, 'short');
    for (let n = 0; n < 60; n += 1) await publish(client, { room: 'short', payloads: [String(n)] });
    const [first] = await readEvents(watcher, 60);
    const beyond = await command(client, { case: 'join', value: { room: 'short', resume: [{ channel: '', epoch, sequence: 1_000_000_000_000n }] } });
    expect(beyond).toMatchObject({ case: 'joined', value: { recovered: false, reason: 'EPOCH_CHANGED' } });
    await command(client, { case: 'leave', value: { room: 'short' } });
    const other = await spine.connect({ ...everything, sub: 'p2' });
    const trimmed = await command(other, { case: 'join', value: { room: 'short', resume: [{ channel: '', epoch, sequence: first.sequence }] } });
    // JetStream trims a topic now and then, so it may still hold all of it; then all of it comes.
    const isWhole = name === 'jetstream' && trimmed.case === 'joined' && trimmed.value.recovered;
    if (isWhole) expect((await readEvents(other, 59)).map(({ text }) => text)).toEqual(Array.from({ length: 59 }, (_, n) => String(n + 1)));
    else expect(trimmed).toMatchObject({ case: 'joined', value: { recovered: false, reason: 'HISTORY_TRIMMED' } });
  });

  it('shows the loss of a tail by the head of the quiet topic', async () => {
    const [writer, reader] = [await spine.connect({ ...everything, sub: 'w' }), await spine.connect({ ...everything, sub: 'r' })];
    await join(reader, 'quiet');
    await publish(writer, { room: 'quiet', payloads: ['last'] });
    const [last] = await readEvents(reader, 1);
    const head = await reader.next((frame) => frame.batches.some((batch) => batch.room === 'quiet' && batch.envelopes.length === 0 && batch.stamp !== undefined), 20_000);
    expect(head.batches.find((batch) => batch.room === 'quiet')?.stamp).toMatchObject({ sequence: last.sequence, epoch: last.epoch });
  });
});

function numberOf({ text }: SeenEvent): string {
  return text.split(' ')[0] ?? '';
}

async function collect(client: RawWireClient, count: number): Promise<{ events: SeenEvent[]; gaps: string[] }> {
  const events: SeenEvent[] = [];
  const gaps: string[] = [];
  while (events.length < count) {
    const frame = await client.next(undefined, 20_000);
    events.push(...eventsOf(frame));
    for (const body of bodiesOf(frame)) if (body.case === 'signal' && body.value.body.case === 'gap') gaps.push(body.value.body.value.reason);
  }
  return { events, gaps };
}
