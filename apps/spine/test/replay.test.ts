import type { RawWireClient } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headOf, replay, startReplay } from './replays.js';
import { startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, eventsOf, expectSilence, join, publish, readEvents, refusedCommand } from './wire.js';

const everything = { tenant: 'acme', publish: ['*'], subscribe: ['*'], roles: ['service', 'operator'] };
const numbers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, n) => String(from + n));

describe('history_replay', () => {
  let spine: RunningSpine;
  let client: RawWireClient;
  let epoch: bigint;
  beforeAll(async () => {
    spine = await startSpineProcess();
    client = await spine.connect({ ...everything, sub: 'a' });
    // A command between the runs lets a turn end, so that they are not joined.
    for (let from = 1; from <= 300; from += 3) {
      await publish(client, { room: 'log', payloads: [from, from + 1, from + 2].map(String) });
      if (from % 60 === 1) await command(client, { case: 'ping', value: {} });
    }
    ({ epoch } = await headOf(client, 'log'));
  });
  afterAll(async () => { await spine.stop(); });

  const window = (fromSequence: bigint, toSequence: bigint): object => ({ room: 'log', epoch, fromSequence, toSequence });

  it('delivers the whole window as replayed batches, then says complete (D12)', async () => {
    const { events, history } = await replay(client, window(1n, 300n));
    expect(events.map((event) => event.text)).toEqual(numbers(1, 300));
    expect(events.map((event) => event.sequence)).toEqual(numbers(1, 300).map(BigInt));
    expect(history).toMatchObject({ complete: true, nextSequence: 0n, epoch });
  });

  it.each([[2n, 2n], [5n, 98n], [299n, 300n]])('cuts runs at the edges of the window %i to %i', async (from, to) => {
    const { events } = await replay(client, window(from, to));
    expect(events.map((event) => event.text)).toEqual(numbers(Number(from), Number(to)));
  });

  it('gives the same bytes for the same window, at any pace, whatever came meanwhile (D9)', async () => {
    const first = await replay(client, window(2n, 299n));
    expect(first.batches.length).toBeGreaterThan(4);
    await publish(client, { room: 'log', payloads: ['301'] });
    await expectSilence(client);
    for (const pace of [0, 3_000, 900]) {
      const again = await replay(client, { ...window(2n, 299n), pace });
      expect(again.batches).toEqual(first.batches);
      expect(again.bytes.equals(first.bytes)).toBe(true);
    }
  });

  it('selects by time, fixed at its start', async () => {
    const timeOf = async (sequence: bigint): Promise<bigint> => {
      const id = (await replay(client, window(sequence, sequence))).bytes;
      // Field 2 of Stamp: sfixed64 behind the sequence.
      const at = id.indexOf(0x11, id.indexOf(0x32));
      return id.readBigInt64LE(at + 1);
    };
    const [from, to] = [await timeOf(100n), await timeOf(200n)];
    const byTime = await replay(client, { room: 'log', epoch, fromTimeUs: from, toTimeUs: to });
    const sequences = byTime.events.map((event) => event.sequence);
    expect(sequences[0]).toBeLessThanOrEqual(100n);
    expect(sequences.at(-1)).toBeGreaterThanOrEqual(200n);
    const bySequence = await replay(client, window(sequences[0] ?? 0n, sequences.at(-1) ?? 0n));
    expect(byTime.bytes.equals(bySequence.bytes)).toBe(true);
    const none = await replay(client, { room: 'log', epoch, fromTimeUs: from - 20_000_000n, toTimeUs: from - 10_000_000n });
    expect([none.events, none.history?.complete]).toEqual([[], true]);
  });

  it('ends at its limit, and tells where to go on', async () => {
    const first = await replay(client, { ...window(1n, 300n), limit: 100 });
    expect(first.events).toHaveLength(100);
    expect(first.history).toMatchObject({ complete: false, nextSequence: 101n });
    const rest = await replay(client, { ...window(101n, 300n), limit: 200 });
    expect(rest.events.map((event) => event.text)).toEqual(numbers(101, 300));
    expect(rest.history).toMatchObject({ complete: true, nextSequence: 0n });
  });

  it.each<[string, object, object]>([
    ['without a lower bound', { toSequence: 5n }, { code: 'WINDOW_UNBOUNDED', field: 'from_sequence' }],
    ['without an upper bound', { fromSequence: 5n }, { code: 'WINDOW_UNBOUNDED', field: 'to_sequence' }],
    ['that ends above the head', { fromSequence: 5n, toSequence: 9_000n }, { code: 'WINDOW_UNBOUNDED', field: 'to_sequence' }],
    ['that has not ended yet', { fromSequence: 5n, toTimeUs: 4_000_000_000_000_000n }, { code: 'WINDOW_UNBOUNDED', field: 'to_time_us' }],
    ['that ends before it begins', { fromSequence: 5n, toSequence: 4n }, { code: 'INVALID_ARGUMENT', field: 'to_sequence' }],
    ['without an epoch', { fromSequence: 1n, toSequence: 4n, epoch: 0n }, { code: 'INVALID_ARGUMENT', field: 'epoch' }],
    ['of another epoch', { fromSequence: 1n, toSequence: 4n, epoch: 7n }, { code: 'EPOCH_CHANGED', field: 'epoch' }],
    ['with a limit above what is replayed at once', { fromSequence: 1n, toSequence: 4n, limit: 1_000_001 }, { code: 'INVALID_ARGUMENT', field: 'limit' }],
    ['of an unknown channel', { room: 'nowhere', fromSequence: 1n, toSequence: 4n }, { code: 'NOT_PERMITTED', field: 'room' }],
  ])('refuses a window %s', async (_name, value, error) => {
    expect((await replay(client, { room: 'log', epoch, ...value })).error).toMatchObject(error);
  });

  it('is for those alone who may subscribe, and ends when a token no longer covers it', async () => {
    const stranger = await spine.connect({ ...everything, subscribe: ['other'], sub: 'stranger' });
    expect((await replay(stranger, window(1n, 3n))).error).toMatchObject({ code: 'NOT_PERMITTED' });
    const reader = await spine.connect({ ...everything, sub: 'reader' });
    const started = await startReplay(reader, { ...window(1n, 300n), pace: 20 });
    await started.begin();
    const token = await spine.issuer.token({ ...everything, subscribe: ['other'], sub: 'reader' });
    await command(reader, { case: 'refreshToken', value: { token } });
    const { error, events } = await started.end();
    expect(error).toMatchObject({ code: 'NOT_PERMITTED' });
    expect(events.length).toBeLessThan(300);
    await Promise.all([stranger.close(), reader.close()]);
  });

  it('keeps the pace: no run is cut, and events arrive evenly', async () => {
    for (let n = 1; n <= 60; n += 1) {
      await publish(client, { room: 'paced', payloads: [String(n)] });
      await command(client, { case: 'ping', value: {} });
    }
    const paced = await headOf(client, 'paced');
    let steps = 0;
    // A machine that stands still makes the Spine catch up in fewer steps: the best of three rounds shows how it goes on by itself.
    for (let round = 1; round <= 3 && steps <= 20; round += 1) {
      const { events, arrivals, history } = await replay(client, { room: 'paced', epoch: paced.epoch, fromSequence: 1n, toSequence: 60n, pace: 50 });
      expect([events.length, history?.complete]).toEqual([60, true]);
      expect(arrivals.at(-1)?.atMs).toBeGreaterThan(1_100);
      for (const { atMs, events: count } of arrivals) expect(count).toBeLessThanOrEqual(1 + (atMs + 60) / 20);
      steps = arrivals.length;
    }
    expect(steps).toBeGreaterThan(20);
  });

  it('goes on beside live delivery, each told apart by replayed', async () => {
    const reader = await spine.connect({ ...everything, sub: 'both' });
    for (let n = 1; n <= 2_000; n += 1) await publish(client, { room: 'both', payloads: [`${String(n)} ${'x'.repeat(1_000)}`] });
    const { epoch: current } = await headOf(client, 'both');
    await join(reader, 'both');
    const replaying = replay(reader, { room: 'both', epoch: current, fromSequence: 1n, toSequence: 2_000n, pace: 4_000 });
    for (let n = 2_001; n <= 2_400; n += 1) await publish(client, { room: 'both', payloads: [String(n)] });
    const { events, history } = await replaying;
    expect(history?.complete).toBe(true);
    expect(events.map((event) => Number(event.text.split(' ')[0]))).toEqual(numbers(1, 2_000).map(Number));
    const live = (await readEvents(reader, 400)).filter((event) => !event.replayed);
    expect(live.map((event) => event.text)).toEqual(numbers(2_001, 2_400));
    await reader.close();
  });

  it('runs at most four at a time for a session, and ends with it', async () => {
    const reader = await spine.connect({ ...everything, sub: 'many' });
    const started = await Promise.all([1, 2, 3, 4].map(() => startReplay(reader, { ...window(1n, 300n), pace: 5 })));
    expect(await refusedCommand(reader, { case: 'historyReplay', value: window(1n, 3n) })).toMatchObject({ code: 'LIMIT', field: 'history_replay' });
    expect(started).toHaveLength(4);
    await reader.close();
    await command(client, { case: 'ping', value: {} });
    const again = await spine.connect({ ...everything, sub: 'many' });
    expect((await replay(again, window(1n, 3n))).history?.complete).toBe(true);
    await again.close();
  });

  it('ends with EPOCH_CHANGED when the channel is deleted meanwhile', async () => {
    for (let n = 1; n <= 50; n += 1) {
      await publish(client, { room: 'gone', payloads: [String(n)] });
      await command(client, { case: 'ping', value: {} });
    }
    const gone = await headOf(client, 'gone');
    const started = await startReplay(client, { room: 'gone', epoch: gone.epoch, fromSequence: 1n, toSequence: 50n, pace: 5 });
    await started.begin();
    await command(client, { case: 'deleteChannel', value: { room: 'gone', channel: '' } });
    const { error, events } = await started.end();
    expect(error).toMatchObject({ code: 'EPOCH_CHANGED' });
    expect(events.length).toBeLessThan(50);
  });

  it('by the role client leaves it a rate to publish with', async () => {
    const reader = await spine.connect({ ...everything, roles: ['client'], sub: 'fair' });
    const filler = 'x'.repeat(60_000);
    for (let n = 0; n < 200; n += 1) await publish(client, { room: 'big', payloads: [filler] });
    const big = await headOf(client, 'big');
    const replaying = replay(reader, { room: 'big', epoch: big.epoch, fromSequence: 1n, toSequence: 200n }, 30_000);
    for (let n = 0; n < 20; n += 1) await command(reader, { case: 'ping', value: {} });
    expect((await replaying).events).toHaveLength(200);
    await reader.close();
  });
});

