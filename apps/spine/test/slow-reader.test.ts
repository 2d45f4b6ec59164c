import { waitFor, within } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { bodiesOf, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, eventsOf, publish, type SeenEvent } from './wire.js';

const everything = { tenant: 'acme', publish: ['*'], subscribe: ['*'], roles: ['service'] };

describe('a reader that does not read', () => {
  const startWith = (catchUpMs: number): Promise<RunningSpine> =>
    startSpineProcess({ ARQON_SPINE_LIMITS_MAX_SESSION_BUFFER_BYTES: '262144', ARQON_SPINE_LIMITS_CATCH_UP_MS: String(catchUpMs) });

  it('is told by gap, catches up from history in order without loss or duplicate, and slows nobody', async () => {
    const spine = await startWith(60_000);
    const rooms = ['one', 'two', 'three'];
    const writer = await spine.connect({ ...everything, sub: 'writer' });
    const slow = await spine.connect({ ...everything, sub: 'slow' });
    const fast = await spine.connect({ ...everything, sub: 'fast' });
    for (const room of rooms) {
      await command(slow, { case: 'join', value: { room, channel: '' } });
      await command(fast, { case: 'join', value: { room, channel: '' } });
    }
    slow.pause();
    const filler = 'x'.repeat(4_000);
    const total = 3_000;
    for (let n = 0; n < total; n += 1) await publish(writer, { room: rooms[n % 3] ?? 'one', payloads: [`${String(n)} ${filler}`] });
    await collect(fast, total);
    slow.resume();
    const { events, gaps } = await within(collect(slow, total), 40_000, 'the slow reader has everything');
    for (const room of rooms) {
      const sequences = events.filter((event) => event.room === room).map((event) => event.sequence);
      expect(sequences).toEqual(Array.from({ length: total / 3 }, (_, i) => BigInt(i + 1)));
    }
    expect(gaps).toBeGreaterThan(0);
    expect(events.some((event) => event.replayed)).toBe(true);
    // The last page may be here before the Spine has heard that it left: what is published until then comes as a page too.
    const live = await waitFor(async () => {
      await publish(writer, { room: 'one', payloads: ['live again'] });
      const frame = await slow.next((candidate) => eventsOf(candidate).some((event) => event.text === 'live again'));
      return eventsOf(frame)[0]?.replayed === false ? frame : undefined;
    }, { what: 'an event that is not replayed' });
    expect(eventsOf(live)[0]?.replayed).toBe(false);
    await Promise.all([writer.close(), slow.close(), fast.close()]);
    await spine.stop();
  }, 90_000);

  it('is closed with 4008 when it does not catch up in time', async () => {
    const spine = await startWith(2_000);
    const writer = await spine.connect({ ...everything, sub: 'writer' });
    const before = 1;
    const stuck = await spine.connect({ ...everything, sub: 'stuck' });
    await command(stuck, { case: 'join', value: { room: 'stuck', channel: '' } });
    stuck.pause();
    const filler = 'x'.repeat(60_000);
    for (let n = 0; n < 400; n += 1) await publish(writer, { room: 'stuck', payloads: [filler] });
    await expect.poll(async () => (await (await fetch(`${spine.adminUrl}/status`)).json() as { sessions: number }).sessions, { timeout: 20_000 }).toBe(before);
    stuck.resume();
    // The engine cannot add a close frame to a full buffer: such a session sees the connection cut.
    expect([4008, 1006]).toContain((await stuck.closed).code);
    await writer.close();
    await spine.stop();
  });
});

async function collect(client: Awaited<ReturnType<RunningSpine['connect']>>, count: number): Promise<{ events: SeenEvent[]; gaps: number }> {
  const events: SeenEvent[] = [];
  let gaps = 0;
  while (events.length < count) {
    const frame = await client.next(undefined, 15_000);
    events.push(...eventsOf(frame));
    gaps += bodiesOf(frame).filter((body) => body.case === 'signal' && body.value.body.case === 'gap').length;
  }
  return { events, gaps };
}
