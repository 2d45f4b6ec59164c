import type { Frame, Published } from '@arqonbus/proto';
import { waitFor, type RawWireClient } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { storeNames, useStore } from './durable-stores.js';
import { bodiesOf, type RunningSpine } from './spine-process.js';
import { command, eventsOf, join, publish, readError, readEvents, type SeenEvent } from './wire.js';

const everything = { tenant: 'acme', publish: ['*', '@*'], subscribe: ['*'], roles: ['service', 'operator', 'admin'] };

function publishedOf(frame: Frame): Published[] {
  return bodiesOf(frame).flatMap((body) => (body.case === 'signal' && body.value.body.case === 'published' ? [body.value.body.value] : []));
}

/** Publishes one acknowledged run and gives what was said of it. */
async function publishAcked(client: RawWireClient, room: string, run: number, payloads: readonly string[], producer = 7n): Promise<Published> {
  await publish(client, { room, ack: { producer, run: BigInt(run) }, payloads });
  const frame = await client.next((candidate) => publishedOf(candidate).some((one) => one.run === BigInt(run)), 20_000);
  const [published] = publishedOf(frame).filter((one) => one.run === BigInt(run));
  if (published === undefined) throw new Error('not acknowledged');
  return published;
}

async function readAll(client: RawWireClient, room: string): Promise<SeenEvent[]> {
  const seen: SeenEvent[] = [];
  const id = { room, limit: 1_000 };
  await client.sendFrame({ batches: [{ envelopes: [{ id: new Uint8Array(16).fill(9), body: { case: 'command', value: { body: { case: 'historyGet', value: id } } } }] }] });
  const frame = await client.next((candidate) => bodiesOf(candidate).some((body) => body.case === 'reply' || body.case === 'error'), 20_000);
  seen.push(...eventsOf(frame));
  return seen;
}

