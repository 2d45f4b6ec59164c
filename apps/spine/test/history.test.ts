import type { RawWireClient } from '@arqonbus/testkit';
import type { Frame, History } from '@arqonbus/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodiesOf, newId, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, eventsOf, join, publish, readError, readEvents, refusedCommand, type SeenEvent } from './wire.js';

const everything = { tenant: 'acme', publish: ['*'], subscribe: ['*'], roles: ['service', 'operator'] };

describe('history_get', () => {
  let spine: RunningSpine;
  let client: RawWireClient;
  beforeAll(async () => {
    // Some of its events are larger than what content inspection reads.
    spine = await startSpineProcess({ ARQON_SPINE_CASIL_LIMITS_OVERSIZE: 'allow' });
    client = await spine.connect({ ...everything, sub: 'a' });
    for (let from = 1; from <= 300; from += 3) await publish(client, { room: 'log', payloads: [from, from + 1, from + 2].map(String) });
    await command(client, { case: 'ping', value: {} });
  });
  afterAll(async () => { await spine.stop(); });

  /** One page: events and reply must come in one frame. */
  async function page(value: object): Promise<{ events: SeenEvent[]; history: History; frame: Frame }> {
    const id = newId();
    await client.sendFrame({ batches: [{ envelopes: [{ id, body: { case: 'command', value: { body: { case: 'historyGet', value: { room: 'log', ...value } } } } }] }] });
    const frame = await client.next((candidate) => bodiesOf(candidate).some((body) => body.case === 'reply' && Buffer.compare(body.value.requestId, id) === 0));
    const body = bodiesOf(frame).at(-1);
    if (body?.case !== 'reply' || body.value.body.case !== 'history') throw new Error('no page');
    return { events: eventsOf(frame), history: body.value.body.value, frame };
  }
  const numbers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, n) => String(from + n));

  it('gives 100 events from the start by default, marked as replayed (D8)', async () => {
    const { events, history } = await page({});
    expect(events.map((event) => event.text)).toEqual(numbers(1, 100));
    expect(events.every((event) => event.replayed)).toBe(true);
    expect(history).toMatchObject({ nextSequence: 101n, complete: false });
  });

  it.each([[2, 2], [5, 98], [100, 300], [299, 999]])('cuts runs at the window %i to %i, prev told', async (from, to) => {
    const { events, history, frame } = await page({ fromSequence: BigInt(from), toSequence: BigInt(to), limit: 1_000 });
    expect(events.map((event) => event.text)).toEqual(numbers(from, Math.min(to, 300)));
    expect(events.map((event) => event.sequence)).toEqual(numbers(from, Math.min(to, 300)).map(BigInt));
    expect(history).toMatchObject({ nextSequence: 0n, complete: true });
    expect(frame.batches[0]?.stamp).toMatchObject({ sequence: BigInt(from), prev: BigInt(from - 1), replayed: true });
  });

  it('pages to the end without loss or repetition', async () => {
    const seen: string[] = [];
    for (let fromSequence = 1n; fromSequence !== 0n;) {
      const { events, history } = await page({ fromSequence, limit: 7 });
      expect(events.length).toBeLessThanOrEqual(7);
      seen.push(...events.map((event) => event.text));
      fromSequence = history.nextSequence;
    }
    expect(seen).toEqual(numbers(1, 300));
  });

  it('selects by time', async () => {
    const { frame } = await page({ fromSequence: 150n, limit: 1 });
    const timeUs = frame.batches[0]?.stamp?.timeUs ?? 0n;
    const from = await page({ fromTimeUs: timeUs, limit: 1_000 });
    expect(from.events.at(-1)?.text).toBe('300');
    expect(from.frame.batches.every((batch) => batch.stamp === undefined || batch.stamp.timeUs >= timeUs)).toBe(true);
    const until = await page({ toTimeUs: timeUs - 1n, limit: 1_000 });
    expect(until.events.length + from.events.length).toBe(300);
    expect((await page({ fromTimeUs: timeUs * 2n })).events).toEqual([]);
  });

  it('bounds a page in bytes', async () => {
    const filler = 'x'.repeat(100_000);
    for (let n = 0; n < 8; n += 1) await publish(client, { room: 'heavy', payloads: [filler] });
    const { events, history } = await page({ room: 'heavy', limit: 10_000 });
    expect(events).toHaveLength(2);
    expect(history.nextSequence).toBe(3n);
  });

  it('refuses another epoch than the one asked for', async () => {
    const { history } = await page({});
    expect((await page({ epoch: history.epoch, limit: 1 })).events).toHaveLength(1);
    expect(await refusedCommand(client, { case: 'historyGet', value: { room: 'log', epoch: history.epoch + 1n } })).toMatchObject({ code: 'EPOCH_CHANGED', field: 'epoch' });
  });

  it('asked for again and again by the role client is bounded like its publishing (D8)', async () => {
    const reader = await spine.connect({ ...everything, roles: ['client'], sub: 'greedy' });
    const envelopes = Array.from({ length: 400 }, () => ({ id: newId(), body: { case: 'command' as const, value: { body: { case: 'historyGet' as const, value: { room: 'heavy', limit: 100 } } } } }));
    const startMs = performance.now();
    await reader.sendFrame({ batches: [{ envelopes }] });
    const ended = reader.closed.then(({ code }) => `closed ${String(code)}`);
    expect(['RATE_LIMITED', 'closed 4008', 'closed 4529', 'closed 1006']).toContain(await Promise.any([readError(reader).then((error) => error.code), ended]));
    // A burst of two seconds, what each second since then adds, and one second more for what was under way.
    expect(reader.receivedBytes).toBeLessThan((3 + (performance.now() - startMs) / 1_000) * 16_777_216);
    reader.terminate();
  });

  describe('and join with resume', () => {
    it('bring a large history over several pages, then the reply, then live, under publishing', async () => {
      const total = 6_000;
      const filler = 'x'.repeat(1_000);
      for (let from = 0; from < total; from += 50) await publish(client, { room: 'long', payloads: Array.from({ length: 50 }, (_, n) => `${String(from + n + 1)} ${filler}`) });
      const info = await command(client, { case: 'channelInfo', value: { room: 'long', channel: '' } });
      const epoch = info.case === 'channel' ? info.value.epoch : 0n;
      const reader = await spine.connect({ ...everything, sub: 'late' });
      const joining = command(reader, { case: 'join', value: { room: 'long', resume: [{ channel: '', epoch, sequence: 10n }] } });
      for (let n = total + 1; n <= total + 300; n += 1) await publish(client, { room: 'long', payloads: [`${String(n)} live`] });
      expect(await joining).toMatchObject({ case: 'joined', value: { recovered: true } });
      for (let n = total + 301; n <= total + 320; n += 1) await publish(client, { room: 'long', payloads: [`${String(n)} live`] });
      const events = await readEvents(reader, total + 310, 15_000);
      expect(events.map((event) => Number(event.text.split(' ')[0]))).toEqual(numbers(11, total + 320).map(Number));
      const firstLive = events.findIndex((event) => !event.replayed);
      expect(firstLive).toBeGreaterThan(5_000);
      expect(events.slice(firstLive).every((event) => !event.replayed)).toBe(true);
      await reader.close();
    });

    it('of a whole room bring the channels that came meanwhile, and tell of one that is gone', async () => {
      const reader = await spine.connect({ ...everything, sub: 'wide' });
      await publish(client, { room: 'wide', channel: 'a', payloads: ['a1'] });
      await join(client, 'wide', 'a');
      const first = await command(reader, { case: 'join', value: { room: 'wide', allChannels: true } });
      const positions = first.case === 'joined' ? first.value.positions : [];
      await reader.close();
      await publish(client, { room: 'wide', channel: 'a', payloads: ['a2'] });
      await publish(client, { room: 'wide', channel: 'b', payloads: ['b1'] });
      const again = await spine.connect({ ...everything, sub: 'wide' });
      const joined = await command(again, { case: 'join', value: { room: 'wide', allChannels: true, resume: positions } });
      expect(joined).toMatchObject({ case: 'joined', value: { recovered: true } });
      expect((await readEvents(again, 2)).map((event) => event.text).sort()).toEqual(['a2', 'b1']);
      const now = joined.case === 'joined' ? joined.value.positions : [];
      await again.close();
      await command(client, { case: 'deleteChannel', value: { room: 'wide', channel: 'b' } });
      const third = await spine.connect({ ...everything, sub: 'wide' });
      expect(await command(third, { case: 'join', value: { room: 'wide', allChannels: true, resume: now } })).toMatchObject({ case: 'joined', value: { recovered: false, reason: 'EPOCH_CHANGED' } });
      await third.close();
    });

    it('followed at once by leave end unsubscribed', async () => {
      const info = await command(client, { case: 'channelInfo', value: { room: 'long', channel: '' } });
      const epoch = info.case === 'channel' ? info.value.epoch : 0n;
      const reader = await spine.connect({ ...everything, sub: 'fickle' });
      const joining = command(reader, { case: 'join', value: { room: 'long', resume: [{ channel: '', epoch, sequence: 1n }] } });
      const leaving = command(reader, { case: 'leave', value: { room: 'long', channel: '' } });
      expect(await joining).toMatchObject({ case: 'joined' });
      await leaving;
      await publish(client, { room: 'long', payloads: ['after'] });
      await command(client, { case: 'ping', value: {} });
      await command(reader, { case: 'ping', value: {} });
      expect(reader.frames.pending.flatMap(eventsOf).some((event) => event.text === 'after')).toBe(false);
      await reader.close();
    });
  });
});
