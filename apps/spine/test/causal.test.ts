import type { RawWireClient } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headOf } from './replays.js';
import { ackedRun, codesOf, readAnswers, textEvent, type BatchInit } from './runs.js';
import { startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, expectSilence, publish, readEvents } from './wire.js';

const everything = { tenant: 'acme', publish: ['*'], subscribe: ['*'], roles: ['service'] };

describe('a room with order causal', () => {
  let spine: RunningSpine;
  let writer: RawWireClient;
  let other: RawWireClient;
  let reader: RawWireClient;
  beforeAll(async () => {
    spine = await startSpineProcess({ ARQON_SPINE_ROOMS: JSON.stringify([{ match: 'causal*', order: 'causal' }]) });
    [writer, other, reader] = await Promise.all(['writer', 'other', 'reader'].map((sub) => spine.connect({ ...everything, sub })));
  });
  afterAll(async () => { await spine.stop(); });

  /** A room with one event in channel `a`, followed by the reader; gives the epoch of `a`. */
  async function openRoom(room: string): Promise<bigint> {
    await publish(writer, { room, channel: 'a', payloads: ['a1'] });
    await command(writer, { case: 'ping', value: {} });
    await command(reader, { case: 'join', value: { room, allChannels: true } });
    return (await headOf(writer, room, 'a')).epoch;
  }
  const dependent = (batch: BatchInit, epoch: bigint, sequence: bigint): BatchInit => ({ ...batch, after: [{ channel: 'a', epoch, sequence }] });

  it('numbers a run only once what it depends on is numbered, and those behind it after it (D12)', async () => {
    const epoch = await openRoom('causal-1');
    const topic = { room: 'causal-1', channel: 'b' };
    await writer.sendFrame({ batches: [dependent(ackedRun(topic, 1n, 1n, ['b1']), epoch, 2n), ackedRun(topic, 1n, 2n, ['b2'])] });
    await other.sendFrame({ batches: [{ ...topic, envelopes: [textEvent('other')] }] });
    expect((await readEvents(reader, 1)).map((event) => event.text)).toEqual(['other']);
    expect(await expectSilence(reader)).toEqual([]);
    await publish(other, { room: 'causal-1', channel: 'a', payloads: ['a2'] });
    expect(codesOf(await readAnswers(writer, 2))).toEqual(['ok', 'ok']);
    const events = await readEvents(reader, 3);
    expect(events.map((event) => event.text).filter((text) => text.startsWith('b'))).toEqual(['b1', 'b2']);
    expect(events.find((event) => event.text === 'b1')?.sequence).toBe(2n);
  });

  it('refuses what nobody can have seen once the bound is reached, and nothing overtakes it until then', async () => {
    const epoch = await openRoom('causal-2');
    const topic = { room: 'causal-2', channel: 'b' };
    const startedMs = performance.now();
    await writer.sendFrame({ batches: [dependent({ ...topic, envelopes: [textEvent('never')] }, epoch, 9n), { ...topic, envelopes: [textEvent('behind')] }] });
    const [answer] = await readAnswers(writer, 1);
    expect(answer).toMatchObject({ code: 'FUTURE_DEPENDENCY', field: 'batches.after' });
    expect(performance.now() - startedMs).toBeGreaterThan(1_700);
    expect((await readEvents(reader, 1)).map((event) => event.text)).toEqual(['behind']);
  });

  it('ignores positions of another epoch, at once for an older one', async () => {
    const epoch = await openRoom('causal-3');
    // What waits shows how long "at once" may take at most: it is refused when its bound is reached.
    const waiting = dependent({ room: 'causal-3', channel: 'c', envelopes: [textEvent('never')] }, epoch, 99n);
    await writer.sendFrame({ batches: [waiting, dependent(ackedRun({ room: 'causal-3', channel: 'b' }, 3n, 1n, ['old']), epoch - 1n, 99n)] });
    expect(codesOf(await readAnswers(writer, 2))).toEqual(['ok', 'FUTURE_DEPENDENCY']);
    expect((await readEvents(reader, 1)).map((event) => event.text)).toEqual(['old']);
    await writer.sendFrame({ batches: [dependent({ room: 'causal-3', channel: 'b', envelopes: [textEvent('to come')] }, epoch + 1n, 1n)] });
    expect((await readEvents(reader, 1)).map((event) => event.text)).toEqual(['to come']);
  });

  it('is unlike others, which refuse at once', async () => {
    const causalEpoch = await openRoom('causal-5');
    await publish(writer, { room: 'plain', channel: 'a', payloads: ['a1'] });
    await command(writer, { case: 'ping', value: {} });
    const { epoch } = await headOf(writer, 'plain', 'a');
    const waiting = dependent(ackedRun({ room: 'causal-5', channel: 'b' }, 5n, 1n, ['never']), causalEpoch, 2n);
    await writer.sendFrame({ batches: [waiting, dependent({ room: 'plain', channel: 'b', envelopes: [textEvent('x')] }, epoch, 2n)] });
    expect(await readAnswers(writer, 2)).toMatchObject([{ code: 'FUTURE_DEPENDENCY', run: 0n }, { code: 'FUTURE_DEPENDENCY', run: 1n }]);
  });

  it('holds no more than 1,024 runs back', async () => {
    const epoch = await openRoom('causal-4');
    // In one frame, so that none waits until its bound before all have come.
    const waiting = Array.from({ length: 1_025 }, () => dependent({ room: 'causal-4', channel: 'b', envelopes: [textEvent('x')] }, epoch, 2n));
    await writer.sendFrame({ batches: [...waiting, { room: 'causal-4', channel: 'a', envelopes: [textEvent('a2')] }] });
    expect(codesOf(await readAnswers(writer, 1))).toEqual(['LIMIT']);
    expect((await readEvents(reader, 1_025)).filter((event) => event.channel === 'b')).toHaveLength(1_024);
  });
});
