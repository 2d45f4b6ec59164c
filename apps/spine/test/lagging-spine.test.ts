import { createTestIssuer, type RawWireClient, type TestIssuer } from '@arqonbus/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStore, type TestStore } from './durable-stores.js';
import { HeldSubscriptions } from './held-subscriptions.js';
import { LinkClient } from './link-client.js';
import { signalsOf } from './runs.js';
import { bodiesOf, isWelcome, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, commandFrame, eventsOf, expectSilence, join, publish, readEvents, type SeenEvent } from './wire.js';

const everything = { tenant: 'acme', publish: ['*', '@*'], subscribe: ['*'], roles: ['service', 'operator', 'admin'] };
const upTo = (last: number): string[] => Array.from({ length: last }, (_, n) => String(n + 1));
const textsOf = (events: readonly SeenEvent[]): string[] => events.map(({ text }) => text);

describe('a Spine that is behind another', () => {
  let store: TestStore;
  let issuer: TestIssuer;
  let held: HeldSubscriptions;
  let ahead: RunningSpine;
  let behind: RunningSpine;
  let writer: RawWireClient;
  let rooms = 0;
  let room = '';
  let last: SeenEvent;
  beforeAll(async () => {
    [store, issuer] = await Promise.all([startStore('redis'), createTestIssuer()]);
    held = await HeldSubscriptions.before(store.settings['ARQON_SPINE_HISTORY_REDIS_URLS'] ?? '');
    const settings = { ...store.settings, ARQON_SPINE_HISTORY_SPINES: 'many' };
    [ahead, behind] = await Promise.all([
      startSpineProcess({ ...settings, ARQON_SPINE_NODE_ID: 'ahead' }, issuer),
      startSpineProcess({ ...settings, ARQON_SPINE_NODE_ID: 'behind', ARQON_SPINE_HISTORY_REDIS_URLS: held.url }, issuer),
    ]);
    writer = await ahead.connect({ ...everything, sub: 'writer' });
  });
  afterAll(async () => {
    for (const spine of [ahead, behind]) await spine.process.stop('SIGKILL');
    await held.stop();
    await store.stop();
    await issuer.close();
  });

  /** Ten events that both Spines have, then twenty that only one has. */
  beforeEach(async () => {
    held.release();
    rooms += 1;
    room = `lag-${String(rooms)}`;
    const [here, there] = [await ahead.connect({ ...everything, sub: 'here' }), await behind.connect({ ...everything, sub: 'there' })];
    await Promise.all([join(here, room), join(there, room)]);
    for (const text of upTo(10)) await publish(writer, { room, payloads: [text] });
    await Promise.all([readEvents(here, 10), readEvents(there, 10)]);
    held.hold();
    for (const text of upTo(30).slice(10)) await publish(writer, { room, payloads: [text] });
    [last] = (await readEvents(here, 20)).slice(-1);
  });

  it('does not take the position of a client that comes from there for one of another epoch (D8)', async () => {
    const client = await behind.connect({ ...everything, sub: 'mover' });
    const joined = await command(client, { case: 'join', value: { room, resume: [{ channel: '', epoch: last.epoch, sequence: last.sequence }] } });
    expect(joined).toMatchObject({ case: 'joined', value: { recovered: true, reason: '', positions: [{ epoch: last.epoch, sequence: last.sequence }] } });
    await publish(writer, { room, payloads: ['31'] });
    expect(textsOf(await readEvents(client, 1))).toEqual(['31']);
    expect(await expectSilence(client)).toEqual([]);
  });

  it('tells a position that the store does not hold from one that has yet to come', async () => {
    const client = await behind.connect({ ...everything, sub: 'mover' });
    const joined = await command(client, { case: 'join', value: { room, resume: [{ channel: '', epoch: last.epoch, sequence: last.sequence + 1n }] } });
    expect(joined).toMatchObject({ case: 'joined', value: { recovered: false, reason: 'EPOCH_CHANGED' } });
  });

  it('gives the sessions of a Shield that comes from there nothing twice, and tells them of no gap', async () => {
    const link = await resumeOverLink(last.sequence);
    // The inbox is followed too.
    for (let name = ''; name !== room;) name = (await link.message('describeTopic')).value.roomName;
    await publish(writer, { room, payloads: ['31'] });
    expect(textsOf(eventsOf((await link.delivery()).frame))).toEqual(['31']);
    expect(link.heard.pending.filter((heard) => heard.kind === 'session' && signalsOf(heard.frame).some((signal) => signal.case === 'gap'))).toEqual([]);
    link.close();
  });

  it('tells the sessions of a Shield by gap that the topic ends before where they were', async () => {
    const link = await resumeOverLink(last.sequence + 5n);
    const told = await link.sessionFrame(1, (frame) => signalsOf(frame).some((signal) => signal.case === 'gap'));
    expect(signalsOf(told.frame)[0]).toMatchObject({ value: { reason: 'EPOCH_CHANGED', after: { sequence: last.sequence + 5n }, resumesAt: { epoch: last.epoch, sequence: last.sequence } } });
    link.close();
  });

  it('gives the history that the client saw there', async () => {
    const client = await behind.connect({ ...everything, sub: 'reader' });
    const window = { room, epoch: last.epoch, fromSequence: 1n, toSequence: last.sequence, limit: 100 };
    expect(textsOf(eventsOf(await commandFrame(client, { case: 'historyGet', value: window })))).toEqual(upTo(30));
    held.release();
  });

  it('replays a window that the client saw there', async () => {
    const client = await behind.connect({ ...everything, sub: 'replayer' });
    const window = { room, epoch: last.epoch, fromSequence: 1n, toSequence: last.sequence, limit: 0 };
    await client.sendFrame({ batches: [{ envelopes: [{ id: new Uint8Array(16).fill(0x77), body: { case: 'command', value: { body: { case: 'historyReplay', value: window } } } }] }] });
    expect(textsOf(await readEvents(client, 30))).toEqual(upTo(30));
  });

  async function resumeOverLink(sequence: bigint): Promise<LinkClient> {
    const link = await LinkClient.connect(behind.linkUrl, behind.linkKey);
    await link.greet();
    const token = await issuer.token({ ...everything, sub: 'linked' });
    link.say({ body: { case: 'openSession', value: { session: 1n, reopened: true, token } } });
    await link.sessionFrame(1, isWelcome);
    link.say({ body: { case: 'resumeTopic', value: { tenant: 'acme', room, positions: [{ channel: '', epoch: last.epoch, sequence }], sessions: [1n] } } });
    link.say({ body: { case: 'resumeDone', value: {} } });
    return link;
  }
});

