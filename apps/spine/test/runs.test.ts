import type { RawWireClient } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ackedRun, codesOf, readAnswers, sendRuns, textEvent, type BatchInit } from './runs.js';
import { startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, eventsOf, expectSilence, join, publish, readError, readEvents } from './wire.js';

const everything = { tenant: 'acme', publish: ['*', '@*'], subscribe: ['*'], roles: ['service'] };
const smallLimits = { ARQON_SPINE_LIMITS_EVENTS_PER_SECOND: '50', ARQON_SPINE_LIMITS_MAX_ENVELOPE_BYTES: '10000' };

describe('a run', () => {
  let spine: RunningSpine;
  let writer: RawWireClient;
  let reader: RawWireClient;
  beforeAll(async () => {
    spine = await startSpineProcess(smallLimits);
    writer = await spine.connect({ ...everything, sub: 'writer' });
    reader = await spine.connect({ ...everything, sub: 'reader' });
  });
  afterAll(async () => { await spine.stop(); });

  it('is acknowledged with its number, place, epoch and durability (D10)', async () => {
    const joined = await join(reader, 'acks');
    const epoch = joined.case === 'joined' ? joined.value.positions[0]?.epoch : undefined;
    const [first] = await sendRuns(writer, [ackedRun({ room: 'acks' }, 2n ** 63n + 1n, 1n, ['a', 'b'])]);
    expect(first).toMatchObject({ producer: 2n ** 63n + 1n, run: 1n, sequence: 1n, count: 2, durability: 1, duplicate: false, epoch });
    const [second] = await sendRuns(writer, [ackedRun({ room: 'acks' }, 2n ** 63n + 1n, 2n, ['c'])]);
    expect(second).toMatchObject({ run: 2n, sequence: 3n, count: 1 });
    expect((await readEvents(reader, 3)).map((event) => event.text)).toEqual(['a', 'b', 'c']);
  });

  it('names room, channel or recipient in its acknowledgement and its refusal', async () => {
    await writer.sendFrame({ batches: [ackedRun({ room: 'names', channel: 'x' }, 3n, 1n, ['a']), ackedRun({ recipient: 'nobody' }, 3n, 1n, ['b']), ackedRun({ room: 'names', channel: 'y' }, 3n, 9n, ['c'])] });
    const frame = await writer.next((candidate) => candidate.batches.some((batch) => batch.envelopes.length > 0));
    expect(frame.batches).toMatchObject([{ room: 'names', channel: 'x', recipient: '' }, { room: '', recipient: 'nobody' }, { room: 'names', channel: 'y' }]);
  });

  it('is taken once: a retry neither doubles nor overtakes, a jump is refused and consumes nothing (C13)', async () => {
    await join(reader, 'retry');
    const run = (number: bigint): BatchInit => ackedRun({ room: 'retry' }, 5n, number, [String(number)]);
    expect(codesOf(await sendRuns(writer, [run(1n), run(2n)]))).toEqual(['ok', 'ok']);
    const [again] = await sendRuns(writer, [run(1n)]);
    expect(again).toMatchObject({ duplicate: true, sequence: 1n, count: 1, run: 1n });
    const [jump] = await sendRuns(writer, [run(4n)]);
    expect(jump).toMatchObject({ code: 'RUN_OUT_OF_ORDER', run: 4n, field: 'batches.run' });
    expect(await sendRuns(writer, [run(3n), run(3n), run(2n), run(4n)])).toMatchObject([{ duplicate: false, sequence: 3n }, { duplicate: true, sequence: 3n }, { duplicate: true, sequence: 2n }, { duplicate: false, sequence: 4n }]);
    expect((await readEvents(reader, 4)).map((event) => event.text)).toEqual(['1', '2', '3', '4']);
    expect(await expectSilence(reader)).toEqual([]);
  });

  it('of an unknown producer is refused unless it is the first', async () => {
    expect(codesOf(await sendRuns(writer, [ackedRun({ room: 'unknown' }, 6n, 2n, ['a'])]))).toEqual(['PRODUCER_UNKNOWN']);
    expect(codesOf(await sendRuns(reader, [ackedRun({ room: 'retry' }, 5n, 5n, ['another client'])]))).toEqual(['PRODUCER_UNKNOWN']);
  });

  it('keeps its number when it is refused for its size, and can be sent again (C13)', async () => {
    const run = (number: bigint, texts: string[]): BatchInit => ackedRun({ room: 'sizes' }, 7n, number, texts);
    expect(codesOf(await sendRuns(writer, [run(1n, ['x'.repeat(10_001)])]))).toEqual(['ENVELOPE_TOO_LARGE']);
    expect(codesOf(await sendRuns(writer, [run(1n, Array.from({ length: 1_025 }, () => 'x'))]))).toEqual(['TOO_MANY_EVENTS']);
    const [taken] = await sendRuns(writer, [run(1n, Array.from({ length: 1_024 }, () => 'x'))]);
    expect(taken).toMatchObject({ run: 1n, sequence: 1n, count: 1_024 });
  });

  it('names the envelope that is too large', async () => {
    await writer.sendFrame({ batches: [{ room: 'sizes', envelopes: [textEvent('a'), textEvent('x'.repeat(10_001))] }] });
    expect(await readError(writer)).toMatchObject({ code: 'ENVELOPE_TOO_LARGE', index: 1 });
  });

  it('beyond 64 unacknowledged ones in a frame is refused', async () => {
    const runs = Array.from({ length: 66 }, (_, index) => ackedRun({ room: 'many' }, 8n, BigInt(index + 1), ['x']));
    const codes = codesOf(await sendRuns(writer, runs));
    expect(codes.slice(0, 64).every((code) => code === 'ok')).toBe(true);
    expect(codes[64]).toBe('TOO_MANY_UNACKNOWLEDGED');
    expect(codes[65]).toBe('RUN_OUT_OF_ORDER');
    expect(codesOf(await sendRuns(writer, runs.slice(64)))).toEqual(['ok', 'ok']);
  });

  it('beyond the rate of the role client is refused with the time to wait, and its number kept (F16)', async () => {
    const client = await spine.connect({ ...everything, sub: 'fast', roles: ['client'] });
    const texts = Array.from({ length: 80 }, () => 'x');
    const answers = await sendRuns(client, [ackedRun({ room: 'rate' }, 9n, 1n, texts), ackedRun({ room: 'rate' }, 9n, 2n, texts)]);
    expect(answers).toMatchObject([{ sequence: 1n }, { code: 'RATE_LIMITED', run: 2n }]);
    const wait = answers[1]?.$typeName === 'arqon.v1.Error' ? answers[1].retryAfterMs : 0;
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(1_300);
    await expect.poll(async () => codesOf(await sendRuns(client, [ackedRun({ room: 'rate' }, 9n, 2n, texts)])), { timeout: 15_000, interval: 100 }).toEqual(['ok']);
    await client.close();
  });

  it('is numbered over everything that its topic got, acknowledged or not', async () => {
    await publish(writer, { room: 'mixed', payloads: ['a', 'b'] });
    const [answer] = await sendRuns(writer, [ackedRun({ room: 'mixed' }, 10n, 1n, ['c'])]);
    expect(answer).toMatchObject({ sequence: 3n });
  });

  it('stands when another of its frame is refused', async () => {
    await join(reader, 'good');
    await join(reader, 'fine');
    await writer.sendFrame({ batches: [
      { room: 'good', envelopes: [textEvent('1')] }, { room: 'BAD NAME', envelopes: [textEvent('2')] },
      { room: 'good', recipient: 'both', envelopes: [textEvent('3')] }, { room: 'good', ack: true, envelopes: [textEvent('no producer')] },
      { room: 'fine', envelopes: [textEvent('4')] },
    ] });
    expect(codesOf(await readAnswers(writer, 3))).toEqual(['INVALID_NAME', 'INVALID_ARGUMENT', 'INVALID_ARGUMENT']);
    expect((await readEvents(reader, 2)).map((event) => event.text)).toEqual(['1', '4']);
  });

  it('reaches its own publisher too when that joined, with its session in the stamp', async () => {
    await join(writer, 'own');
    await publish(writer, { room: 'own', payloads: ['me'] });
    expect((await readEvents(writer, 1))[0]).toMatchObject({ text: 'me', sender: 'writer', sequence: 1n });
  });

  describe('that depends on positions', () => {
    it('carries them in its stamp, and is refused when one is above the head of its channel', async () => {
      await join(reader, 'causal', 'b');
      const [head] = await sendRuns(writer, [ackedRun({ room: 'causal', channel: 'a' }, 11n, 1n, ['a', 'b'])]);
      const epoch = head?.$typeName === 'arqon.v1.Published' ? head.epoch : 0n;
      const after = (sequence: bigint, other = epoch): BatchInit => ({ ...ackedRun({ room: 'causal', channel: 'b' }, 12n, 1n, ['late']), after: [{ channel: 'a', epoch: other, sequence }] });
      expect(codesOf(await sendRuns(writer, [after(3n)]))).toEqual(['FUTURE_DEPENDENCY']);
      expect(codesOf(await sendRuns(writer, [after(2n)]))).toEqual(['ok']);
      const frame = await reader.next((candidate) => eventsOf(candidate).length > 0);
      expect(frame.batches[0]?.stamp?.after).toMatchObject([{ channel: 'a', epoch, sequence: 2n }]);
      expect(codesOf(await sendRuns(writer, [{ ...after(99n, epoch - 1n), run: 2n }]))).toEqual(['ok']);
    });

    it('is refused with more than 64 of them', async () => {
      const after = Array.from({ length: 65 }, (_, index) => ({ channel: `c${String(index)}`, epoch: 1n, sequence: 0n }));
      expect(codesOf(await sendRuns(writer, [{ ...ackedRun({ room: 'causal' }, 13n, 1n, ['x']), after }]))).toEqual(['LIMIT']);
    });
  });

  it('is expected in order within a topic alone', async () => {
    const answers = await sendRuns(writer, [ackedRun({ room: 'p1' }, 14n, 1n, ['x']), ackedRun({ room: 'p2' }, 14n, 1n, ['x']), ackedRun({ room: 'p1' }, 14n, 2n, ['x'])]);
    expect(codesOf(answers)).toEqual(['ok', 'ok', 'ok']);
    await command(writer, { case: 'ping', value: {} });
  });
});