describe('history_replay of a topic that is trimmed', () => {
  let spine: RunningSpine;
  let client: RawWireClient;
  beforeAll(async () => {
    spine = await startSpineProcess({ ARQON_SPINE_HISTORY_MAX_EVENTS_COUNT: '1000', ARQON_SPINE_HISTORY_MAX_BYTES: '16777216', ARQON_SPINE_LIMITS_CATCH_UP_MS: '30000' });
    client = await spine.connect({ ...everything, sub: 'a' });
  });
  afterAll(async () => { await spine.stop(); });

  async function fill(room: string, from: number, to: number, filler = ''): Promise<void> {
    for (let n = from; n <= to; n += 1) await publish(client, { room, payloads: [`${String(n)} ${filler}`] });
    await command(client, { case: 'ping', value: {} });
  }

  it('is refused where the window has a hole, by sequence and by time, and not behind it', async () => {
    await fill('old', 1, 1_500);
    const { epoch, firstSequence, sequence } = await headOf(client, 'old');
    expect(firstSequence).toBeGreaterThan(400n);
    const at = async (fromSequence: bigint): Promise<unknown> => {
      const { error, history } = await replay(client, { room: 'old', epoch, fromSequence, toSequence: sequence });
      return error?.code ?? history?.complete;
    };
    expect([await at(1n), await at(firstSequence - 1n), await at(firstSequence), await at(sequence)]).toEqual(['HISTORY_TRIMMED', 'HISTORY_TRIMMED', true, true]);
    const byTime = await replay(client, { room: 'old', epoch, fromTimeUs: 1n, toSequence: sequence });
    expect(byTime.error).toMatchObject({ code: 'HISTORY_TRIMMED', field: 'from_time_us' });
    expect(byTime.events).toEqual([]);
  });

  it('stops with HISTORY_TRIMMED at a hole that comes meanwhile, and sends nothing behind it', async () => {
    await fill('shrinks', 1, 500);
    const { epoch } = await headOf(client, 'shrinks');
    const started = await startReplay(client, { room: 'shrinks', epoch, fromSequence: 1n, toSequence: 500n, pace: 20 });
    await started.begin();
    await fill('shrinks', 501, 2_600);
    const { error, events } = await started.end();
    expect(error).toMatchObject({ code: 'HISTORY_TRIMMED' });
    expect(events.map((event) => event.sequence)).toEqual(events.map((_, index) => BigInt(index + 1)));
    expect(events.length).toBeLessThan(500);
  });

  it('reads no further ahead than its reader: what a slow one did not get may be trimmed', async () => {
    const filler = 'x'.repeat(30_000);
    await fill('slow', 1, 500, filler);
    const { epoch } = await headOf(client, 'slow');
    const slow = await spine.connect({ ...everything, sub: 'slow' });
    slow.pause();
    const started = await startReplay(slow, { room: 'slow', epoch, fromSequence: 1n, toSequence: 500n });
    await command(client, { case: 'ping', value: {} });
    await fill('slow', 501, 1_100, filler);
    slow.resume();
    const { error, events } = await started.end(20_000);
    expect(error).toMatchObject({ code: 'HISTORY_TRIMMED' });
    expect(events.length).toBeGreaterThan(0);
    expect(events.length).toBeLessThan(500);
    expect(slow.frames.pending.flatMap(eventsOf)).toEqual([]);
    await slow.close();
  });
});
