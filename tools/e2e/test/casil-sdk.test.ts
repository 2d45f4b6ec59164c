import { isArqonError, type Bus } from '@arqonbus/sdk';
import { waitFor } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster, type Settings } from '../src/index.js';
import { Canary } from './casil-canary.js';

const oversized = 'word and word '.repeat(5_000);

function text(payload: string): { type: string; payload: string } {
  return { type: 'text/plain', payload };
}

/** Code of the refusal, or `taken`. */
function outcomeOf(publishing: Promise<unknown>): Promise<string> {
  return publishing.then(() => 'taken', (error: unknown) => (isArqonError(error) ? error.code : String(error)));
}

/** What a subscriber had been sent when the last word came. */
async function receivedUntil(subscription: AsyncIterable<{ readonly text: string }>, last: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const message of subscription) {
    texts.push(message.text);
    if (message.text === last) break;
  }
  return texts;
}

describe('a publish that content policy refuses', () => {
  let cluster: Cluster;
  let writer: Bus;
  let reader: Bus;
  beforeAll(async () => {
    const policies = [
      { name: 'no-drafts', rooms: ['published'], types: ['text/x-draft'], action: 'block' }, { name: 'default-secrets', categories: ['secret', 'key_material'], action: 'block' },
    ];
    cluster = await Cluster.start({ spine: { 'casil.enabled': 'true', 'casil.policies': JSON.stringify(policies) } });
    [writer, reader] = await Promise.all([cluster.bus({ sub: 'writer' }), cluster.bus({ sub: 'reader' })]);
  });
  afterAll(() => cluster.stop());

  it('rejects with the code of the policy, and the bus goes on (R6, E7)', async () => {
    const { token } = new Canary();
    const refused = await writer.publish('plans', text(token)).catch((error: unknown) => error);
    expect(isArqonError(refused)).toBe(true);
    expect(refused).toMatchObject({ name: 'ArqonError', code: 'CASIL_POLICY_BLOCKED_SECRET', index: 0 });
    expect(await outcomeOf(writer.publish('plans', text(oversized)))).toBe('CASIL_POLICY_OVERSIZE');
    expect(await outcomeOf(writer.publish('published', { type: 'text/x-draft', payload: 'not yet' }))).toBe('CASIL_POLICY_BLOCKED');
    expect(await outcomeOf(writer.send('reader', text(token)))).toBe('CASIL_POLICY_BLOCKED_SECRET');
    expect(await outcomeOf(writer.request('plans', text(token)))).toBe('CASIL_POLICY_BLOCKED_SECRET');
    expect(await outcomeOf(writer.publish('plans', text('goes on')))).toBe('taken');
    expect(writer.state).toBe('open');
  });

  it('stops none of the others of its batch: each is delivered once, in order', async () => {
    const subscription = await reader.join('batch');
    const payloads = Array.from({ length: 40 }, (_, index) => (index % 7 === 3 ? new Canary().token : `event ${String(index)}`));
    const clean = payloads.filter((payload) => payload.startsWith('event'));
    const results = await Promise.allSettled(payloads.map((payload) => writer.publish('batch', text(payload))));
    await writer.publish('batch', text('end'));
    expect(results.map(({ status }, index) => [status, payloads[index].startsWith('event')])).toEqual(payloads.map((payload) => (
      payload.startsWith('event') ? ['fulfilled', true] : ['rejected', false])));
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CASIL_POLICY_BLOCKED_SECRET' });
    expect(await receivedUntil(subscription, 'end')).toEqual([...clean, 'end']);
    const sequences = results.flatMap((result) => (result.status === 'fulfilled' ? [(result).value.sequence] : []));
    expect(sequences).toEqual(clean.map((_, index) => BigInt(index + 1)));
  });

  it('rejects publishMany, of which the others are delivered all the same', async () => {
    const subscription = await reader.join('many');
    await expect(writer.publishMany('many', [text('a'), text(new Canary().token), text('b')])).rejects.toMatchObject({ code: 'CASIL_POLICY_BLOCKED_SECRET' });
    await writer.publish('many', text('end'));
    expect(await receivedUntil(subscription, 'end')).toEqual(['a', 'b', 'end']);
  });

  it('is told of without an acknowledgement too, as an error of the bus', async () => {
    const errors: unknown[] = [];
    const stop = writer.on('error', (error) => errors.push(error));
    await writer.publish('plans', text(new Canary().token), { ack: false });
    await writer.ping();
    stop();
    expect(errors).toMatchObject([{ code: 'CASIL_POLICY_BLOCKED_SECRET' }]);
  });
});

describe('a client that sends nothing that policy minds', () => {
  /** One run through what a client does; places and times left out, which differ by nature. */
  async function story(spine: Settings): Promise<unknown> {
    const cluster = await Cluster.start({ spine });
    try {
      const [one, two] = await Promise.all([cluster.bus({ sub: 'one' }), cluster.bus({ sub: 'two' })]);
      const plans = await two.join('plans:main');
      const inbox = await two.inbox();
      const results = await one.publishMany('plans:main', ['{"a":1}', '{"b":[2,3]}'].map((payload) => ({ type: 'application/json', payload, headers: { kind: 'test' }, intent: 'tell' })));
      await one.send('two', text('hello'));
      (await two.join('asks')).on('message', (message) => { void message.reply(text(`re: ${message.text}`)); });
      const answer = await one.request('asks', text('well?'));
      const done: string[] = [];
      const member = await two.joinGroup('jobs', 'workers', (task) => { done.push(task.text); });
      await one.publishMany('jobs', [text('one'), text('two')]);
      await one.publish('plans:main', text('end'));
      const live = await receivedUntil(plans, 'end');
      const letters = await receivedUntil(inbox, 'hello');
      await waitFor(() => done.length === 2, { timeoutMs: 30_000, what: 'both tasks to be done' });
      await member.leave();
      const history: unknown[] = [];
      for await (const { type, text: payload, headers, intent, sender, sequence, inspection } of two.history('plans:main')) history.push({ type, payload, headers, intent, sender, sequence, inspection });
      const refusals = await Promise.all([outcomeOf(one.publish('No Room', text('x'))), outcomeOf(one.publish('sys.audit', text('x'))), outcomeOf(one.request('nobody', text('x')))]);
      const { room, channel, sequence, historyCount, historyBytes } = await two.channelInfo('plans:main');
      const taken = results.map(({ sequence: at, durability, duplicate }) => ({ at, durability, duplicate }));
      return { taken, live, letters, answer: answer.text, done, history, refusals, channel: { room, channel, sequence, historyCount, historyBytes } };
    } finally {
      await cluster.stop();
    }
  }

  it('sees the same with content inspection on as with it off (R3, E1)', async () => {
    const [off, on] = [await story({ 'casil.enabled': 'false' }), await story({ 'casil.enabled': 'true' })];
    expect(on).toEqual(off);
    expect(on).toMatchObject({ live: ['{"a":1}', '{"b":[2,3]}', 'end'], answer: 're: well?', refusals: ['INVALID_NAME', 'NOT_PERMITTED', 'NO_RESPONDERS'] });
  }, 90_000);
});
