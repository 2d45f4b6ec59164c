import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { RawClient } from '../test/raw-client.js';
import { accept, TestServers } from '../test/recording-owner.js';
import { nextTurn, until } from '../test/until.js';
import type { StartTransport, UpgradeDecision, UpgradeRequest } from './transport.js';
import type { Session } from '../test/recording-owner.js';

export function upgradeContract(name: string, start: StartTransport): void {
  const servers = new TestServers(start);
  afterEach(() => servers.closeAll());

  describe(`upgrade() on ${name}`, () => {
    it('accepts with the selected subprotocol and the owner data', async () => {
      const { owner, server } = await servers.run();
      const client = new WebSocket(`ws://127.0.0.1:${server.port}/door`, ['bearer.x', 'arqon.v1']);
      await new Promise((resolve) => client.once('open', resolve));
      expect(client.protocol).toBe('arqon.v1');
      expect(client.extensions).toBe('');
      expect((await owner.socket('/door')).data).toEqual({ name: '/door' });
      client.terminate();
    });

    it('passes path, query, headers and the address of the peer', async () => {
      const { owner, server } = await servers.run();
      const seen: string[] = [];
      owner.decide = (request) => {
        seen.push(request.path, request.query, request.header('authorization'), request.header('absent'), request.remoteAddress);
        return accept('a');
      };
      await RawClient.open({ port: server.port, path: '/a/b?x=1&y', headers: ['Authorization: Bearer t'] });
      await RawClient.open({ port: server.port, path: '/c' });
      expect(seen).toEqual(['/a/b', 'x=1&y', 'Bearer t', '', '127.0.0.1', '/c', '', '', '', '127.0.0.1']);
      expect((await owner.socket('a')).remoteAddress).toBe('127.0.0.1');
    });

    it('joins repeated header lines, so that two tokens make none', async () => {
      const { owner, server } = await servers.run();
      const seen: string[] = [];
      owner.decide = (request) => {
        seen.push(request.header('authorization'), request.header('sec-websocket-protocol'));
        return accept('a');
      };
      const headers = ['Authorization: Bearer a', 'Authorization: Bearer b', 'Sec-WebSocket-Protocol: x', 'Sec-WebSocket-Protocol: arqon.v1'];
      await RawClient.open({ port: server.port, headers });
      expect(seen).toEqual(['Bearer a, Bearer b', 'x, arqon.v1']);
    });

    it('keeps the request readable while the decision is awaited', async () => {
      const { owner, server } = await servers.run();
      owner.decide = async (request) => {
        await nextTurn();
        await nextTurn();
        return accept(`${request.path} ${request.header('x-test')}`);
      };
      const client = await RawClient.open({ port: server.port, path: '/late', headers: ['X-Test: kept'] });
      expect((await owner.socket('/late kept')).isOpen).toBe(true);
      client.send(Buffer.from('first'));
      await until('the message arrives', () => owner.messages.length === 1);
    });

    it('refuses with status, headers and body', async () => {
      const { owner, server } = await servers.run();
      owner.decide = () => ({ accept: false, status: 401, headers: { 'www-authenticate': 'Bearer' }, body: 'no token' });
      const client = RawClient.request({ port: server.port });
      await until('the connection ends', () => client.isGone);
      expect(client.response).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
      expect(client.response.toLowerCase()).toContain('www-authenticate: bearer');
      expect(client.body).toBe('no token');
      expect(owner.opened).toEqual([]);
    });

    it('refuses after an asynchronous decision', async () => {
      const { owner, server } = await servers.run();
      owner.decide = async () => {
        await nextTurn();
        return { accept: false, status: 503, headers: { 'retry-after': '1' } };
      };
      const client = RawClient.request({ port: server.port });
      await until('the connection ends', () => client.isGone);
      expect(client.status).toBe(503);
      expect(client.response.toLowerCase()).toContain('retry-after: 1');
    });

    const failing: [string, (request: UpgradeRequest) => Promise<UpgradeDecision<Session>>][] = [
      ['throws', () => { throw new Error('broken'); }],
      ['rejects', () => Promise.reject(new Error('broken'))],
    ];
    it.each(failing)('answers 500 and tells the owner when the decision %s', async (_title, decide) => {
      const { owner, server } = await servers.run();
      owner.decide = decide;
      const client = RawClient.request({ port: server.port });
      await until('the connection ends', () => client.isGone);
      expect(client.status).toBe(500);
      expect(client.body).toBe('');
      expect(owner.failures).toEqual([new Error('broken')]);
    });

    it('opens nothing for a peer that left while the decision was awaited', async () => {
      const { owner, server } = await servers.run();
      let decide: (decision: UpgradeDecision<Session>) => void = () => undefined;
      owner.decide = (request) => (request.path === '/leaver' ? new Promise((resolve) => { decide = resolve; }) : accept(request.path));
      let asked = false;
      const original = owner.decide;
      owner.decide = (request) => {
        asked ||= request.path === '/leaver';
        return original(request);
      };
      const leaver = RawClient.request({ port: server.port, path: '/leaver' });
      await until('the decision is asked for', () => asked);
      leaver.vanish();
      await until('the leaver is gone', () => leaver.isGone);
      await RawClient.open({ port: server.port, path: '/second' });
      decide(accept('/leaver'));
      await RawClient.open({ port: server.port, path: '/third' });
      expect(owner.opened.map((socket) => socket.data.name)).toEqual(['/second', '/third']);
      expect(owner.closes).toEqual([]);
    });

    it('takes a token of 8 KiB and answers 431 to headers above 16 KiB', async () => {
      const { owner, server } = await servers.run();
      let length = 0;
      owner.decide = (request) => {
        length = request.header('authorization').length;
        return accept('a');
      };
      const token = 'x'.repeat(8192);
      await RawClient.open({ port: server.port, headers: [`Authorization: Bearer ${token}`] });
      expect(length).toBe(8199);
      const large = RawClient.request({ port: server.port, headers: [`Authorization: Bearer ${'x'.repeat(17_000)}`] });
      await until('the connection ends', () => large.isGone);
      expect(large.status).toBe(431);
    });

    it('answers 426 to a request that is no upgrade', async () => {
      const { server } = await servers.run();
      const answer = await fetch(`http://127.0.0.1:${server.port}/`);
      expect(answer.status).toBe(426);
      expect(answer.headers.get('upgrade')).toBe('websocket');
    });

    it.each([
      ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
      ['0.0.0.0', '127.0.0.1', '127.0.0.1'],
      ['::1', '::1', '::1'],
      ['::', '::1', '::1'],
      ['::', '127.0.0.1', '127.0.0.1'],
    ])('listens on %s and names the peer that came to %s as %s', async (host, target, expected) => {
      const { owner, server } = await servers.run({ host });
      await RawClient.open({ port: server.port, host: target, path: '/peer' });
      expect((await owner.socket('/peer')).remoteAddress).toBe(expected);
    });
  });
}