describe.each(storeNames)('a durable room on %s', (name) => {
  const fixture = useStore(name);
  const start = (settings?: Readonly<Record<string, string>>): Promise<RunningSpine> => fixture.start(settings);

  it('acknowledges with the durability of the store, delivers and keeps (D1, D15)', async () => {
    const spine = await start();
    const [writer, reader] = [await spine.connect({ ...everything, sub: 'w' }), await spine.connect({ ...everything, sub: 'r' })];
    await join(reader, 'plain');
    const published = await publishAcked(writer, 'plain', 1, ['a', 'b']);
    expect(published).toMatchObject({ count: 2, duplicate: false });
    expect([2, 3]).toContain(published.durability);
    const live = await readEvents(reader, 2);
    expect(live.map(({ text, replayed }) => [text, replayed])).toEqual([['a', false], ['b', false]]);
    expect(live.map(({ epoch, sequence }) => [epoch, sequence])).toEqual([[published.epoch, published.sequence], [published.epoch, published.sequence + 1n]]);
    expect((await readAll(reader, 'plain')).map(({ text }) => text)).toEqual(['a', 'b']);
  });

  it('keeps epoch, order and producers over kill -9 of the Spine, and lets a client resume (D12)', async () => {
    const first = await start();
    const writer = await first.connect({ ...everything, sub: 'w' });
    const before = await publishAcked(writer, 'kept', 1, ['1', '2']);
    await publishAcked(writer, 'kept', 2, ['3']);
    await first.process.stop('SIGKILL');
    const second = await start();
    const again = await second.connect({ ...everything, sub: 'w' });
    const resume = [{ channel: '', epoch: before.epoch, sequence: before.sequence }];
    const joined = await command(again, { case: 'join', value: { room: 'kept', resume } });
    expect(joined).toMatchObject({ case: 'joined', value: { recovered: true, reason: '' } });
    expect((await readEvents(again, 2)).map(({ text, replayed }) => [text, replayed])).toEqual([['2', true], ['3', true]]);
    const duplicate = await publishAcked(again, 'kept', 2, ['3']);
    expect(duplicate).toMatchObject({ duplicate: true, epoch: before.epoch });
    const next = await publishAcked(again, 'kept', 3, ['4']);
    expect(next.epoch).toBe(before.epoch);
    expect(next.sequence).toBeGreaterThan(before.sequence + 2n);
    expect((await readAll(again, 'kept')).map(({ text }) => text)).toEqual(['1', '2', '3', '4']);
    await publish(again, { room: 'kept', ack: { producer: 7n, run: 9n }, payloads: ['x'] });
    expect(await readError(again)).toMatchObject({ code: 'RUN_OUT_OF_ORDER' });
    await publish(again, { room: 'kept', ack: { producer: 8n, run: 5n }, payloads: ['x'] });
    expect(await readError(again)).toMatchObject({ code: 'PRODUCER_UNKNOWN' });
  });

  it('has no hole and no duplicate at the seam of history and live under load', async () => {
    const spine = await start({ ARQON_SPINE_HISTORY_MAX_BYTES: '67108864' });
    const writer = await spine.connect({ ...everything, sub: 'w' });
    const total = 3_000;
    let published = 0;
    const writing = (async () => {
      for (let from = 0; from < total; from += 10) {
        await publish(writer, { room: 'seam', payloads: Array.from({ length: 10 }, (_, n) => String(from + n)) });
        published = from + 10;
        await new Promise((resolve) => setImmediate(resolve));
      }
      await command(writer, { case: 'ping', value: {} });
    })();
    await waitFor(() => published > 500, { timeoutMs: 20_000 });
    const late = await spine.connect({ ...everything, sub: 'late' });
    const info = await command(late, { case: 'channelInfo', value: { room: 'seam' } });
    const epoch = info.case === 'channel' ? info.value.epoch : 0n;
    await command(late, { case: 'join', value: { room: 'seam', resume: [{ channel: '', epoch, sequence: 0n }] } });
    await writing;
    const seen = await readTo(late, String(total - 1));
    expect(seen).toEqual(Array.from({ length: total }, (_, n) => String(n)));
  });

  it('empties a channel with delete_channel: a new epoch above the old one', async () => {
    const spine = await start();
    const client = await spine.connect({ ...everything, sub: 'w' });
    const before = await publishAcked(client, 'emptied', 1, ['old']);
    await command(client, { case: 'deleteChannel', value: { room: 'emptied' } });
    const after = await waitFor(() => publishAcked(client, 'emptied', 1, ['new'], 77n));
    expect(after.epoch).toBeGreaterThan(before.epoch);
    expect((await readAll(client, 'emptied')).map(({ text }) => text)).toEqual(['new']);
  });

  it('keeps an inbox for a client that is away', async () => {
    const spine = await start();
    const writer = await spine.connect({ ...everything, sub: 'w' });
    await publish(writer, { recipient: 'away', payloads: ['hello'] });
    await command(writer, { case: 'ping', value: {} });
    await waitFor(async () => (await (await fetch(`${spine.adminUrl}/status`)).json() as { published_events: number }).published_events === 1);
    await spine.process.stop('SIGKILL');
    const second = await start();
    const away = await second.connect({ ...everything, sub: 'away' });
    const read = await readInbox(away);
    expect(read.map(({ text }) => text)).toEqual(['hello']);
  });
});

async function readInbox(client: RawWireClient): Promise<SeenEvent[]> {
  await client.sendFrame({
    batches: [{ envelopes: [{ id: new Uint8Array(16).fill(8), body: { case: 'command', value: { body: { case: 'historyGet', value: { recipient: 'away' } } } } }] }],
  });
  return eventsOf(await client.next((candidate) => bodiesOf(candidate).some((body) => body.case === 'reply' || body.case === 'error'), 10_000));
}

/** Texts of all events until the last one. */
async function readTo(client: RawWireClient, last: string): Promise<string[]> {
  const texts: string[] = [];
  while (texts.at(-1) !== last) {
    const frame = await client.next((candidate) => eventsOf(candidate).length > 0, 20_000);
    texts.push(...eventsOf(frame).map(({ text }) => text));
  }
  return texts;
}
