import { isArqonError } from '@arqonbus/sdk';
import { waitFor } from '@arqonbus/testkit';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../src/index.js';
import { nothingWrong, NumberedStream, StreamReader } from './numbered-stream.js';
import { take } from './take.js';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start({ shieldCount: 2, spine: { 'auth.expiry_notice_ms': '1000' } });
});
afterAll(() => cluster.stop());

function text(payload: string): { type: string; payload: string } {
  return { type: 'text/plain', payload };
}

describe('two Shields on one Spine', () => {
  it('share topics: clients of both get everything in one order; one is killed, and clients of the other notice nothing', async () => {
    const [alice, bob] = await Promise.all([cluster.bus({ sub: 'alice' }), cluster.bus({ sub: 'bob' }, { shieldIndex: 1 })]);
    const [byAlice, byBob] = [new StreamReader(await alice.join('both:main')), new StreamReader(await bob.join('both:main'))];
    const states: string[] = [];
    alice.on('state', ({ state }) => states.push(state));
    const [fromAlice, fromBob] = [new NumberedStream(alice, 'both:main'), new NumberedStream(bob, 'both:main')];
    await fromBob.moreAcknowledged(50);
    await cluster.shields[1].stop('SIGKILL');
    await fromAlice.moreAcknowledged(50);
    await cluster.shields[1].restart();
    await fromBob.moreAcknowledged(50);
    await Promise.all([fromAlice.stop(), fromBob.stop()]);
    expect([fromAlice.refusals(), fromBob.refusals(), states]).toEqual([[], [], []]);
    expect([await byBob.all(fromAlice.count), await byAlice.all(fromBob.count)]).toEqual([nothingWrong, nothingWrong]);
    expect([byAlice.losses, byBob.losses]).toEqual([[], []]);
  });

  it('answer requests and inboxes across', async () => {
    const [asker, responder] = await Promise.all([cluster.bus({ sub: 'asker' }), cluster.bus({ sub: 'responder' }, { shieldIndex: 1 })]);
    const questions = await responder.join('questions');
    questions.on('message', (message) => { message.reply(text(`re: ${message.text}`)).catch((error: unknown) => { questions.close(error); }); });
    expect((await asker.request('questions', text('one'))).text).toBe('re: one');
    const inbox = await responder.inbox();
    await asker.send('responder', text('hello'));
    expect((await take(inbox, 1)).map((message) => message.text)).toEqual(['hello']);
  });
});

describe('an SDK client', () => {
  it('that reads slowly gets everything, once and in order, at its own pace', async () => {
    const [alice, bob] = await Promise.all([cluster.bus({ sub: 'alice' }), cluster.bus({ sub: 'bob' }, { maxQueuedMessages: 50 })]);
    const slow = await bob.join('slow:main');
    const sent = Array.from({ length: 2_000 }, (_, index) => String(index));
    for (let from = 0; from < sent.length; from += 100) await alice.publishMany('slow:main', sent.slice(from, from + 100).map(text));
    const seen: string[] = [];
    for await (const message of slow) {
      seen.push(message.text);
      if (seen.length % 100 === 0) await wait(5);
      if (seen.length === sent.length) break;
    }
    expect(seen).toEqual(sent);
  });

  it('refreshes its token in flight: the session stays, nothing is lost', async () => {
    const [alice, bob] = await Promise.all([cluster.bus({ sub: 'alice' }), cluster.bus({ sub: 'bob' })]);
    const reader = new StreamReader(await bob.join('refreshed:main'));
    const stream = new NumberedStream(alice, 'refreshed:main');
    const sessions = [alice.session, bob.session];
    for (let times = 0; times < 5; times += 1) {
      await Promise.all([alice.refresh(), bob.refresh()]);
      await stream.moreAcknowledged(10);
    }
    await stream.stop();
    expect([alice.session, bob.session]).toEqual(sessions);
    expect(stream.refusals()).toEqual([]);
    expect(await reader.all(stream.count)).toEqual(nothingWrong);
  });

  it('whose token ended is closed with 4401, fetches another and loses nothing', async () => {
    let fetched = 0;
    // Refuses to fetch while the session could still be refreshed: so that the token does end.
    const getToken = async (): Promise<string> => {
      fetched += 1;
      return cluster.token({ sub: 'ending', ttlSeconds: fetched === 1 ? -27 : 3_600 });
    };
    const [alice, bob] = await Promise.all([cluster.bus({ sub: 'alice' }), cluster.bus({ sub: 'ending' }, { getToken })]);
    const reader = new StreamReader(await bob.join('ending:main'));
    const stream = new NumberedStream(alice, 'ending:main');
    const states: string[] = [];
    bob.on('state', ({ state }) => states.push(state));
    await waitFor(() => fetched >= 2, { timeoutMs: 30_000, what: 'another token to be fetched' });
    await stream.moreAcknowledged(30);
    await stream.stop();
    expect(await reader.all(stream.count)).toEqual(nothingWrong);
    expect(reader.losses).toEqual([]);
    expect(bob.state).toBe('open');
  });

  it('without the SDK hears that its token ends, and is closed with 4401', async () => {
    const session = await cluster.session({ sub: 'short', ttlSeconds: 2 });
    await session.nextSignal('tokenExpiring');
    // The end comes with the skew of 30 s that is allowed to clocks, or at once.
    expect((await session.client.closed).code).toBe(4401);
  });

  it('whose token is of another client at a refresh is closed with the reason', async () => {
    let sub = 'alice';
    const bus = await cluster.bus({}, { getToken: () => cluster.token({ sub }) });
    sub = 'mallory';
    await expect(bus.refresh()).rejects.toSatisfy((error) => isArqonError(error) && error.code === 'TOKEN_MISMATCH');
  });
});
