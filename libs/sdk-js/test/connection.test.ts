import { waitFor } from '@arqonbus/testkit';
import { WebSocket as NodeWebSocket } from 'ws';
import { describe, expect, it, vi } from 'vitest';
import { connect as connectInBrowser } from '../src/browser.js';
import { connect, type Bus, type ConnectionState, type WebSocketConstructor } from '../src/node.js';
import { connectTo, rejection, startServer, take, text } from './harness.js';
import type { ServerSession } from './scripted-server.js';

/** Records the states a bus goes through. */
function statesOf(bus: Bus): ConnectionState[] {
  const states: ConnectionState[] = [];
  bus.on('state', ({ state }) => states.push(state));
  return states;
}

const heartbeatMs = 100;

/** Sends signs of life for a time; gives the longest silence between two of them. */
function beatFor(session: ServerSession, durationMs: number): Promise<number> {
  const startedMs = performance.now();
  let [lastMs, longestMs] = [startedMs, 0];
  return new Promise((resolve) => {
    const beat = setInterval(() => {
      const nowMs = performance.now();
      [lastMs, longestMs] = [nowMs, Math.max(longestMs, nowMs - lastMs)];
      session.socket.send(new Uint8Array(0));
      if (nowMs - startedMs < durationMs) return;
      clearInterval(beat);
      resolve(longestMs);
    }, heartbeatMs / 5);
  });
}

describe('connect()', () => {
  it('sends the token in a header on Node and resolves with the session', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    expect(server.current.request.headers).toMatchObject({ authorization: 'Bearer me.jwt', 'sec-websocket-protocol': 'arqon.v1' });
    expect([bus.state, bus.clientId, bus.session, bus.limits?.maxEventsPerRun]).toEqual(['open', 'me', server.current.id, 1_024]);
  });

  it('sends the token as a second subprotocol with a standard WebSocket, as in browsers', async () => {
    const server = await startServer();
    const WebSocket: WebSocketConstructor = NodeWebSocket;
    for (const open of [connect, connectInBrowser]) {
      const bus = await open({ url: server.url, token: 'me.jwt', WebSocket, reconnect: { minDelayMs: 1, maxDelayMs: 5 } });
      expect(server.current.request.headers['sec-websocket-protocol']).toBe('arqon.v1,bearer.me.jwt');
      const plans = await bus.join('plans');
      server.current.socket.terminate();
      server.emit('plans', 'missed');
      expect(await take(plans, 1)).toEqual(['missed']);
      await bus.close();
    }
  });

  it('keeps trying until the server is there, and rejects with TIMEOUT and the cause when it never is', async () => {
    const server = await startServer();
    let refusals = 0;
    server.refuseUpgrade = () => (refusals++ < 2 ? { status: 503 } : undefined);
    await connectTo(server);
    expect(refusals).toBe(3);
    const { url } = server;
    await server.stop();
    const error = await rejection(connect({ url, token: 't', connectTimeoutMs: 1_000, reconnect: { minDelayMs: 5, maxDelayMs: 10 } }));
    expect(error).toMatchObject({ code: 'TIMEOUT', cause: expect.objectContaining({ code: 'ECONNREFUSED' }) as unknown });
    expect(await rejection(connect({ url, token: 't', reconnect: { minDelayMs: 1, maxDelayMs: 2, maxAttempts: 3 } }))).toMatchObject({ code: 'TIMEOUT' });
  });

  it('rejects by signal, before and during, and closes an open bus by it', async () => {
    const server = await startServer();
    expect(await rejection(connectTo(server, { signal: AbortSignal.abort(new Error('before')) }))).toMatchObject({ message: 'before' });
    server.onWelcome = () => false;
    const controller = new AbortController();
    const connecting = rejection(connectTo(server, { signal: controller.signal }));
    await vi.waitFor(() => expect(server.sessions).toHaveLength(1), 15_000);
    controller.abort(new Error('during'));
    expect(await connecting).toMatchObject({ message: 'during' });
    server.onWelcome = undefined;
    const later = new AbortController();
    const bus = await connectTo(server, { signal: later.signal });
    later.abort();
    expect(bus.state).toBe('closed');
  });

  it('gives up an attempt without a welcome and makes another', async () => {
    const server = await startServer();
    server.onWelcome = () => server.sessions.length > 1;
    const bus = connect({ url: server.url, token: 'me', connectTimeoutMs: 1_000, reconnect: { minDelayMs: 1, maxDelayMs: 2 } });
    await rejection(bus);
    expect(server.sessions.length).toBeGreaterThanOrEqual(1);
    await connectTo(server);
  });

  it('refuses options that cannot work', async () => {
    expect(await rejection(connect({ url: 'ws://127.0.0.1:1' }))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'getToken' });
    expect(await rejection(connect({ url: 'not a url', token: 't' }))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'url' });
    expect(await rejection(connectInBrowser({ url: 'ws://127.0.0.1:1', token: 't', WebSocket: undefined }))).toBeInstanceOf(Error);
  });
});