describe('a topic whose log is not open yet', () => {
  let store: TestStore;
  let spine: RunningSpine;
  beforeAll(async () => {
    store = await startStore('redis');
    spine = await startSpineProcess({ ...store.settings, ARQON_SPINE_DRAIN_TIMEOUT_MS: '100' });
  });
  afterAll(async () => {
    await spine.stop();
    await store.stop();
  });

  it('is described to a Shield without an epoch, which one that never was would be, and again once it is open', async () => {
    await store.kill?.();
    const link = await LinkClient.connect(spine.linkUrl, spine.linkKey);
    await link.greet();
    link.say({ body: { case: 'openSession', value: { session: 1n, reopened: false, token: await spine.issuer.token({ ...everything, sub: 'boxed' }) } } });
    const before = (await link.message('describeTopic')).value;
    expect(before).toMatchObject({ recipient: 'boxed', epoch: 0n, sequence: 0n });
    await store.restart?.();
    const after = (await link.message('describeTopic', 30_000)).value;
    expect(after).toMatchObject({ recipient: 'boxed', topic: before.topic });
    expect(after.epoch).toBeGreaterThan(0n);
    // A Shield whose link broke meanwhile says what it was told: the session follows the topic from its beginning, without a gap.
    const client = await spine.connect({ ...everything, sub: 'sender' });
    await publish(client, { recipient: 'boxed', payloads: ['hi'] });
    expect(textsOf(eventsOf((await link.delivery()).frame))).toEqual(['hi']);
    link.close();
    const next = await LinkClient.connect(spine.linkUrl, spine.linkKey);
    await next.greet();
    next.say({ body: { case: 'openSession', value: { session: 1n, reopened: true, token: await spine.issuer.token({ ...everything, sub: 'boxed' }) } } });
    next.say({ body: { case: 'resumeTopic', value: { tenant: 'acme', recipient: 'boxed', positions: [{ channel: '', epoch: before.epoch, sequence: before.sequence }], sessions: [1n] } } });
    const page = await next.sessionFrame(1, (frame) => eventsOf(frame).length > 0);
    expect([textsOf(eventsOf(page.frame)), signalsOf(page.frame)]).toEqual([['hi'], []]);
    next.close();
  });
});

describe('a join that is refused', () => {
  let spine: RunningSpine;
  beforeAll(async () => { spine = await startSpineProcess({ ARQON_SPINE_DRAIN_TIMEOUT_MS: '100' }); });
  afterAll(async () => { await spine.stop(); });

  it('leaves nothing behind that a later one would complete', async () => {
    const client = await spine.connect({ ...everything, sub: 'hasty' });
    const beyond = command(client, { case: 'join', value: { room: 'one', resume: [{ channel: '', epoch: 1n, sequence: 2n ** 60n }] } });
    await expect(beyond).rejects.toThrow('INVALID_ARGUMENT');
    await join(client, 'two');
    await publish(client, { room: 'one', payloads: ['unwanted'] });
    expect(await expectSilence(client)).toEqual([]);
    expect(client.frames.pending.flatMap(bodiesOf).filter((body) => body.case === 'reply')).toEqual([]);
  });
});
