import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, eventsOf, publish, readEvents } from './wire.js';

describe('join', () => {
  let spine: RunningSpine;
  beforeAll(async () => { spine = await startSpineProcess({ ARQON_SPINE_HISTORY_MAX_EVENTS_COUNT: '100' }); });
  afterAll(async () => { await spine.stop(); });
  const everything = { tenant: 'acme', publish: ['*'], subscribe: ['*'], roles: ['service'] };

  it('gives the head of an empty topic with its epoch', async () => {
    const client = await spine.connect({ ...everything, sub: 'a' });
    const reply = await command(client, { case: 'join', value: { room: 'empty', channel: 'x' } });
    if (reply.case !== 'joined') throw new Error('not joined');
    expect(reply.value.positions).toMatchObject([{ channel: 'x', sequence: 0n }]);
    expect(reply.value.positions[0]?.epoch).toBeGreaterThan(1_700_000_000_000_000n);
    expect(reply.value.recovered).toBe(false);
    await client.close();
  });

  it('resumes without gap and duplicate while others publish', async () => {
    const writer = await spine.connect({ ...everything, sub: 'writer' });
    const reader = await spine.connect({ ...everything, sub: 'reader' });
    const first = await command(reader, { case: 'join', value: { room: 'seam', channel: '' } });
    if (first.case !== 'joined') throw new Error('not joined');
    const position = first.value.positions[0];
    for (let n = 1; n <= 40; n += 1) await publish(writer, { room: 'seam', payloads: [String(n)] });
    const resuming = await spine.connect({ ...everything, sub: 'resuming' });
    const joining = command(resuming, { case: 'join', value: { room: 'seam', channel: '', resume: [position] } });
    for (let n = 41; n <= 80; n += 1) await publish(writer, { room: 'seam', payloads: [String(n)] });
    const reply = await joining;
    expect(reply).toMatchObject({ case: 'joined', value: { recovered: true, reason: '' } });
    const seen = await readEvents(resuming, 80);
    expect(seen.map((event) => event.text)).toEqual(Array.from({ length: 80 }, (_, i) => String(i + 1)));
    expect(seen.map((event) => event.sequence)).toEqual(Array.from({ length: 80 }, (_, i) => BigInt(i + 1)));
    await Promise.all([writer.close(), reader.close(), resuming.close()]);
  });

  it('says that history was trimmed, or that the epoch changed, instead of recovering', async () => {
    const writer = await spine.connect({ ...everything, sub: 'writer' });
    const joined = await command(writer, { case: 'join', value: { room: 'trimmed', channel: '' } });
    if (joined.case !== 'joined') throw new Error('not joined');
    const [position] = joined.value.positions;
    for (let n = 0; n < 30; n += 1) await publish(writer, { room: 'trimmed', payloads: Array.from({ length: 10 }, String) });
    await readEvents(writer, 300);
    const late = await spine.connect({ ...everything, sub: 'late' });
    const trimmed = await command(late, { case: 'join', value: { room: 'trimmed', channel: '', resume: [position] } });
    expect(trimmed).toMatchObject({ case: 'joined', value: { recovered: false, reason: 'HISTORY_TRIMMED', positions: [{ sequence: 300n }] } });
    const other = await command(late, { case: 'join', value: { room: 'trimmed', channel: '', resume: [{ channel: '', epoch: 5n, sequence: 3n }] } });
    expect(other).toMatchObject({ case: 'joined' });
    await Promise.all([writer.close(), late.close()]);
  });

  it('of a room covers present and future channels, and delivers once however joins overlap', async () => {
    const writer = await spine.connect({ ...everything, sub: 'writer' });
    const reader = await spine.connect({ ...everything, sub: 'reader' });
    await publish(writer, { room: 'wide', channel: 'one', payloads: ['before'] });
    await command(reader, { case: 'join', value: { room: 'wide', channel: 'one' } });
    const joined = await command(reader, { case: 'join', value: { room: 'wide', allChannels: true } });
    expect(joined).toMatchObject({ case: 'joined', value: { positions: [{ channel: 'one', sequence: 1n }] } });
    await publish(writer, { room: 'wide', channel: 'one', payloads: ['a'] });
    await publish(writer, { room: 'wide', channel: 'two', payloads: ['b'] });
    await publish(writer, { room: 'wide', channel: '', payloads: ['c'] });
    expect((await readEvents(reader, 3)).map((event) => `${event.channel}/${event.text}`).sort()).toEqual(['/c', 'one/a', 'two/b']);
    await command(reader, { case: 'leave', value: { room: 'wide', allChannels: true } });
    await publish(writer, { room: 'wide', channel: 'two', payloads: ['d'] });
    await publish(writer, { room: 'wide', channel: 'one', payloads: ['e'] });
    expect((await readEvents(reader, 1)).map((event) => event.text)).toEqual(['e']);
    await command(reader, { case: 'leave', value: { room: 'wide', channel: 'one' } });
    await publish(writer, { room: 'wide', channel: 'one', payloads: ['f'] });
    await command(reader, { case: 'ping', value: {} });
    expect(reader.frames.pending.flatMap(eventsOf)).toEqual([]);
    await Promise.all([writer.close(), reader.close()]);
  });

  it('tells the head of a topic once it is quiet', async () => {
    const writer = await spine.connect({ ...everything, sub: 'writer' });
    await command(writer, { case: 'join', value: { room: 'quiet', channel: '' } });
    await publish(writer, { room: 'quiet', payloads: ['x', 'y'] });
    const head = await writer.next((frame) => frame.batches.some((batch) => batch.room === 'quiet' && batch.envelopes.length === 0), 4_000);
    expect(head.batches[0]).toMatchObject({ stamp: { sequence: 2n } });
    await writer.close();
  });
});
