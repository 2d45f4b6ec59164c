import { afterEach, describe, expect, it } from 'vitest';
import { RawClient } from '../test/raw-client.js';
import { numbered, TestServers, upTo } from '../test/recording-owner.js';
import { nextTurn, until } from '../test/until.js';
import type { StartTransport } from './transport.js';

export function deliveryContract(name: string, start: StartTransport): void {
  const servers = new TestServers(start);
  afterEach(() => servers.closeAll());

  describe(`message() on ${name}`, () => {
    it('tells text from binary', async () => {
      const { owner, server } = await servers.run();
      const client = await RawClient.open({ port: server.port });
      client.send(Buffer.from('text'), { opcode: 1 });
      client.send(Buffer.from('bytes'));
      client.send(Buffer.alloc(0));
      await until('three messages arrive', () => owner.messages.length === 3);
      expect(owner.messages.map(({ bytes, isBinary }) => [bytes.toString(), isBinary])).toEqual([['text', false], ['bytes', true], ['', true]]);
    });

    it('joins fragments, with a ping between them', async () => {
      const { owner, server } = await servers.run();
      const client = await RawClient.open({ port: server.port });
      client.send(Buffer.from('one '), { fin: false });
      client.send(Buffer.from('p'), { opcode: 9 });
      client.send(Buffer.from('two '), { opcode: 0, fin: false });
      client.send(Buffer.from('three'), { opcode: 0 });
      await until('the message arrives', () => owner.messages.length === 1);
      expect(owner.messages[0].bytes.toString()).toBe('one two three');
      await until('the pong arrives', () => client.frames.length === 1);
      expect(client.frames).toEqual([{ opcode: 10, payload: Buffer.from('p') }]);
    });

    it('takes a message of the limit and cuts the peer at one byte more (G1)', async () => {
      const { owner, server } = await servers.run({ maxMessageBytes: 100_000 });
      const client = await RawClient.open({ port: server.port });
      client.send(Buffer.alloc(100_000));
      await until('the message arrives', () => owner.messages.length === 1);
      client.send(Buffer.alloc(100_001));
      await until('the peer is cut', () => client.isGone);
      await until('the owner is told', () => owner.closes.length === 1);
      expect(owner.closes[0].code).toBe(1006);
      expect(client.closeFrame).toBeUndefined();
      expect(owner.messages.length).toBe(1);
    });

    it('counts all fragments of a message against the limit (G1)', async () => {
      const { owner, server } = await servers.run({ maxMessageBytes: 1000 });
      const client = await RawClient.open({ port: server.port });
      client.send(Buffer.alloc(600), { fin: false });
      client.send(Buffer.alloc(400), { opcode: 0 });
      await until('the message arrives', () => owner.messages.length === 1);
      client.send(Buffer.alloc(600), { fin: false });
      client.send(Buffer.alloc(401), { opcode: 0 });
      await until('the peer is cut', () => client.isGone);
      await until('the owner is told', () => owner.closes.length === 1);
      expect(client.closeFrame).toBeUndefined();
      expect(owner.closes[0].code).toBe(1006);
    });

    it('cuts a peer that sends text which is not UTF-8', async () => {
      const { owner, server } = await servers.run();
      const client = await RawClient.open({ port: server.port });
      client.send(Buffer.of(0xff, 0xfe), { opcode: 1 });
      await until('the owner is told', () => owner.closes.length === 1);
      expect(owner.messages).toEqual([]);
      expect(client.closeFrame).toBeUndefined();
    });
  });

  describe(`publish() on ${name}`, () => {
    it('keeps the order of publish and send within a turn, over topics and sizes', async () => {
      const { owner, server } = await servers.run({ maxBufferedBytes: 'unbounded' });
      const client = await RawClient.open({ port: server.port, path: '/a' });
      const socket = await owner.socket('/a');
      for (const topic of ['x', 'y', 'z']) socket.subscribe(topic);
      for (const number of upTo(300)) {
        const bytes = numbered(number, number % 50 === 7 ? 20_000 : 100);
        if (number % 5 === 3) socket.send(bytes);
        else server.publish(['x', 'y', 'z'][number % 3], bytes);
      }
      await client.waitForMessages(300);
      expect(client.numbers).toEqual(upTo(300));
    });

    it('reaches the subscribers of the topic alone, and all of them', async () => {
      const { owner, server } = await servers.run();
      const clients = await Promise.all(['/a', '/b', '/c'].map((path) => RawClient.open({ port: server.port, path })));
      for (const path of ['/a', '/b']) (await owner.socket(path)).subscribe('t');
      (await owner.socket('/c')).subscribe('t/#');
      expect([server.subscriberCount('t'), server.subscriberCount('none')]).toEqual([2, 0]);
      server.publish('t', numbered(1, 4));
      server.publish('none', numbered(2, 4));
      (await owner.socket('/c')).send(numbered(3, 4));
      for (const client of clients) await client.waitForMessages(1);
      await nextTurn();
      expect(clients.map((client) => client.numbers)).toEqual([[1], [1], [3]]);
    });

    it('delivers what was published before an unsubscribe and nothing after it', async () => {
      const { owner, server } = await servers.run();
      const client = await RawClient.open({ port: server.port, path: '/a' });
      const socket = await owner.socket('/a');
      socket.subscribe('t');
      socket.subscribe('t');
      server.publish('t', numbered(1, 4));
      socket.unsubscribe('t');
      socket.unsubscribe('t');
      server.publish('t', numbered(2, 4));
      socket.send(numbered(3, 4));
      await client.waitForMessages(2);
      expect(client.numbers).toEqual([1, 3]);
      expect(server.subscriberCount('t')).toBe(0);
    });

    it('takes a copy, so that the caller may reuse the bytes', async () => {
      const { owner, server } = await servers.run({ maxBufferedBytes: 'unbounded' });
      const client = await RawClient.open({ port: server.port, path: '/a' });
      const socket = await owner.socket('/a');
      socket.subscribe('t');
      for (const sizeBytes of [4, 70_000]) {
        const bytes = numbered(7, sizeBytes);
        server.publish('t', bytes);
        bytes.fill(0);
        const sent = numbered(8, sizeBytes);
        socket.send(sent);
        sent.fill(0);
      }
      await client.waitForMessages(4);
      expect(client.numbers).toEqual([7, 8, 7, 8]);
      expect(client.messages.map((message) => message.length)).toEqual([4, 4, 70_000, 70_000]);
    });

    it('sends a corked group in order', async () => {
      const { owner, server } = await servers.run();
      const client = await RawClient.open({ port: server.port, path: '/a' });
      const socket = await owner.socket('/a');
      socket.cork(() => {
        for (const number of upTo(50)) socket.send(numbered(number, 125 + number));
      });
      await client.waitForMessages(50);
      expect(client.numbers).toEqual(upTo(50));
      expect(client.messages.map((message) => message.length)).toEqual(upTo(50).map((number) => 125 + number));
    });

    it('may be called from the message callback with the bytes of the engine', async () => {
      const { owner, server } = await servers.run();
      owner.onOpen = (socket) => {
        socket.subscribe('t');
      };
      owner.onMessage = (_socket, bytes) => {
        server.publish('t', bytes);
      };
      const clients = await Promise.all(['/a', '/b'].map((path) => RawClient.open({ port: server.port, path })));
      await until('both are open', () => owner.opened.length === 2);
      for (const number of upTo(100)) clients[0].send(numbered(number, 2000));
      for (const client of clients) {
        await client.waitForMessages(100);
        expect(client.numbers).toEqual(upTo(100));
      }
    });
  });
}
