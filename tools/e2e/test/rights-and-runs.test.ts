import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, textEvent, type BatchInit, type WireSession } from '../src/index.js';
import { succeeds } from './succeeds.js';
import { startWatchedCluster, type WatchedCluster } from './watched-cluster.js';

let watched: WatchedCluster;

beforeAll(async () => {
  watched = await startWatchedCluster();
});
afterAll(() => watched.stop());

function acknowledged(run: number, text: string, more: BatchInit = {}): BatchInit {
  return { room: 'runs', ack: true, producer: 77n, run: BigInt(run), envelopes: [textEvent(text)], ...more };
}

async function send(session: WireSession, ...batches: BatchInit[]): Promise<void> {
  await session.client.sendFrame({ batches });
}

describe('a topic outside of the token', () => {
  it('is refused with NOT_PERMITTED in every way to reach it, and nothing reaches it', async () => {
    const narrow = { sub: 'narrow', publish: ['plans:main'], subscribe: ['plans:*'] };
    const [session, reader] = [await watched.cluster.session(narrow), await watched.cluster.session({ sub: 'reader' })];
    for (const [room, channel] of [['secret', ''], ['plans', 'other'], ['plans', '']] as const) {
      await reader.join(room, channel);
      await session.publish(room, ['x'], { channel });
      expect(await session.nextError()).toMatchObject({ code: 'NOT_PERMITTED' });
    }
    await send(session, { recipient: 'reader', envelopes: [textEvent('x')] });
    expect(await session.nextError()).toMatchObject({ code: 'NOT_PERMITTED' });
    const secret = { room: 'secret' };
    for (const body of [
      { case: 'join', value: secret }, { case: 'join', value: { ...secret, allChannels: true } }, { case: 'historyGet', value: secret }, { case: 'channelInfo', value: secret },
      { case: 'createChannel', value: secret }, { case: 'deleteChannel', value: { room: 'plans', channel: 'main' } }, { case: 'historyGet', value: { recipient: 'reader' } },
    ] as const) expect(await session.command(body), body.case).toMatchObject({ code: 'NOT_PERMITTED' });
    await reader.ping();
    expect(reader.pendingEvents).toEqual([]);
  });

  it.each(['sys.audit', 'continuum.episodes'])('is %s for a client, whatever its patterns', async (room) => {
    const session = await watched.cluster.session({ sub: 'plain', publish: ['*', 'sys.*', 'continuum.*'], subscribe: ['*'] });
    await session.publish(room, ['x']);
    expect(await session.nextError()).toMatchObject({ code: 'NOT_PERMITTED' });
  });
});