describe('tokens', () => {
  it.each([['an HTTP 401', { status: 401 }], ['a close with 4401', { close: 4401 }]])('fetches a new token after %s', async (_, refusal) => {
    const server = await startServer();
    server.refuseUpgrade = (token) => (token === 'stale.jwt' ? refusal : undefined);
    const tokens = ['stale.jwt', 'me.jwt'];
    const bus = await connectTo(server, { token: undefined, getToken: () => Promise.resolve(tokens.shift()) });
    expect(bus.clientId).toBe('me');
    expect(server.tokens).toEqual(['stale.jwt', 'me.jwt']);
  });

  it('closes after three refused tokens in a row', async () => {
    const server = await startServer();
    server.refuseUpgrade = () => ({ close: 4401 });
    const getToken = vi.fn(() => Promise.resolve('bad'));
    expect(await rejection(connectTo(server, { token: undefined, getToken }))).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(getToken).toHaveBeenCalledTimes(3);
  });

  it('gives a server that it knew time to learn of a new signing key before the third refusal counts', async () => {
    const server = await startServer();
    const bus = await connectTo(server, { token: undefined, getToken: () => Promise.resolve('me.jwt'), reconnect: { minDelayMs: 5 } });
    let refusals = 0;
    server.refuseUpgrade = () => (refusals++ < 2 ? { close: 4401 } : undefined);
    const before = performance.now();
    server.current.socket.terminate();
    await vi.waitFor(() => { expect([refusals >= 2, bus.state]).toEqual([true, 'open']); }, 25_000);
    expect(performance.now() - before).toBeGreaterThan(5_000);
  });

  it.each([[''], [null]])('closes for good when getToken gives %j: access was revoked', async (empty) => {
    const server = await startServer();
    expect(await rejection(connectTo(server, { token: undefined, getToken: () => empty }))).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(server.tokens).toEqual([]);
  });

  it('tries getToken again when it fails', async () => {
    const server = await startServer();
    let calls = 0;
    const getToken = (): Promise<string> => (calls++ < 2 ? Promise.reject(new Error('offline')) : Promise.resolve('me.jwt'));
    await connectTo(server, { token: undefined, getToken });
    expect(calls).toBe(3);
  });

  it('reconnects with a new token after 4401 on an open session, and resumes', async () => {
    const server = await startServer();
    let calls = 0;
    const bus = await connectTo(server, { token: undefined, getToken: () => `me.${++calls}` });
    const plans = await bus.join('plans');
    server.current.socket.close(4401);
    await vi.waitFor(() => expect(server.tokens).toEqual(['me.1', 'me.2']), 15_000);
    server.emit('plans', 'a');
    expect(await take(plans, 1)).toEqual(['a']);
  });

  it('refreshes an expiring token without dropping the connection, one fetch for all who ask', async () => {
    const server = await startServer();
    let calls = 0;
    const bus = await connectTo(server, { token: undefined, getToken: () => Promise.resolve(`me.${++calls}`) });
    const refreshed = new Promise((resolve) => bus.on('token', resolve));
    server.current.signal({ case: 'tokenExpiring', value: { expiresAtUs: 1n } });
    server.current.signal({ case: 'tokenExpiring', value: { expiresAtUs: 1n } });
    expect(await refreshed).toEqual({ expiresAt: new Date(2_000_000_000_000) });
    expect(server.current.commandsOf('refreshToken')).toMatchObject([{ token: 'me.2' }]);
    await bus.ping();
    expect(await bus.refresh()).toEqual(new Date(2_000_000_000_000));
    expect([server.sessions.length, calls]).toEqual([1, 3]);
  });

  it('closes when a refresh finds that access was revoked, and reports a failure to fetch', async () => {
    const server = await startServer();
    let next: () => Promise<string> = () => Promise.resolve('me.1');
    const bus = await connectTo(server, { token: undefined, getToken: () => next() });
    next = () => Promise.reject(new Error('offline'));
    const failed = new Promise((resolve) => bus.on('error', resolve));
    server.current.signal({ case: 'tokenExpiring', value: {} });
    expect(await failed).toMatchObject({ code: 'UNAUTHENTICATED', cause: { message: 'offline' } });
    next = () => Promise.resolve('');
    expect(await rejection(bus.refresh())).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(bus.state).toBe('closed');
  });
});

