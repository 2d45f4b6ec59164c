import { afterEach, describe, expect, it } from 'vitest';
import { RawClient } from '../test/raw-client.js';
import { numbered, TestServers, upTo } from '../test/recording-owner.js';
import { nextTurn, until } from '../test/until.js';
import type { TestServer, TestSocket } from '../test/recording-owner.js';
import type { StartTransport } from './transport.js';

const topics = ['t0', 't1', 't2', 't3', 't4'];

interface SlowAndFast extends TestServer {
  readonly slow: RawClient;
  readonly slowSocket: TestSocket;
  readonly fast: readonly RawClient[];
  /** Number of the message being published when each loss was told. */
  readonly foundBy: number[];
}

/** One client that stops reading and three that read, all subscribed to all topics. */
async function runSlowAndFast(servers: TestServers, maxBufferedBytes = 65_536): Promise<SlowAndFast> {
  const run = await servers.run({ maxBufferedBytes });
  run.owner.onOpen = (socket) => {
    for (const topic of topics) socket.subscribe(topic);
  };
  const slow = await RawClient.open({ port: run.server.port, path: '/slow' });
  slow.socket.pause();
  const fast = await Promise.all(['/f1', '/f2', '/f3'].map((path) => RawClient.open({ port: run.server.port, path })));
  await until('all are open', () => run.owner.opened.length === 4);
  return { ...run, slow, slowSocket: await run.owner.socket('/slow'), fast, foundBy: [] };
}

/** The slow peer got all before the first loss, perhaps the message whose publish found it, and then `last`. */
function expectOneHole({ owner, slow, foundBy }: SlowAndFast, last: number): void {
  const firstLost = owner.losses[0].bytes.readUInt32BE(0);
  const exact = [...upTo(firstLost), last];
  const passed = [...upTo(firstLost), foundBy[0], last];
  expect(slow.numbers).toEqual(slow.numbers.length === exact.length ? exact : passed);
}

/** Publishes `turns` × `perTurn` numbered messages; fast clients catch up after each turn, so that they lose nothing. */
async function flood(run: SlowAndFast, load: { turns: number; perTurn: number; sizeBytes: number }): Promise<number> {
  const { owner, server, fast, foundBy } = run;
  let number = 0;
  const onDropped = owner.onDropped;
  owner.onDropped = (socket) => {
    foundBy.push(number);
    onDropped(socket);
  };
  for (let turn = 0; turn < load.turns; turn += 1) {
    for (let index = 0; index < load.perTurn; index += 1) {
      server.publish(topics[number % topics.length], numbered(number, load.sizeBytes));
      number += 1;
    }
    await nextTurn();
    for (const client of fast) await client.waitForMessages(number);
  }
  return number;
}

