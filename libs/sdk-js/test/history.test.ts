import { describe, expect, it } from 'vitest';
import { connectTo, rejection, startServer, take } from './harness.js';

describe('history()', () => {
  it('iterates over all pages in order', async () => {
    const server = await startServer();
    server.historyPageEvents = 4;
    const bus = await connectTo(server);
    server.emit('plans:main', ...Array.from({ length: 11 }, (_, index) => `${index + 1}`));
    const seen: string[] = [];
    for await (const message of bus.history('plans:main')) {
      expect(message.replayed).toBe(true);
      seen.push(message.text);
    }
    expect(seen).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11']);
    const windows = server.current.commandsOf('historyGet');
    expect(windows.map((window) => window.fromSequence)).toEqual([0n, 5n, 9n]);
    expect(windows.slice(1).every((window) => window.epoch === server.topic('plans:main').epoch)).toBe(true);
  });

  it('reads a window, a limit, and single pages', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.emit('plans', 'a', 'b', 'c', 'd', 'e');
    const seen: string[] = [];
    for await (const message of bus.history('plans', { fromSequence: 2n, toSequence: 4n })) seen.push(message.text);
    expect(seen).toEqual(['b', 'c', 'd']);
    const history = bus.history('plans', { pageSize: 2, limit: 3, fromTime: new Date(1_000), toTime: new Date(9_999_999_999_999) });
    const first = await history.page();
    expect(first).toMatchObject({ complete: false, nextSequence: 3n });
    expect(first.messages.map((message) => message.text)).toEqual(['a', 'b']);
    expect((await history.page()).messages.map((message) => message.text)).toEqual(['c']);
    expect(await history.page()).toMatchObject({ messages: [], complete: true });
    expect(server.current.commandsOf('historyGet')[1].fromTimeUs).toBe(1_000_000n);
  });

  it('keeps the pages of a request apart from live deliveries', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.emit('plans', 'old');
    const plans = await bus.join('plans');
    const page = await bus.history('plans').page();
    expect(page.messages.map((message) => message.text)).toEqual(['old']);
    server.emit('plans', 'new');
    expect(await take(plans, 1)).toEqual(['new']);
  });

  it('raises what the server refuses it with', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.onCommand = (session, id) => {
      session.send([{ envelopes: [{ id, body: { case: 'error', value: { requestId: id, code: 'EPOCH_CHANGED', field: 'epoch' } } }] }]);
      return true;
    };
    expect(await rejection(bus.history('plans', { epoch: 5n }).page())).toMatchObject({ code: 'EPOCH_CHANGED' });
    expect(await rejection(bus.history('plans', { signal: AbortSignal.abort(new Error('no')) }).page())).toMatchObject({ message: 'no' });
  });
});

describe('commands', () => {
  it('answer status, ping, and the commands of channels', async () => {
    const server = await startServer();
    const bus = await connectTo(server, { name: 'tester' });
    expect(await bus.status()).toMatchObject({ server: 'scripted 1', readiness: 'Ready', session: bus.session, clientId: 'me', uptimeMs: 5, topicCount: 0 });
    const pong = await bus.ping();
    expect(pong.serverTime).toEqual(new Date(1_700_000_000_000));
    expect(pong.roundTripMs).toBeGreaterThanOrEqual(0);
    expect(await bus.listChannels('plans')).toMatchObject([{ room: 'plans', channel: 'a', sequence: 3n, epoch: 9n }, { channel: 'b' }]);
    expect(await bus.channelInfo('plans:a')).toMatchObject({ channel: 'a', subscriberCount: 2, historyCount: 4, historyBytes: 400, firstSequence: 1n });
    expect(await bus.createChannel({ room: 'plans', channel: 'c' })).toMatchObject({ channel: 'c' });
    await bus.deleteChannel('plans:c');
    expect(server.current.commandsOf('deleteChannel')).toMatchObject([{ room: 'plans', channel: 'c' }]);
    expect(bus.name).toBe('tester');
    expect(await rejection(Promise.resolve().then(() => bus.channelInfo('@me')))).toMatchObject({ code: 'INVALID_NAME' });
  });

  it('are sent again when the connection drops before the answer', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.onCommand = (session) => {
      session.socket.terminate();
      server.onCommand = undefined;
      return true;
    };
    expect((await bus.status()).readiness).toBe('Ready');
    expect(server.sessions).toHaveLength(2);
  });

  it('fail with INTERNAL and the code in the message when a newer server refuses by an unknown one', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.onCommand = (session, id) => {
      session.send([{ envelopes: [{ id, body: { case: 'error', value: { requestId: id, code: 'NEW_CODE', message: 'of tomorrow', retryAfterMs: 7 } } }] }]);
      return true;
    };
    const error = await rejection(bus.status());
    expect(error).toMatchObject({ code: 'INTERNAL', retryAfterMs: 7 });
    expect(String(error)).toContain('NEW_CODE');
  });
});
