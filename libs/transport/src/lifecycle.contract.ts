import { afterEach, describe, expect, it } from 'vitest';
import { RawClient } from '../test/raw-client.js';
import { numbered, TestServers } from '../test/recording-owner.js';
import { until } from '../test/until.js';
import type { StartTransport } from './transport.js';

export function lifecycleContract(name: string, start: StartTransport): void {
  const servers = new TestServers(start);
  afterEach(() => servers.closeAll());

  describe(`close() on ${name}`, () => {
    it('gives the peer code and reason, and makes every later call a no-op', async () => {
      const { owner, server } = await servers.run();
      const client = await RawClient.open({ port: server.port, path: '/a' });
      const socket = await owner.socket('/a');
      socket.subscribe('t');
      socket.send(numbered(1, 4));
      server.publish('t', numbered(2, 4));
      socket.close(4401, 'fetch a new token');
      expect(socket.isOpen).toBe(false);
      expect(owner.closes).toEqual([{ socket, code: 4401 }]);
      expect(server.subscriberCount('t')).toBe(0);
      socket.close(4400, 'again');
      socket.terminate();
      socket.subscribe('t');
      socket.unsubscribe('t');
      socket.cork(() => {
        throw new Error('must not run');
      });
      expect(socket.send(numbered(3, 4))).toBe('dropped');
      expect(socket.bufferedBytes).toBe(0);
      expect(server.subscriberCount('t')).toBe(0);
      await until('the close frame arrives', () => client.closeFrame !== undefined);
      expect(client.closeFrame).toEqual({ code: 4401, reason: 'fetch a new token' });
      expect(client.numbers).toEqual([1, 2]);
      client.socket.end();
      await until('the connection ends', () => client.isGone);
      expect(owner.closes.length).toBe(1);
      expect(owner.losses).toEqual([]);
    });

    it('cuts a reason that is too long between characters', async () => {
      const { owner, server } = await servers.run();
      const client = await RawClient.open({ port: server.port, path: '/a' });
      (await owner.socket('/a')).close(4400, `${'x'.repeat(122)}é`);
      await until('the close frame arrives', () => client.closeFrame !== undefined);
      expect(client.closeFrame).toEqual({ code: 4400, reason: 'x'.repeat(122) });
    });

    it('may be called from the open and the message callback', async () => {
      const { owner, server } = await servers.run();
      owner.onOpen = (socket) => {
        if (socket.data.name === '/open') socket.close(4401, 'bad token');
      };
      owner.onMessage = (socket) => {
        socket.close(4400, 'malformed');
      };
      const first = await RawClient.open({ port: server.port, path: '/open' });
      await until('the close frame arrives', () => first.closeFrame !== undefined);
      expect(first.closeFrame).toEqual({ code: 4401, reason: 'bad token' });
      const second = await RawClient.open({ port: server.port, path: '/message' });
      for (let count = 0; count < 3; count += 1) second.send(Buffer.from('x'));
      await until('the close frame arrives', () => second.closeFrame !== undefined);
      expect(second.closeFrame).toEqual({ code: 4400, reason: 'malformed' });
      expect(owner.messages.length).toBe(1);
      expect(owner.closes.map(({ code }) => code)).toEqual([4401, 4400]);
    });

    it('passes the code with which the peer closes, and 1006 when it vanishes', async () => {
      const { owner, server } = await servers.run();
      const polite = await RawClient.open({ port: server.port });
      polite.send(Buffer.of(0x03, 0xe8, 0x62, 0x79, 0x65), { opcode: 8 });
      await until('the owner is told', () => owner.closes.length === 1);
      const rude = await RawClient.open({ port: server.port });
      rude.vanish();
      await until('the owner is told', () => owner.closes.length === 2);
      expect(owner.closes.map(({ code }) => code)).toEqual([1000, 1006]);
      expect(owner.closes.map(({ socket }) => socket.isOpen)).toEqual([false, false]);
      await until('the polite peer is answered', () => polite.closeFrame !== undefined);
      expect(polite.closeFrame?.code).toBe(1000);
    });
  });

  describe(`terminate() on ${name}`, () => {
    it('cuts the connection without a close frame', async () => {
      const { owner, server } = await servers.run();
      const client = await RawClient.open({ port: server.port, path: '/a' });
      const socket = await owner.socket('/a');
      socket.terminate();
      expect(owner.closes).toEqual([{ socket, code: 1006 }]);
      await until('the peer is cut', () => client.isGone);
      expect(client.closeFrame).toBeUndefined();
      expect(socket.isOpen).toBe(false);
    });
  });

  describe(`stopListening() on ${name}`, () => {
    it('refuses new connections and keeps the open ones', async () => {
      const { owner, server } = await servers.run();
      const client = await RawClient.open({ port: server.port, path: '/a' });
      const socket = await owner.socket('/a');
      socket.subscribe('t');
      server.stopListening();
      server.stopListening();
      const late = RawClient.request({ port: server.port });
      await until('the late one is refused', () => late.isGone);
      expect(late.response).toBe('');
      server.publish('t', numbered(1, 4));
      client.send(Buffer.from('still here'));
      await client.waitForMessages(1);
      await until('the message arrives', () => owner.messages.length === 1);
      expect(owner.closes).toEqual([]);
    });
  });

  describe(`server close() on ${name}`, () => {
    it('cuts what is open, tells the owner, and frees the port', async () => {
      const { owner, server } = await servers.run();
      const clients = await Promise.all(['/a', '/b'].map((path) => RawClient.open({ port: server.port, path })));
      await until('both are open', () => owner.opened.length === 2);
      owner.opened[0].subscribe('t');
      await server.close();
      await server.close();
      for (const client of clients) await until('the peer is cut', () => client.isGone);
      expect(owner.closes.map(({ code }) => code)).toEqual([1006, 1006]);
      server.publish('t', numbered(1, 4));
      expect(server.subscriberCount('t')).toBe(0);
      const again = await servers.run({ port: server.port });
      expect(again.server.port).toBe(server.port);
    });

    it('opens nothing for an upgrade that is still being decided', async () => {
      const { owner, server } = await servers.run();
      let isAsked = false;
      owner.decide = () => {
        isAsked = true;
        return server.close().then(() => ({ accept: true, data: { name: 'late' }, subprotocol: '' }));
      };
      const client = RawClient.request({ port: server.port });
      await until('the peer is cut', () => client.isGone);
      expect(isAsked).toBe(true);
      expect(client.response).toBe('');
      expect(owner.opened).toEqual([]);
    });
  });

  describe(`start on ${name}`, () => {
    it.each([
      ['127.0.0.1', '127.0.0.1'],
      ['0.0.0.0', '0.0.0.0'],
      ['0.0.0.0', '127.0.0.1'],
      ['::', '::'],
      ['::1', '::1'],
    ])('fails when the port is in use: %s, then %s', async (first, second) => {
      const { server } = await servers.run({ host: first });
      await expect(servers.run({ host: second, port: server.port })).rejects.toThrow(`port ${server.port} is in use`);
    });

    it('names an address that is not ours', async () => {
      await expect(servers.run({ host: '192.0.2.1' })).rejects.toThrow('cannot listen on 192.0.2.1 port 0 (EADDRNOTAVAIL)');
    });

    it.each([
      { port: 65_536 },
      { port: -1 },
      { maxMessageBytes: 0 },
      { maxBufferedBytes: 0 },
      { maxBufferedBytes: 1.5 },
      { idleTimeoutMs: 0 },
      { idleTimeoutMs: Number.NaN },
    ])('refuses %j with INVALID_ARGUMENT', async (options) => {
      await expect(servers.run(options)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: Object.keys(options)[0] });
    });
  });

  describe(`idle time-out on ${name}`, () => {
    it('closes a peer that answers no ping and keeps one that does', { timeout: 90_000 }, async () => {
      const { owner, server } = await servers.run({ idleTimeoutMs: 1 });
      const startMs = performance.now();
      const dead = await RawClient.open({ port: server.port, path: '/dead', pongs: 'ignore' });
      const alive = await RawClient.open({ port: server.port, path: '/alive' });
      await until('the dead peer is closed', () => owner.closes.length > 0, 30_000);
      const tookMs = performance.now() - startMs;
      expect(tookMs).toBeGreaterThan(3900);
      expect(tookMs).toBeLessThan(25_000);
      expect(owner.closes.map(({ socket, code }) => [socket.data.name, code])).toEqual([['/dead', 1006]]);
      expect(dead.frames.some(({ opcode }) => opcode === 9)).toBe(true);
      const pings = alive.frames.filter(({ opcode }) => opcode === 9).length;
      await until('the other one is pinged again', () => alive.frames.filter(({ opcode }) => opcode === 9).length > pings + 1, 30_000);
      expect((await owner.socket('/alive')).isOpen).toBe(true);
    });
  });
}
