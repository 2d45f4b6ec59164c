import { WebSocket as NodeWebSocket } from 'ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Bus, type ConnectOptions } from '../src/node.js';
import { rejection, take, takeMessages, text } from './harness.js';
import { startRealServers, type RealServers } from './real-servers.js';

let servers: RealServers;
const open: Bus[] = [];

beforeAll(async () => {
  servers = await startRealServers();
});

afterAll(() => servers.stop());

afterEach(async () => {
  await Promise.all(open.splice(0).map((bus) => bus.close()));
});

async function connectAs(sub: string, options: Partial<ConnectOptions> & { tenant?: string; roles?: string[] } = {}): Promise<Bus> {
  const { tenant = 'acme', roles = ['client'], ...rest } = options;
  const bus = await connect({
    url: servers.shieldUrl, ca: servers.ca, getToken: () => servers.token({ sub, tenant, roles }), reconnect: { minDelayMs: 20, maxDelayMs: 500 }, ...rest,
  });
  open.push(bus);
  return bus;
}

describe('SDK with the real Shield and Spine', () => {
  it('passes messages between two clients of a tenant, and none to another tenant', async () => {
    const [alice, bob, eve] = await Promise.all([connectAs('alice'), connectAs('bob'), connectAs('eve', { tenant: 'other' })]);
    const [plans, spied] = await Promise.all([bob.join('plans:main'), eve.join('plans:main')]);
    const sent = Array.from({ length: 3_000 }, (_, index) => `event ${index}`);
    const results = await alice.publishMany('plans:main', sent.map(text));
    expect(await take(plans, sent.length)).toEqual(sent);
    expect(results.map((result) => result.sequence)).toEqual(sent.map((_, index) => BigInt(index + 1)));
    await eve.ping();
    expect(spied.queuedCount).toBe(0);
    const history: string[] = [];
    for await (const message of bob.history('plans:main')) history.push(message.text);
    expect(history).toEqual(sent);
  });

  it('requests, answers, and learns at once that nobody answers', async () => {
    const [asker, responder] = await Promise.all([connectAs('asker'), connectAs('responder')]);
    expect(await rejection(asker.request('empty', text('anybody?')))).toMatchObject({ code: 'NO_RESPONDERS' });
    const questions = await responder.join('questions');
    const answering = (async () => {
      for await (const message of questions) await message.reply(text(`re: ${message.text}`));
    })();
    expect((await asker.request('questions', text('one'))).text).toBe('re: one');
    expect((await asker.request('questions', text('two'))).sender).toBe('responder');
    // Its last answer may have arrived before it heard so itself.
    await responder.drain();
    await answering;
  });

  it('sends to an inbox, and lists, describes and deletes channels', async () => {
    const [alice, bob, carol] = await Promise.all([connectAs('alice', { roles: ['operator'] }), connectAs('bob'), connectAs('carol')]);
    const inbox = await bob.inbox();
    await alice.send('bob', text('hi'));
    const [message] = await takeMessages(inbox, 1);
    expect([message.text, message.sender, message.topic]).toEqual(['hi', 'alice', '@bob']);
    expect(await alice.createChannel('lists:one')).toMatchObject({ room: 'lists', channel: 'one', sequence: 0n });
    expect(await rejection(alice.createChannel('lists:one'))).toMatchObject({ code: 'CHANNEL_EXISTS' });
    expect((await alice.listChannels('lists')).map((each) => each.channel)).toContain('one');
    expect(await alice.channelInfo('lists:one')).toMatchObject({ historyCount: 0 });
    const lists = await bob.join('lists:one');
    const gaps: unknown[] = [];
    lists.on('gap', (event) => gaps.push(event));
    await alice.publish('lists:one', text('before'));
    await alice.deleteChannel('lists:one');
    await carol.publish('lists:one', text('after'));
    expect(await take(lists, 2)).toEqual(['before', 'after']);
    expect(gaps).toMatchObject([{ reason: 'EPOCH_CHANGED', lost: true }]);
    expect(await rejection(bob.deleteChannel('lists:one'))).toMatchObject({ code: 'NOT_PERMITTED' });
    expect((await bob.status()).clientId).toBe('bob');
  });

  it('begins at the start, goes on from a position, and follows a whole room', async () => {
    const [alice, bob] = await Promise.all([connectAs('alice'), connectAs('bob')]);
    await alice.publishMany('past:a', ['1', '2', '3'].map(text));
    const all = await bob.join('past:a', { since: 'start' });
    const [first] = await takeMessages(all, 3);
    const rest = await bob.join('past:a', { since: { epoch: first.position.epoch, sequence: first.position.sequence } });
    expect(await take(rest, 2)).toEqual(['2', '3']);
    const room = await bob.join({ room: 'past', allChannels: true });
    await alice.publish('past:b', text('new channel'));
    await alice.publish('past:a', text('old channel'));
    const texts = await take(room, 2);
    expect(texts.sort()).toEqual(['new channel', 'old channel']);
    expect(await take(all, 1)).toEqual(['old channel']);
    expect(await take(rest, 1)).toEqual(['old channel']);
  });

  it('replays a window strictly, twice the same, beside a live subscription of the topic (D9, D12)', async () => {
    const [alice, bob] = await Promise.all([connectAs('alice'), connectAs('bob', { roles: ['client', 'admin'] })]);
    const sent = Array.from({ length: 9_000 }, (_, index) => `event ${index}`);
    const results = await alice.publishMany('replayed:main', sent.map(text));
    const live = await bob.join('replayed:main', { since: 'start' });
    const collect = async (options = {}, toSequence = 9_000n): Promise<string[]> => {
      const seen: string[] = [];
      for await (const message of bob.replay('replayed:main', { fromSequence: toSequence - 8_499n, toSequence }, options)) seen.push(message.erased ? 'erased' : message.text);
      return seen;
    };
    const [first, second] = await Promise.all([collect(), collect()]);
    expect(first).toEqual(sent.slice(500));
    expect(second).toEqual(first);
    expect(await take(live, sent.length)).toEqual(sent);
    await bob.erase('replayed:main', results[700].sequence);
    expect(await collect({}, 9_000n)).toEqual(first.map((each, index) => (index === 200 ? 'erased' : each)));
    expect(await rejection(collect({}, 9_001n))).toMatchObject({ code: 'WINDOW_UNBOUNDED' });
    expect(await rejection(alice.erase('replayed:main', 1n))).toMatchObject({ code: 'NOT_PERMITTED' });
  });

  it('replays a window between times at a pace', async () => {
    const bus = await connectAs('alice');
    await bus.publishMany('paced', Array.from({ length: 3 }, (_, index) => text(`early ${index}`)));
    for (let index = 0; index < 130; index++) await bus.publish('paced', text(`${index}`));
    const last = await bus.publish('paced', text('last'));
    const window = { fromTime: new Date(0), toSequence: last.sequence - 1n };
    const startedMs = performance.now();
    const seen: string[] = [];
    for await (const message of bus.replay('paced', window, { pace: 100 })) seen.push(message.text);
    expect(seen).toEqual([...Array.from({ length: 3 }, (_, index) => `early ${index}`), ...Array.from({ length: 130 }, (_, index) => `${index}`)]);
    expect(performance.now() - startedMs).toBeGreaterThan(1_000);
  });

  it('loses and doubles nothing when the Shield is killed and started again (R7)', async () => {
    const [alice, bob] = await Promise.all([connectAs('alice'), connectAs('bob')]);
    const plans = await bob.join('killed:main');
    const recovered: unknown[] = [];
    plans.on('recovered', (event) => recovered.push(event));
    const count = 400;
    const publishing = (async () => {
      for (let index = 0; index < count; index++) await alice.publish('killed:main', text(`${index}`));
    })();
    expect(await take(plans, 50)).toHaveLength(50);
    await servers.restartShield();
    const seen = await take(plans, count - 50);
    await publishing;
    expect(seen).toEqual(Array.from({ length: count - 50 }, (_, index) => `${index + 50}`));
    await bob.ping();
    expect(plans.queuedCount).toBe(0);
    expect(recovered).toMatchObject([{ reason: 'RECONNECTED' }]);
  });

  it('fetches what its full queue could not take', async () => {
    const [alice, bob] = await Promise.all([connectAs('alice'), connectAs('bob', { maxQueuedMessages: 100 })]);
    const plans = await bob.join('full:main');
    const sent = Array.from({ length: 5_000 }, (_, index) => `${index}`);
    for (let from = 0; from < sent.length; from += 50) await alice.publishMany('full:main', sent.slice(from, from + 50).map(text));
    expect(plans.queuedCount).toBeLessThan(200);
    expect(await take(plans, sent.length)).toEqual(sent);
  });

  it('refreshes the token in place, and closes on a refused one', async () => {
    let isRevoked = false;
    const bus = await connectAs('alice', { getToken: () => (isRevoked ? servers.token({ sub: 'somebody-else' }) : servers.token({ sub: 'alice', ttlSeconds: 600 })) });
    const { session } = bus;
    expect((await bus.refresh()).getTime()).toBeGreaterThan(Date.now());
    expect(bus.session).toBe(session);
    isRevoked = true;
    expect(await rejection(bus.refresh())).toMatchObject({ code: 'TOKEN_MISMATCH' });
    expect(await rejection(connectAs('x', { getToken: () => servers.token({ ttlSeconds: -600 }) }))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('connects by subprotocol as a browser does, and rejects a bad token', async () => {
    const { ca } = servers;
    class TrustingSocket extends NodeWebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { ca });
      }
    }
    const bus = await connectAs('page', { WebSocket: TrustingSocket });
    expect((await bus.status()).clientId).toBe('page');
    expect(await rejection(connectAs('page', { getToken: () => 'nonsense', WebSocket: TrustingSocket }))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('speaks to the service door of the Spine with the role service', async () => {
    const bus = await connectAs('service', { url: servers.spineUrl, roles: ['service'] });
    expect((await bus.publish('service:door', text('a'), { ack: true })).durability).toBe('MEMORY');
  });
});