describe('connection states', () => {
  it.each([[1006], [1001], [4000], [4008], [4399]])('reconnects after close %i', async (code) => {
    const server = await startServer();
    const bus = await connectTo(server);
    const states = statesOf(bus);
    if (code === 1006) server.current.socket.terminate();
    else server.current.socket.close(code);
    await vi.waitFor(() => expect(states).toEqual(['reconnecting', 'open']), 15_000);
    expect(server.sessions).toHaveLength(2);
  });

  it.each([[4400, 'MALFORMED_FRAME'], [4403, 'NOT_PERMITTED'], [4413, 'FRAME_TOO_LARGE']])('closes for good after %i', async (code, expected) => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    const pending = rejection(take(plans, 1));
    const closed = new Promise((resolve) => bus.on('state', resolve));
    server.current.socket.close(code);
    expect(await closed).toMatchObject({ state: 'closed', error: { code: expected } });
    expect(await pending).toMatchObject({ name: 'ClosedError', cause: { code: expected } });
    expect(await rejection(bus.publish('plans', text('a')))).toMatchObject({ name: 'ClosedError' });
  });

  it.each([[403, 'NOT_PERMITTED'], [400, 'MALFORMED_FRAME']])('rejects at once when the upgrade is refused with %i', async (status, code) => {
    const server = await startServer();
    server.refuseUpgrade = () => ({ status });
    expect(await rejection(connectTo(server))).toMatchObject({ code });
  });

  it('takes a silent connection for dead after two heartbeats, and an empty frame for life', async () => {
    const server = await startServer({ heartbeatMs });
    const bus = await connectTo(server);
    // A machine that stood still was silent too: only a time of steady beats tells.
    await waitFor(async () => {
      const connections = server.sessions.length;
      const longestSilenceMs = await beatFor(server.current, 5 * heartbeatMs);
      if (longestSilenceMs > heartbeatMs) return false;
      expect([server.sessions.length, bus.state]).toEqual([connections, 'open']);
      return true;
    }, { timeoutMs: 25_000, what: 'a time of steady beats' });
    const connections = server.sessions.length;
    await vi.waitFor(() => expect(server.sessions.length).toBeGreaterThan(connections), 15_000);
  });

  it('finishes acknowledgements with a draining server and comes back within its window', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.onRun = () => 'ignore';
    const published = bus.publish('plans', text('a'));
    await vi.waitFor(() => expect(server.current.runs()).toHaveLength(1), 15_000);
    server.onRun = undefined;
    const first = server.current;
    const startedMs = performance.now();
    first.signal({ case: 'draining', value: { reconnectAfterMsMin: 500, reconnectAfterMsMax: 560 } });
    await bus.ping();
    const late = bus.publish('plans', text('b'));
    server.takeRun(first, first.runs()[0].batch);
    expect((await published).sequence).toBe(1n);
    expect((await late).sequence).toBe(2n);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(495);
    expect(first.runs()).toHaveLength(1);
    expect(server.current.runs().map((run) => run.payloads)).toEqual([['b']]);
  });

  it('comes back within the window after 4503', async () => {
    const server = await startServer();
    const bus = await connectTo(server, { reconnect: { minDelayMs: 60_000, maxDelayMs: 60_000 } });
    server.onRun = () => 'ignore';
    const pending = bus.publish('plans', text('a'));
    await vi.waitFor(() => expect(server.current.runs()).toHaveLength(1), 15_000);
    server.onRun = undefined;
    server.current.signal({ case: 'draining', value: { reconnectAfterMsMin: 1, reconnectAfterMsMax: 10 } });
    server.current.signal({ case: 'disconnect', value: { code: 4503, reason: 'draining' } });
    server.current.socket.close(4503);
    expect((await pending).sequence).toBe(1n);
  });

  it('gives up a connection that sends a malformed frame', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.current.socket.send(new Uint8Array([0x0a, 0xff]));
    await vi.waitFor(() => expect([server.sessions.length, bus.state]).toEqual([2, 'open']), 15_000);
  });

  it('ignores unknown fields and bodies from a newer server', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.current.socket.send(new Uint8Array([0x10, 0x05, 0x0a, 0x08, 0xa2, 0x06, 0x00, 0x7a, 0x03, 0xfa, 0x01, 0x00]));
    expect((await bus.status()).readiness).toBe('Ready');
    expect(server.sessions).toHaveLength(1);
  });
});