describe('run numbers', () => {
  it('may not jump; the next one is taken, a taken one is acknowledged and not delivered again', async () => {
    const [session, reader] = [await watched.cluster.session({ sub: 'runner' }), await watched.cluster.session({ sub: 'reader' })];
    await reader.join('runs');
    await send(session, acknowledged(1, 'one'));
    expect(await session.nextSignal('published')).toMatchObject({ run: 1n, duplicate: false });
    await send(session, acknowledged(3, 'jump'));
    expect(await session.nextError()).toMatchObject({ code: 'RUN_OUT_OF_ORDER', run: 3n });
    await send(session, acknowledged(1, 'one again'));
    expect(await session.nextSignal('published')).toMatchObject({ run: 1n, duplicate: true });
    await send(session, acknowledged(2, 'two'));
    expect(await session.nextSignal('published')).toMatchObject({ run: 2n, duplicate: false });
    expect((await reader.events(2)).map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('of a producer that the server does not know are refused with PRODUCER_UNKNOWN', async () => {
    const session = await watched.cluster.session({ sub: 'runner' });
    await send(session, acknowledged(9, 'nine', { producer: 78n }));
    expect(await session.nextError()).toMatchObject({ code: 'PRODUCER_UNKNOWN', run: 9n });
  });

  it('need a producer that is not 0', async () => {
    const session = await watched.cluster.session({ sub: 'runner' });
    await send(session, acknowledged(1, 'x', { producer: 0n }));
    expect(await session.nextError()).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('what one batch may be', () => {
  it.each<[string, BatchInit]>([
    ['INVALID_NAME', { room: 'No Such Name', envelopes: [textEvent('x')] }],
    ['TOO_MANY_EVENTS', { room: 'runs', envelopes: Array.from({ length: 1_025 }, () => textEvent('x')) }],
    ['ENVELOPE_TOO_LARGE', { room: 'runs', envelopes: [textEvent('x'.repeat(262_145))] }],
    ['FUTURE_DEPENDENCY', { room: 'runs', after: [{ channel: '', epoch: 0n, sequence: 1_000_000n }], envelopes: [textEvent('x')] }],
    ['LIMIT', { room: 'runs', after: Array.from({ length: 65 }, (_, index) => ({ channel: `c${String(index)}`, epoch: 1n, sequence: 1n })), envelopes: [textEvent('x')] }],
  ])('%s refuses a batch alone; the others of its frame are taken', async (code, batch) => {
    const [session, reader] = [await watched.cluster.session({ sub: 'sender' }), await watched.cluster.session({ sub: 'reader' })];
    await reader.join('neighbour');
    if (code === 'FUTURE_DEPENDENCY') {
      const answer = await session.command({ case: 'join', value: { room: 'runs' } });
      if (!('case' in answer) || answer.case !== 'joined') throw new Error('not joined');
      const [{ epoch }] = answer.value.positions;
      await send(session, { ...batch, after: [{ channel: '', epoch, sequence: 1_000_000n }] }, { room: 'neighbour', envelopes: [textEvent('fine')] });
    } else await send(session, batch, { room: 'neighbour', envelopes: [textEvent('fine')] });
    expect(await session.nextError()).toMatchObject({ code });
    expect((await reader.events(1)).map(({ text }) => text)).toEqual(['fine']);
  });

  it('a reply to what was never delivered is refused with UNKNOWN_REQUEST', async () => {
    const [session, victim] = [await watched.cluster.session({ sub: 'liar' }), await watched.cluster.session({ sub: 'victim' })];
    const reply = { id: newId(), body: { case: 'reply' as const, value: { requestId: newId(), body: { case: 'event' as const, value: { type: 'text/plain' } } } } };
    await send(session, { recipient: 'victim', recipientSession: victim.welcome.session, envelopes: [reply] });
    expect(await session.nextError()).toMatchObject({ code: 'UNKNOWN_REQUEST' });
  });
});

describe('a refreshed token', () => {
  it.each([['the tenant', { tenant: 'other' }], ['the client', { sub: 'somebody-else' }]])('that changes %s ends the session with 4401', async (_name, change) => {
    const session = await watched.cluster.session({ sub: 'fresh' });
    const token = await watched.cluster.token({ sub: 'fresh', ...change });
    const answer = await session.command({ case: 'refreshToken', value: { token } }).catch(() => ({ code: 'TOKEN_MISMATCH' }));
    expect(answer).toMatchObject({ code: 'TOKEN_MISMATCH' });
    expect((await session.client.closed).code).toBe(4401);
  });

  it('that is bad ends the session with 4401', async () => {
    const session = await watched.cluster.session({ sub: 'fresh' });
    await succeeds(session.command({ case: 'refreshToken', value: { token: 'nonsense' } }));
    expect((await session.client.closed).code).toBe(4401);
  });

  it('that covers less ends the subscriptions that it no longer covers', async () => {
    const session = await watched.cluster.session({ sub: 'fresh' });
    await session.join('kept');
    await session.join('lost');
    const token = await watched.cluster.token({ sub: 'fresh', subscribe: ['kept'] });
    expect(await session.command({ case: 'refreshToken', value: { token } })).toMatchObject({ case: 'tokenRefreshed' });
    expect(await session.nextError()).toMatchObject({ code: 'NOT_PERMITTED', field: 'subscription' });
    const writer = await watched.cluster.session({ sub: 'writer' });
    await writer.publish('lost', ['not for it']);
    await writer.publish('kept', ['for it']);
    expect((await session.events(1)).map(({ text }) => text)).toEqual(['for it']);
    expect(session.pendingEvents).toEqual([]);
  });
});