export function backpressureContract(name: string, start: StartTransport): void {
  const servers = new TestServers(start);
  afterEach(() => servers.closeAll());

  describe(`dropped() on ${name}`, () => {
    it.each([
      ['few messages a turn', { turns: 600, perTurn: 20, sizeBytes: 1000 }],
      ['more messages a turn than the engine holds back', { turns: 200, perTurn: 60, sizeBytes: 1000 }],
      ['large messages', { turns: 400, perTurn: 2, sizeBytes: 20_000 }],
    ])('lets the owner unsubscribe the slow socket at once: %s', async (_title, load) => {
      const run = await runSlowAndFast(servers);
      run.owner.onDropped = (socket) => {
        for (const topic of topics) socket.unsubscribe(topic);
      };
      const count = await flood(run, load);
      expect(new Set(run.owner.losses.map((loss) => loss.socket))).toEqual(new Set([run.slowSocket]));
      expect(run.owner.losses.length).toBeLessThanOrEqual(2);
      run.slow.socket.resume();
      await until('the buffer drains', () => run.slowSocket.bufferedBytes === 0);
      run.slowSocket.send(numbered(count, 4));
      await until('the last message arrives', () => run.slow.numbers.at(-1) === count);
      expectOneHole(run, count);
      for (const client of run.fast) expect(client.numbers).toEqual(upTo(count));
    });

    it('names the first loss when thousands are published in one turn', async () => {
      const run = await runSlowAndFast(servers, 1_000_000);
      const others = run.fast.map((client) => client.socket);
      for (const socket of run.owner.opened) if (socket !== run.slowSocket) socket.terminate();
      for (const socket of others) socket.destroy();
      run.owner.onDropped = (socket) => {
        for (const topic of topics) socket.unsubscribe(topic);
      };
      const count = await flood({ ...run, fast: [] }, { turns: 1, perTurn: 20_000, sizeBytes: 1000 });
      await until('a loss is told', () => run.owner.losses.length > 0);
      run.slow.socket.resume();
      await until('the buffer drains', () => run.slowSocket.bufferedBytes === 0);
      run.slowSocket.send(numbered(count, 4));
      await until('the last message arrives', () => run.slow.numbers.at(-1) === count);
      expectOneHole(run, count);
    });

    it.each(['close', 'terminate'] as const)('lets the owner %s the slow socket inside the callback', async (how) => {
      const run = await runSlowAndFast(servers);
      run.owner.onDropped = (socket) => {
        if (how === 'close') socket.close(4008, 'reads too slowly');
        else socket.terminate();
      };
      const count = await flood(run, { turns: 200, perTurn: 60, sizeBytes: 1000 });
      expect(run.owner.losses.length).toBe(1);
      expect(run.owner.closes).toEqual([{ socket: run.slowSocket, code: how === 'close' ? 4008 : 1006 }]);
      for (const client of run.fast) expect(client.numbers).toEqual(upTo(count));
    });

    it('drops what is sent to the slow socket inside the callback, and calls once', async () => {
      const run = await runSlowAndFast(servers);
      const outcomes: string[] = [];
      run.owner.onDropped = (socket) => {
        outcomes.push(socket.send(numbered(0, 4)), socket.send(numbered(0, 4)));
        for (const topic of topics) socket.unsubscribe(topic);
      };
      await flood(run, { turns: 400, perTurn: 20, sizeBytes: 1000 });
      expect(run.owner.losses.length).toBe(1);
      expect(outcomes).toEqual(['dropped', 'dropped']);
    });

    it('lets the owner publish to others inside the callback', async () => {
      const run = await runSlowAndFast(servers);
      run.owner.onDropped = (socket) => {
        for (const topic of topics) socket.unsubscribe(topic);
        run.server.publish('t0', numbered(1_000_000, 4));
      };
      const load = { turns: 400, perTurn: 20, sizeBytes: 1000 };
      const count = await flood(run, load);
      for (const client of run.fast) {
        await client.waitForMessages(count + run.owner.losses.length);
        expect(client.numbers.filter((number) => number < 1_000_000)).toEqual(upTo(count));
        expect(client.numbers.filter((number) => number === 1_000_000).length).toBe(run.owner.losses.length);
      }
    });

    it('tells of a send that is dropped', async () => {
      const { owner, server } = await servers.run();
      const slow = await RawClient.open({ port: server.port, path: '/slow' });
      slow.socket.pause();
      const socket = await owner.socket('/slow');
      const outcomes: string[] = [];
      for (let number = 0; outcomes.at(-1) !== 'dropped' && number < 20_000; number += 1) {
        outcomes.push(socket.send(numbered(number, 1000)));
        if (number % 20 === 0) await nextTurn();
      }
      expect(outcomes.at(-1)).toBe('dropped');
      expect(owner.losses.map(({ bytes }) => bytes.readUInt32BE(0))).toEqual([outcomes.length - 1]);
      slow.socket.resume();
      await slow.waitForMessages(outcomes.length - 1);
      expect(slow.numbers).toEqual(upTo(outcomes.length - 1));
    });
  });

  describe(`drain() on ${name}`, () => {
    it('says when the buffer shrank, after which the socket may go live again', async () => {
      const run = await runSlowAndFast(servers);
      run.owner.onDropped = (socket) => {
        for (const topic of topics) socket.unsubscribe(topic);
      };
      run.owner.onDrain = (socket) => {
        if (socket.bufferedBytes === 0) for (const topic of topics) socket.subscribe(topic);
      };
      const count = await flood(run, { turns: 400, perTurn: 20, sizeBytes: 1000 });
      expect(run.server.subscriberCount('t4')).toBe(3);
      run.slow.socket.resume();
      await until('the socket is live again', () => run.server.subscriberCount('t4') === 4);
      expect(run.owner.drains).toContain(run.slowSocket);
      run.server.publish('t0', numbered(count, 4));
      await until('the new message arrives', () => run.slow.numbers.at(-1) === count);
      expectOneHole(run, count);
    });
  });

  describe(`maxBufferedBytes 'unbounded' on ${name}`, () => {
    it('keeps all that a peer does not read, and delivers it', async () => {
      const { owner, server } = await servers.run({ maxBufferedBytes: 'unbounded' });
      const slow = await RawClient.open({ port: server.port, path: '/slow' });
      slow.socket.pause();
      const socket = await owner.socket('/slow');
      socket.subscribe('t');
      const sizeBytes = 100_000;
      for (const number of upTo(200)) server.publish('t', numbered(number, sizeBytes));
      await nextTurn();
      expect(socket.bufferedBytes).toBeGreaterThan(5_000_000);
      expect(socket.send(numbered(200, sizeBytes))).toBe('buffered');
      expect(owner.losses).toEqual([]);
      slow.socket.resume();
      await slow.waitForMessages(201);
      expect(slow.numbers).toEqual(upTo(201));
      await until('the buffer is empty', () => socket.bufferedBytes === 0);
    });
  });
}