describe('close() and drain()', () => {
  it('rejects what is pending with ClosedError and ends subscriptions without an error', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    server.onRun = () => 'ignore';
    server.onCommand = () => true;
    const pending = [rejection(bus.publish('plans', text('a'))), rejection(bus.status())];
    await bus.close();
    expect(await Promise.all(pending)).toMatchObject([{ name: 'ClosedError', code: 'CLOSED' }, { name: 'ClosedError' }]);
    const seen: string[] = [];
    for await (const message of plans) seen.push(message.text);
    expect(seen).toEqual([]);
    expect(await rejection(bus.join('plans'))).toMatchObject({ name: 'ClosedError' });
  });

  it('waits for acknowledgements, takes nothing new, and closes', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const states = statesOf(bus);
    server.onRun = () => 'ignore';
    const published = bus.publish('plans', text('a'));
    const draining = bus.drain();
    expect(await rejection(bus.publish('plans', text('b')))).toMatchObject({ name: 'ClosedError' });
    await vi.waitFor(() => expect(server.current.runs()).toHaveLength(1), 15_000);
    server.takeRun(server.current, server.current.runs()[0].batch);
    await draining;
    expect((await published).sequence).toBe(1n);
    expect(states).toEqual(['draining', 'closed']);
    await bus.drain();
  });

  it('waits for acknowledgements across a reconnect while draining', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.onRun = (_, session) => {
      server.onRun = undefined;
      session.socket.terminate();
      return 'ignore';
    };
    const published = bus.publish('plans', text('a'));
    await bus.drain();
    expect((await published).sequence).toBe(1n);
    expect(bus.state).toBe('closed');
  });

  it('gives up draining after the time-out and closes all the same', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.onRun = () => 'ignore';
    const published = rejection(bus.publish('plans', text('a')));
    expect(await rejection(bus.drain({ timeoutMs: 20 }))).toMatchObject({ code: 'TIMEOUT' });
    expect(await published).toMatchObject({ name: 'ClosedError' });
    expect(bus.state).toBe('closed');
  });

  it('keeps serving others when a listener throws', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    const thrown: unknown[] = [];
    const before = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => thrown.push(error));
    const seen: string[] = [];
    plans.on('message', () => {
      throw new Error('listener');
    });
    plans.on('message', (message) => seen.push(message.text));
    server.emit('plans', 'a');
    await vi.waitFor(() => expect([seen, thrown]).toMatchObject([['a'], [{ message: 'listener' }]]), 15_000);
    for (const listener of before) process.on('uncaughtException', listener);
  });
});
