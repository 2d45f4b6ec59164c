import type { RawWireClient, TestTokenOptions } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LinkClient, type Heard } from './link-client.js';
import { textEvent } from './runs.js';
import { bodiesOf, isWelcome, newId, startSpineProcess, type RunningSpine } from './spine-process.js';
import { eventsOf, publish } from './wire.js';

const rights = { publish: ['*', '@*'], subscribe: ['*'] };

describe('the link door', () => {
  let spine: RunningSpine;
  let writer: RawWireClient;
  beforeAll(async () => {
    spine = await startSpineProcess();
    writer = await spine.connect({ ...rights, sub: 'writer', roles: ['service', 'operator'] });
  });
  afterAll(async () => { await spine.stop(); });

  async function openLink(): Promise<LinkClient> {
    const link = await LinkClient.connect(spine.linkUrl, spine.linkKey);
    await link.greet();
    return link;
  }
  async function openSession(link: LinkClient, session: number, token: TestTokenOptions = {}): Promise<void> {
    link.say({ body: { case: 'openSession', value: { session: BigInt(session), token: await spine.issuer.token({ ...rights, sub: `s${String(session)}`, ...token }) } } });
    await link.sessionFrame(session, isWelcome);
  }
  /** Joins and gives the number of the topic that the Spine subscribed the session to, or of the room. */
  async function joinBy(link: LinkClient, session: number, room: string, channel?: string): Promise<number> {
    link.inbound(session, { batches: [{ envelopes: [{ id: newId(), body: { case: 'command', value: { body: { case: 'join', value: channel === undefined ? { room, allChannels: true } : { room, channel } } } } }] }] });
    await link.sessionFrame(session, (frame) => bodiesOf(frame).some((body) => body.case === 'reply'));
    const subscribed = await link.message('subscribe');
    expect(subscribed.value.session).toBe(BigInt(session));
    return subscribed.value.topic === 0 ? subscribed.value.room : subscribed.value.topic;
  }
  async function ping(link: LinkClient, session: number): Promise<void> {
    link.inbound(session, { batches: [{ envelopes: [{ id: newId(), body: { case: 'command', value: { body: { case: 'ping', value: {} } } } }] }] });
    await link.sessionFrame(session, (frame) => bodiesOf(frame).some((body) => body.case === 'reply' && body.value.body.case === 'pong'));
  }
  const deliveries = (link: LinkClient): object[] => link.heard.pending.filter((heard) => heard.kind === 'topic' && heard.frame.batches.some((batch) => batch.envelopes.length > 0));

  it('opens to the link key alone, and to its own subprotocol', async () => {
    await expect(LinkClient.connect(spine.linkUrl, 'x'.repeat(48))).rejects.toThrow('401');
    await expect(LinkClient.connect(spine.linkUrl, '')).rejects.toThrow('401');
    await expect(LinkClient.connect(spine.linkUrl, await spine.issuer.token())).rejects.toThrow('401');
    await expect(LinkClient.connect(spine.linkUrl, spine.linkKey, 'arqon.v1')).rejects.toThrow('400');
  });

  it('answers hello with its name, version and limits, and closes for another protocol or bytes that are none', async () => {
    const link = await LinkClient.connect(spine.linkUrl, spine.linkKey);
    expect(await link.greet()).toMatchObject({ protocol: 1, spineId: 'spine-1', heartbeatMs: 25_000, maxFrameBytes: 983_040 });
    link.sendBytes(Uint8Array.of(0xff, 0xff));
    expect(await link.closed).toBe(4400);
    const other = await LinkClient.connect(spine.linkUrl, spine.linkKey);
    other.say({ body: { case: 'hello', value: { protocol: 2, shieldId: 'x' } } });
    expect(await other.closed).toBe(4403);
  });

  it('carries sessions of several tenants and keeps them apart', async () => {
    const link = await openLink();
    await openSession(link, 1, { tenant: 'acme' });
    await openSession(link, 2, { tenant: 'beta' });
    const topics = [await joinBy(link, 1, 'plans', 'a'), await joinBy(link, 2, 'plans', 'a')];
    expect(topics[0]).not.toBe(topics[1]);
    const described = [await link.message('describeTopic'), await link.message('describeTopic')].map((body) => [body.value.tenant, body.value.roomName, body.value.topic]);
    expect(described).toEqual([['acme', 'plans', topics[0]], ['beta', 'plans', topics[1]]]);
    await publish(writer, { room: 'plans', channel: 'a', payloads: ['for acme'] });
    expect(await link.delivery()).toMatchObject({ topic: topics[0], last: 1, prev: 0 });
    await ping(link, 2);
    expect(deliveries(link)).toEqual([]);
    link.close();
  });

  it('learns of the answer to a join and of the subscription in one message, however long they are', async () => {
    const channels = Array.from({ length: 1_000 }, (_, index) => `${'c'.repeat(56)}-${String(index)}`);
    for (let first = 0; first < channels.length; first += 50) {
      await writer.sendFrame({ batches: channels.slice(first, first + 50).map((channel) => ({
        room: 'wide', channel, envelopes: [{ id: newId(), body: { case: 'event' as const, value: { type: 'text/plain', payload: Uint8Array.of(0x61) } } }],
      })) });
    }
    const link = await openLink();
    await openSession(link, 1);
    // Twice: the second answer is not held up by the descriptions of the topics.
    for (const session of [1, 2]) {
      if (session > 1) await openSession(link, session);
      await joinBy(link, session, 'wide');
      const holding = (matches: (heard: Heard) => boolean): number => link.messages.findLastIndex((message) => message.some(matches));
      const answered = holding((heard) => heard.kind === 'session' && heard.session === session && bodiesOf(heard.frame).some((body) => body.case === 'reply'));
      const subscribed = holding((heard) => heard.kind === 'message' && heard.body.case === 'subscribe' && heard.body.value.session === BigInt(session));
      expect(answered).toBeGreaterThan(0);
      expect(subscribed).toBe(answered);
      const [reply] = link.messages[answered].flatMap((heard) => (heard.kind === 'session' ? bodiesOf(heard.frame) : []));
      expect(reply).toMatchObject({ case: 'reply', value: { body: { case: 'joined' } } });
    }
    link.close();
  });

  it('gets one delivery for each publish, however many sessions follow it and however they overlap (A7)', async () => {
    const link = await openLink();
    for (const session of [1, 2, 3]) await openSession(link, session);
    const topic = await joinBy(link, 1, 'shared', 'a');
    await joinBy(link, 2, 'shared', 'a');
    await publish(writer, { room: 'shared', channel: 'a', payloads: ['one'] });
    expect(await link.delivery()).toMatchObject({ topic, last: 1, prev: 0 });
    const room = await joinBy(link, 3, 'shared');
    await publish(writer, { room: 'shared', channel: 'a', payloads: ['two'] });
    expect(await link.delivery()).toMatchObject({ topic, room, last: 2, prev: 1 });
    await publish(writer, { room: 'shared', channel: 'new', payloads: ['three'] });
    expect(await link.delivery()).toMatchObject({ room, last: 1 });
    await ping(link, 1);
    expect(deliveries(link)).toEqual([]);
    link.say({ body: { case: 'closeSession', value: { session: 3n } } });
    await publish(writer, { room: 'shared', channel: 'a', payloads: ['four'] });
    expect(await link.delivery()).toMatchObject({ topic, last: 3 });
    link.say({ body: { case: 'closeSession', value: { session: 1n } } }, { body: { case: 'closeSession', value: { session: 2n } } });
    await openSession(link, 4);
    await publish(writer, { room: 'shared', channel: 'a', payloads: ['nobody'] });
    await ping(link, 4);
    expect(deliveries(link)).toEqual([]);
    link.close();
  });

  it('verifies tokens again: a bad one is kicked with 4401, and nothing of its session is processed (F2)', async () => {
    const link = await openLink();
    link.say({ body: { case: 'openSession', value: { session: 9n, token: 'invented' } } });
    link.inbound(9, { batches: [{ room: 'plans', envelopes: [textEvent('invented')] }] });
    expect((await link.message('kickSession')).value).toMatchObject({ session: 9n, code: 4401 });
    const token = await spine.issuer.token({ ...rights, ttlSeconds: -60 });
    link.say({ body: { case: 'openSession', value: { session: 10n, token } } });
    expect((await link.message('kickSession')).value).toMatchObject({ session: 10n, code: 4401 });
    link.close();
  });

  it('keeps the order of frames that come before the session is open', async () => {
    const link = await openLink();
    const token = await spine.issuer.token({ ...rights, sub: 'early' });
    link.say({ body: { case: 'openSession', value: { session: 5n, token } } });
    link.inbound(5, { batches: [{ envelopes: [{ id: newId(), body: { case: 'command', value: { body: { case: 'join', value: { room: 'early' } } } } }] }] });
    for (const text of ['1', '2', '3']) link.inbound(5, { batches: [{ room: 'early', envelopes: [textEvent(text)] }] });
    const events = [];
    while (events.length < 3) events.push(...eventsOf((await link.delivery()).frame));
    expect(events).toMatchObject([{ text: '1', sequence: 1n, sender: 'early' }, { text: '2' }, { text: '3', sequence: 3n }]);
    link.close();
  });

  it('kicks what its session did wrong, told why, and not the link', async () => {
    const link = await openLink();
    await openSession(link, 1);
    await openSession(link, 2);
    const token = await spine.issuer.token({ ...rights, sub: 'somebody-else' });
    link.inbound(1, { batches: [{ envelopes: [{ id: newId(), body: { case: 'command', value: { body: { case: 'refreshToken', value: { token } } } } }] }] });
    const refusal = await link.sessionFrame(1, (frame) => bodiesOf(frame).some((body) => body.case === 'error'));
    expect(bodiesOf(refusal.frame)[0]).toMatchObject({ value: { code: 'TOKEN_MISMATCH' } });
    expect((await link.message('kickSession')).value).toMatchObject({ session: 1n, code: 4401 });
    await ping(link, 2);
    const renewed = await spine.issuer.token({ ...rights, sub: 's2' });
    link.inbound(2, { batches: [{ envelopes: [{ id: newId(), body: { case: 'command', value: { body: { case: 'refreshToken', value: { token: renewed } } } } }] }] });
    expect((await link.message('claimsChanged')).value).toMatchObject({ session: 2n, token: renewed });
    link.close();
  });

  it('tells of a topic that is deleted: forgotten when nobody follows it, described anew when somebody does', async () => {
    const link = await openLink();
    await openSession(link, 1);
    const topic = await joinBy(link, 1, 'epochs', '');
    const before = (await link.message('describeTopic')).value;
    await publish(writer, { room: 'epochs', payloads: ['x'] });
    await link.delivery();
    await writer.sendFrame({ batches: [{ envelopes: [{ id: newId(), body: { case: 'command', value: { body: { case: 'deleteChannel', value: { room: 'epochs' } } } } }] }] });
    const after = (await link.message('describeTopic')).value;
    expect(after).toMatchObject({ topic, sequence: 0n });
    expect(after.epoch).toBeGreaterThan(before.epoch);
    link.close();
  });

  it('ends the sessions of a link that is lost', async () => {
    const sessions = async (): Promise<number> => (await (await fetch(`${spine.adminUrl}/status`)).json() as { sessions: number }).sessions;
    const link = await openLink();
    await openSession(link, 1);
    await joinBy(link, 1, 'lost', '');
    await expect.poll(sessions, { timeout: 15_000 }).toBe(2);
    link.close();
    await expect.poll(sessions, { timeout: 15_000 }).toBe(1);
    await publish(writer, { room: 'lost', payloads: ['x'] });
  });
});
