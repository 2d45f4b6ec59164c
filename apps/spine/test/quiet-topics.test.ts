import { waitFor, type RawWireClient } from '@arqonbus/testkit';
import type { Frame } from '@arqonbus/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, join, publish, readEvents } from './wire.js';

const everything = { tenant: 'acme', publish: ['*', '@*'], subscribe: ['*'] };

describe('a quiet topic', () => {
  let spine: RunningSpine;
  let writer: RawWireClient;
  beforeAll(async () => {
    spine = await startSpineProcess();
    writer = await spine.connect({ ...everything, sub: 'writer' });
  });
  afterAll(async () => { await spine.stop(); });

  const isHead = (room: string, channel: string) => (frame: Frame): boolean => frame.batches.some((batch) => batch.room === room && batch.channel === channel && batch.envelopes.length === 0 && batch.stamp !== undefined);

  it('tells its head after a second to those who follow it and to those who follow its room, once', async () => {
    const wide = await spine.connect({ ...everything, sub: 'wide' });
    const both = await spine.connect({ ...everything, sub: 'both' });
    const stranger = await spine.connect({ ...everything, sub: 'stranger' });
    await command(wide, { case: 'join', value: { room: 'quiet', allChannels: true } });
    await join(both, 'quiet', 'a');
    await command(both, { case: 'join', value: { room: 'quiet', allChannels: true } });
    const startedMs = Date.now();
    await publish(writer, { room: 'quiet', channel: 'a', payloads: ['1', '2', '3'] });
    for (const client of [wide, both]) {
      expect(await readEvents(client, 3)).toHaveLength(3);
      const frame = await client.next(isHead('quiet', 'a'));
      const stamp = frame.batches[0]?.stamp;
      expect(stamp).toMatchObject({ sequence: 3n, prev: 3n, sender: '', replayed: false });
      expect(stamp?.epoch).toBeGreaterThan(0n);
    }
    expect(Date.now() - startedMs).toBeGreaterThan(900);
    await command(both, { case: 'ping', value: {} });
    expect(both.frames.pending.filter(isHead('quiet', 'a'))).toEqual([]);
    expect(stranger.frames.pending).toEqual([]);
    await Promise.all([wide, both, stranger].map((client) => client.close()));
  });

  it('tells its head after a join too, so that a lost tail shows', async () => {
    const late = await spine.connect({ ...everything, sub: 'late' });
    await publish(writer, { room: 'tail', payloads: ['1'] });
    await join(late, 'tail');
    expect((await late.next(isHead('tail', ''))).batches[0]?.stamp).toMatchObject({ sequence: 1n });
    await late.close();
  });

  it('is stamped with the time of its next event, not of the empty frame before it', async () => {
    const client = await spine.connect({ ...everything, sub: 'timer' });
    await join(client, 'timed');
    await client.next(isHead('timed', ''));
    await client.sendBytes(new Uint8Array(0));
    const restUntilMs = Date.now() + 1_200;
    await waitFor(() => Date.now() >= restUntilMs, { what: 'time to pass' });
    await publish(client, { room: 'timed', payloads: ['x'] });
    const frame = await client.next((candidate) => candidate.batches.some((batch) => batch.envelopes.length > 0));
    expect(Number((frame.batches[0]?.stamp?.timeUs ?? 0n) / 1_000n)).toBeGreaterThanOrEqual(restUntilMs);
    await client.close();
  });

  it('that is an inbox tells its head to its client', async () => {
    const dora = await spine.connect({ ...everything, sub: 'dora' });
    await publish(writer, { recipient: 'dora', payloads: ['x'] });
    await readEvents(dora, 1);
    const head = await dora.next((frame) => frame.batches.some((batch) => batch.recipient === 'dora' && batch.envelopes.length === 0));
    expect(head.batches[0]?.stamp).toMatchObject({ sequence: 1n });
    await dora.close();
  });
});

describe('an idle topic', () => {
  it('expires, and comes back with a higher epoch', async () => {
    const spine = await startSpineProcess({ ARQON_SPINE_ROOMS_IDLE_MS: '1000' });
    const client = await spine.connect({ ...everything, sub: 'a' });
    await publish(client, { room: 'idle', payloads: ['x'] });
    const first = await command(client, { case: 'channelInfo', value: { room: 'idle', channel: '' } });
    await expect.poll(() => command(client, { case: 'channelInfo', value: { room: 'idle', channel: '' } }).then(() => 'there', () => 'gone'), { timeout: 60_000, interval: 500 }).toBe('gone');
    await publish(client, { room: 'idle', payloads: ['y'] });
    const second = await command(client, { case: 'channelInfo', value: { room: 'idle', channel: '' } });
    if (first.case !== 'channel' || second.case !== 'channel') throw new Error('not described');
    expect(second.value.epoch).toBeGreaterThan(first.value.epoch);
    expect(second.value).toMatchObject({ sequence: 1n, historyEvents: 1n });
    await client.close();
    await spine.stop();
  }, 90_000);
});
