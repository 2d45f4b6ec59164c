import { isArqonError, type Bus } from '@arqonbus/sdk';
import { waitFor, within } from '@arqonbus/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Cluster } from '../src/index.js';
import { nothingWrong, NumberedStream } from './numbered-stream.js';
import { RecordedOrder } from './recorded-order.js';
import { succeeds } from './succeeds.js';
import { take, takeAll } from './take.js';

const text = (payload: string): { type: string; payload: string } => ({ type: 'text/plain', payload });

describe.each(['redis', 'jetstream'] as const)('two Spines on one %s behind two Shields', (store) => {
  let cluster: Cluster;
  let triesCount = 0;
  const underWay: Traffic[] = [];
  /** A name that no other test and no earlier try of one has: what those published is still there. */
  const fresh = (name: string): string => `${name}${String(triesCount)}`;
  beforeAll(async () => {
    cluster = await Cluster.start({ store, spineCount: 2, shieldCount: 2, spine: { heartbeat_ms: '1000' } });
  }, 240_000);
  afterAll(() => cluster.stop());
  beforeEach(() => { triesCount += 1; });
  afterEach(async ({ task }) => {
    // Told here, for a try that is repeated with success is told nowhere else.
    if (task.result?.state === 'fail') {
      const failures = (task.result.errors ?? []).map(({ message }) => message);
      const logs = [...cluster.spines, ...cluster.shields].map(({ app, log }) => `${app}: ${log}`);
      process.stderr.write(`${[`${task.name} (${store}) failed:`, ...failures, ...logs].join('\n')}\n`);
    }
    // What a failed try left behind would disturb the next.
    await Promise.all(underWay.splice(0).map((traffic) => traffic.abandon()));
  });

  /** Writers and readers on both Shields, so on both Spines, under way. */
  class Traffic {
    readonly states: string[] = [];
    private constructor(readonly streams: readonly NumberedStream[], readonly orders: readonly RecordedOrder[], readonly buses: readonly Bus[]) {
      for (const bus of buses) bus.on('state', ({ state }) => this.states.push(`${bus.clientId} ${state}`));
    }

    static async start(topic: string): Promise<Traffic> {
      const [w0, w1, r0, r1] = await Promise.all([['w0', 0], ['w1', 1], ['r0', 0], ['r1', 1]].map(([sub, shieldIndex]) => cluster.bus({ sub: String(sub) }, { shieldIndex: Number(shieldIndex) })));
      const orders = [new RecordedOrder(await r0.join(topic)), new RecordedOrder(await r1.join(topic))];
      const traffic = new Traffic([new NumberedStream(w0, topic), new NumberedStream(w1, topic)], orders, [w0, w1, r0, r1]);
      underWay.push(traffic);
      await traffic.more(30);
      return traffic;
    }

    async more(acknowledgedCount: number): Promise<void> {
      await Promise.all(this.streams.map((stream) => stream.moreAcknowledged(acknowledgedCount)));
    }

    async abandon(): Promise<void> {
      await Promise.all(this.buses.map((bus) => bus.close()));
      await Promise.all(this.streams.map((stream) => succeeds(stream.stop())));
    }

    /** Each number was acknowledged and came to each reader once, in one order and one epoch; no client's connection ended, unless it may. */
    async expectWhole({ mayReconnect = false } = {}): Promise<void> {
      await Promise.all(this.streams.map((stream) => stream.stop()));
      expect(this.streams.map((stream) => stream.refusals())).toEqual([[], []]);
      for (const order of this.orders) {
        expect([await order.all('w0', this.streams[0].count), await order.all('w1', this.streams[1].count), order.losses]).toEqual([nothingWrong, nothingWrong, []]);
      }
      expect(this.orders[0].entries).toEqual(this.orders[1].entries);
      expect([...this.orders[0].epochs]).toHaveLength(1);
      if (!mayReconnect) expect(this.states).toEqual([]);
      await Promise.all(this.buses.map((bus) => bus.close()));
    }
  }

  it('are one bus: one order for all, a room followed whole, requests, inboxes and history across', async () => {
    const [main, wideRoom, sub] = [fresh('one:main'), fresh('wide'), fresh('responder')];
    const traffic = await Traffic.start(main);
    const [asker, responder] = await Promise.all([cluster.bus({ sub: fresh('asker') }), cluster.bus({ sub }, { shieldIndex: 1 })]);
    const questions = await responder.join(fresh('questions'));
    questions.on('message', (message) => { message.reply(text(`re: ${message.text}`)).catch((error: unknown) => { questions.close(error); }); });
    expect((await asker.request(fresh('questions'), text('one'))).text).toBe('re: one');
    const wide = await asker.join({ room: wideRoom, allChannels: true });
    const written = [];
    for (const channel of ['a', 'b', 'a']) written.push(await within(responder.publish({ room: wideRoom, channel }, text(channel)), 30_000, `an answer to a publish to ${wideRoom}:${channel}`));
    const came = await take(wide, 3);
    expect(came.map((message) => `${message.text} ${String(message.sequence)}`).sort()).toEqual(written.map((result, n) => `${['a', 'b', 'a'][n]} ${String(result?.sequence)}`).sort());
    const inbox = await responder.inbox();
    await asker.send(sub, text('hello'));
    expect((await take(inbox, 1)).map((message) => message.text)).toEqual(['hello']);
    await traffic.more(100);
    await traffic.expectWhole();
    const histories = await Promise.all([asker, responder].map(async (bus) => (
      (await takeAll(bus.history(main), `the history of ${main}`)).map((message) => `${message.sender} ${message.text} ${String(message.epoch)}.${String(message.sequence)}`)
    )));
    expect(histories[0]).toEqual(histories[1]);
    expect(histories[0]).toEqual(traffic.orders[0].entries);
  });

  it('keep tenants apart: the same names on the other Spine are other topics', async () => {
    const [secret, sub] = [fresh('secret'), fresh('same')];
    const [ours, theirs, writer] = await Promise.all([cluster.bus({ sub }), cluster.bus({ sub, tenant: 'rival' }, { shieldIndex: 1 }), cluster.bus({ sub: 'writer' }, { shieldIndex: 1 })]);
    const [mine, inbox, foreign] = [await ours.join(`${secret}:main`), await ours.inbox(), await theirs.join(`${secret}:main`)];
    const seen: string[] = [];
    for (const subscription of [foreign, await theirs.inbox(), await theirs.join({ room: secret, allChannels: true })]) subscription.on('message', (message) => seen.push(message.text));
    await writer.publish(`${secret}:main`, text('ours'));
    await writer.send(sub, text('ours too'));
    expect((await take(mine, 1)).map((message) => message.text)).toEqual(['ours']);
    expect((await take(inbox, 1)).map((message) => message.text)).toEqual(['ours too']);
    expect([seen, await takeAll(theirs.history(`${secret}:main`), `the history of ${secret}:main`)]).toEqual([[], []]);
    await Promise.all([ours, theirs, writer].map((bus) => bus.close()));
  });

  it('a Spine is killed and comes back, then the other: clients stay connected, nothing is lost or doubled, and the order holds', async () => {
    const traffic = await Traffic.start(fresh('killed:main'));
    for (const spine of cluster.spines) {
      await spine.stop('SIGKILL');
      await traffic.more(100);
      await spine.restart();
      await spine.ready();
      await traffic.more(50);
    }
    await traffic.expectWhole();
  }, 120_000);

  it('a Spine stands still until its Shields have left it, and goes on: nothing is lost or doubled', async () => {
    const traffic = await Traffic.start(fresh('still:main'));
    // One after the other: whichever the Shields are linked to.
    for (const spine of cluster.spines) {
      spine.signal('SIGSTOP');
      await traffic.more(100);
      spine.signal('SIGCONT');
    }
    await traffic.more(50);
    await traffic.expectWhole();
  });

  it('the store is killed under load and comes back: publishers are made to wait or told, what was acknowledged is delivered once', async () => {
    const traffic = await Traffic.start(fresh('storeless:main'));
    const told = fresh('told:main');
    const impatient = await cluster.bus({ sub: 'impatient' }, { storeRetryMs: 1 });
    await cluster.store.kill();
    const code = await waitFor(() => impatient.publish(told, text('x')).then(() => undefined, (error: unknown) => (isArqonError(error) ? error.code : String(error))), { timeoutMs: 10_000, what: 'a refusal' });
    expect(code).toBe('STORE_UNAVAILABLE');
    await Promise.all(traffic.streams.map((stream) => stream.more(50)));
    await cluster.store.restart();
    await traffic.more(100);
    await traffic.expectWhole();
    expect(await impatient.publish(told, text('y'))).toMatchObject({ durability: expect.anything() as unknown });
  });

  it('the store and a Spine are killed together: once both are back nothing is lost or doubled', async () => {
    const traffic = await Traffic.start(fresh('both:main'));
    await cluster.store.kill();
    await cluster.spines[0].stop('SIGKILL');
    await Promise.all(traffic.streams.map((stream) => stream.more(300)));
    await Promise.all([cluster.store.restart(), cluster.spines[0].restart()]);
    await traffic.more(100);
    await traffic.expectWhole({ mayReconnect: true });
  }, 90_000);
});
