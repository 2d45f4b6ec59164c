import { create } from '@bufbuild/protobuf';
import { Durability, EventSchema } from '@arqonbus/proto';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { comparePositions, mergePositions, type ChannelPosition } from '../src/node.js';
import { connectTo, rejection, startServer, take, takeMessages, text } from './harness.js';
import { places, type RunVerdict } from './scripted-server.js';

describe('publish()', () => {
  it('resolves with sequence, epoch and durability', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.emit('plans:main', 'before');
    const result = await bus.publish('plans:main', { type: 'text/plain', payload: 'hello', headers: { a: 'b' }, traceparent: '00-x', intent: 'say', capabilities: ['x'] });
    expect(result).toEqual({ sequence: 2n, epoch: server.topic('plans:main').epoch, durability: 'MEMORY', duplicate: false });
    const [{ batch, payloads, run }] = server.current.runs();
    expect(payloads).toEqual(['hello']);
    expect(run).toBe(1n);
    expect(batch).toMatchObject({ room: 'plans', channel: 'main', ack: true });
    expect(batch.producer).not.toBe(0n);
    expect(batch.envelopes[0]).toMatchObject({ headers: { a: 'b' }, traceparent: '00-x', intent: 'say', capabilities: ['x'] });
    expect(batch.envelopes[0].id).toHaveLength(16);
  });

  it('makes one run of the publishes of one turn, each with its own sequence', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const results = await Promise.all([
      bus.publish('plans', text('a')), bus.publish('plans', text('b')), bus.publish('other', text('x')), bus.publish('plans', text('c')),
    ]);
    expect(results.map((result) => result.sequence)).toEqual([1n, 2n, 1n, 3n]);
    expect(server.current.runs().map((run) => run.payloads)).toEqual([['a', 'b', 'c'], ['x']]);
    expect(server.current.frameCount).toBe(1);
  });

  it('splits runs at the limits of events and bytes, in order', async () => {
    const server = await startServer({ limits: { maxEventsPerRun: 3, maxFrameBytes: 10_000 } });
    const bus = await connectTo(server);
    const many = await bus.publishMany('plans', Array.from({ length: 7 }, (_, index) => text(`${index}`)));
    expect(many.map((result) => result.sequence)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n]);
    expect(server.current.runs().map((run) => run.payloads.length)).toEqual([3, 3, 1]);
    await Promise.all(['a', 'b', 'c'].map((letter) => bus.publish('big', text(letter.repeat(6_000)))));
    expect(server.current.runs().slice(3).map((run) => run.payloads[0][0])).toEqual(['a', 'b', 'c']);
    expect(server.current.frameCount).toBe(4);
  });

  it('encodes Protobuf messages by their schema and decodes them on the other side', async () => {
    const server = await startServer();
    const bus = await connectTo(server, { echo: true });
    const typed = await bus.join('typed', { schema: EventSchema });
    await bus.publish('typed', { schema: EventSchema, data: { type: 'inner', payload: new Uint8Array([1, 2]) } });
    await bus.publish('typed', { schema: EventSchema, data: create(EventSchema, { type: 'made' }) });
    await bus.publish('typed', text('not one'));
    const [first, second, third] = await takeMessages(typed, 3);
    expect(first.type).toBe('arqon.v1.Event');
    expect((first as { data: { type: string } }).data.type).toBe('inner');
    expect((second as { data: { type: string } }).data.type).toBe('made');
    expect(() => third.data).toThrow(expect.objectContaining({ code: 'INVALID_ENVELOPE', field: 'event.type' }) as Error);
  });

  it('resolves without acknowledgement once handed to the socket, in order with acknowledged ones', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const [first, second] = await Promise.all([bus.publish('plans', text('a'), { ack: false }), bus.publish('plans', text('b'))]);
    expect(first).toBeUndefined();
    expect(second.sequence).toBe(2n);
    expect(server.current.runs().map(({ batch, payloads }) => [batch.ack, batch.run, batch.producer === 0n, payloads])).toEqual([
      [false, 0n, true, ['a']], [true, 1n, false, ['b']],
    ]);
  });

  it('reports the refusal of an unacknowledged event as an error event', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.onRun = () => ({ code: 'NOT_PERMITTED' });
    const seen = new Promise((resolve) => bus.on('error', resolve));
    await bus.publish('plans', text('a'), { ack: false });
    expect(await seen).toMatchObject({ code: 'NOT_PERMITTED' });
  });

  it('carries the positions it depends on', async () => {
    const server = await startServer();
    const bus = await connectTo(server, { echo: true });
    const plans = await bus.join('plans:a');
    await bus.publish('plans:a', text('cause'));
    const [cause] = await takeMessages(plans, 1);
    await bus.publish('plans:b', text('effect'), { after: [cause.position] });
    expect(server.current.runs()[1].batch.after).toMatchObject([{ channel: 'a', epoch: cause.epoch, sequence: 1n }]);
  });

  it('rejects with the refusal of the one event that content policy blocked, and sends the rest of its run again (R6)', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.onRun = (batch): RunVerdict => {
      const index = batch.envelopes.findIndex((envelope) => envelope.body.case === 'event' && new TextDecoder().decode(envelope.body.value.payload) === 'secret');
      return index < 0 ? 'take' : { code: 'CASIL_POLICY_BLOCKED_SECRET', index };
    };
    const [a, secret, c, next] = await Promise.all([
      bus.publish('plans', text('a')), rejection(bus.publish('plans', text('secret'))), bus.publish('plans', text('c')),
      Promise.resolve().then(() => Promise.resolve()).then(() => bus.publish('plans', text('next'))),
    ]);
    expect(secret).toMatchObject({ name: 'ArqonError', code: 'CASIL_POLICY_BLOCKED_SECRET' });
    expect([a.sequence, c.sequence, next.sequence]).toEqual([1n, 2n, 3n]);
  });

  it('rejects a whole run that the token does not cover, and the runs behind it take its number', async () => {
    const server = await startServer({ limits: { maxEventsPerRun: 1 } });
    const bus = await connectTo(server);
    server.onRun = (batch): RunVerdict => (server.current.runs().length === 1 && batch.run === 1n ? { code: 'NOT_PERMITTED' } : 'take');
    const [refused, b, c] = await Promise.all([rejection(bus.publish('plans', text('a'))), bus.publish('plans', text('b')), bus.publish('plans', text('c'))]);
    expect(refused).toMatchObject({ code: 'NOT_PERMITTED', run: 1n });
    expect([b.sequence, c.sequence]).toEqual([1n, 2n]);
  });

  it('refuses an event above the envelope limit and more than may be pending', async () => {
    const server = await startServer({ limits: { maxEnvelopeBytes: 100 } });
    const bus = await connectTo(server, { maxPendingPublishes: 2 });
    expect(await rejection(bus.publish('plans', text('x'.repeat(101))))).toMatchObject({ code: 'ENVELOPE_TOO_LARGE' });
    expect(await rejection(bus.publish('plans', { ...text('x'), headers: { big: 'x'.repeat(101) } }))).toMatchObject({ code: 'ENVELOPE_TOO_LARGE' });
    server.onRun = () => 'ignore';
    const pending = [rejection(bus.publish('plans', text('a'))), rejection(bus.publish('plans', text('b')))];
    expect(await rejection(bus.publish('plans', text('c')))).toMatchObject({ code: 'RATE_LIMITED' });
    await bus.close();
    expect(await Promise.all(pending)).toMatchObject([{ name: 'ClosedError' }, { name: 'ClosedError' }]);
  });

  it('keeps to the number of unacknowledged runs, and waits', async () => {
    const server = await startServer({ limits: { maxUnacknowledgedRuns: 2, maxEventsPerRun: 1 } });
    const bus = await connectTo(server);
    server.onRun = () => 'ignore';
    const published = ['a', 'b', 'c'].map((payload) => bus.publish('plans', text(payload)));
    await bus.ping();
    const runs = server.current.runs();
    expect(runs.map((run) => run.payloads)).toEqual([['a'], ['b']]);
    server.onRun = undefined;
    for (const run of runs) server.takeRun(server.current, run.batch);
    expect((await Promise.all(published)).map((result) => result.sequence)).toEqual([1n, 2n, 3n]);
  });

  it('keeps to the rate and to the bytes in flight that the welcome names', async () => {
    const server = await startServer({ limits: { maxEventsPerSecond: 100, maxBytesInFlight: 4_000, maxEventsPerRun: 10 } });
    const bus = await connectTo(server);
    const startedMs = performance.now();
    const events = Array.from({ length: 150 }, (_, index) => text(`${index}`.padEnd(200, '.')));
    const results = await bus.publishMany('plans', events);
    expect(results.map((result) => result.sequence)).toEqual(events.map((_, index) => BigInt(index + 1)));
    expect(performance.now() - startedMs).toBeGreaterThan(300);
    await Promise.all(events.slice(0, 20).map((event) => bus.publish('plain', event, { ack: false })));
  });

  it('sends a run again after the delay that a rate refusal names', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    let refusals = 0;
    server.onRun = (): RunVerdict => (refusals++ < 2 ? { code: 'RATE_LIMITED', retryAfterMs: 5 } : 'take');
    expect((await bus.publish('plans', text('a'))).sequence).toBe(1n);
    expect(server.current.runs().map((run) => run.run)).toEqual([1n, 1n, 1n]);
  });

  it('times out, and does not send what is aborted before it was sent', async () => {
    const server = await startServer({ limits: { maxUnacknowledgedRuns: 1 } });
    const bus = await connectTo(server);
    server.onRun = () => 'ignore';
    const first = rejection(bus.publish('plans', text('a'), { timeoutMs: 300 }));
    await vi.waitFor(() => expect(server.current.runs()).toHaveLength(1), 15_000);
    const controller = new AbortController();
    const second = rejection(bus.publish('plans', text('b'), { signal: controller.signal }));
    const third = bus.publish('plans', text('c'));
    controller.abort(new Error('enough'));
    expect(await second).toMatchObject({ message: 'enough' });
    expect(await first).toMatchObject({ code: 'TIMEOUT' });
    server.onRun = undefined;
    server.takeRun(server.current, server.current.runs()[0].batch);
    expect((await third).sequence).toBe(2n);
    expect(server.current.runs().map((run) => run.payloads)).toEqual([['a'], ['c']]);
    expect(await rejection(bus.publish('plans', text('d'), { signal: AbortSignal.abort(new Error('before')) }))).toMatchObject({ message: 'before' });
  });
});

describe('sending again', () => {
  it('sends unacknowledged runs again in order after a reconnect, and takes a duplicate for success (R7)', async () => {
    const server = await startServer({ limits: { maxEventsPerRun: 2 } });
    const bus = await connectTo(server);
    await bus.publish('plans', text('first'));
    const first = server.current;
    server.onRun = (batch, session): RunVerdict => {
      if (session !== first) return 'take';
      // The store takes run 2, and its acknowledgement is lost with the connection, as is run 3.
      if (batch.run === 2n) return 'lose-ack';
      session.socket.terminate();
      return 'ignore';
    };
    const published = ['a', 'b', 'c', 'd'].map((payload) => bus.publish('plans', text(payload)));
    const results = await Promise.all(published);
    expect(results.map((result) => result.sequence)).toEqual([2n, 3n, 4n, 5n]);
    expect(results.map((result) => result.duplicate)).toEqual([true, true, false, false]);
    expect(server.current.runs().map((run) => [run.run, run.payloads])).toEqual([[2n, ['a', 'b']], [3n, ['c', 'd']]]);
    expect(server.topic('plans').events).toHaveLength(5);
  });

  it('sends unacknowledged runs and unanswered commands again after a second welcome', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.onRun = () => 'ignore';
    server.onCommand = () => true;
    const published = bus.publish('plans', text('a'));
    const status = bus.status();
    await vi.waitFor(() => expect(server.current.received).toHaveLength(2), 15_000);
    server.onRun = undefined;
    server.onCommand = undefined;
    server.current.welcome();
    expect((await published).sequence).toBe(1n);
    expect((await status).server).toBe('scripted 1');
  });

  it('sends everything unacknowledged again, lowest first, when a run is out of order', async () => {
    const server = await startServer({ limits: { maxEventsPerRun: 1 } });
    const bus = await connectTo(server);
    let seen = 0;
    // The first two runs are lost on the way, the third is refused as a jump.
    server.onRun = (): RunVerdict => (++seen <= 2 ? 'ignore' : 'take');
    const results = await Promise.all(['a', 'b', 'c'].map((payload) => bus.publish('plans', text(payload))));
    expect(results.map((result) => result.sequence)).toEqual([1n, 2n, 3n]);
    expect(server.current.runs().map((run) => run.run)).toEqual([1n, 2n, 3n, 1n, 2n, 3n]);
    expect(server.topic('plans').events).toHaveLength(3);
  });

  it('gives up a topic whose runs stay out of order after bounded tries', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.onRun = () => ({ code: 'RUN_OUT_OF_ORDER' });
    expect(await rejection(bus.publish('plans', text('a')))).toMatchObject({ code: 'RUN_OUT_OF_ORDER' });
    expect(server.current.runs().length).toBeLessThan(10);
    server.onRun = undefined;
    expect((await bus.publish('plans', text('b'))).sequence).toBe(1n);
  });

  it('reports the outcome as unknown when the producer was forgotten, never sends again, and goes on under a fresh one', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    await bus.publish('plans', text('first'));
    server.onRun = (batch): RunVerdict => (batch.run === 2n ? { code: 'PRODUCER_UNKNOWN' } : 'take');
    expect(await rejection(bus.publish('plans', text('unknown')))).toMatchObject({ code: 'PRODUCER_UNKNOWN' });
    await bus.publish('plans', text('next'));
    const runs = server.current.runs();
    expect(runs.map((run) => [run.run, run.payloads[0]])).toEqual([[1n, 'first'], [2n, 'unknown'], [1n, 'next']]);
    expect(runs[2].producer).not.toBe(runs[0].producer);
  });

  it('keeps publishes made while disconnected and sends them when connected again', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const states: string[] = [];
    const lost = new Promise<void>((resolve) => {
      bus.on('state', ({ state }) => {
        states.push(state);
        resolve();
      });
    });
    server.current.socket.terminate();
    await lost;
    expect((await bus.publish('plans', text('late'))).sequence).toBe(1n);
    expect(states).toEqual(['reconnecting', 'open']);
  });
});

describe('send() and inbox()', () => {
  it('delivers to the inbox of a client', async () => {
    const server = await startServer();
    const me = await connectTo(server);
    const other = await connectTo(server, { token: 'other.jwt' });
    const inbox = await other.inbox();
    await me.send('other', text('one'));
    await me.send('@other', text('two'));
    await me.publish('@other', text('three'));
    expect(await take(inbox, 3)).toEqual(['one', 'two', 'three']);
    expect(server.sessions[0].runs()[0].batch).toMatchObject({ room: '', channel: '', recipient: 'other', recipientSession: 0n });
  });

  it('resumes the inbox from its position', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const inbox = await bus.inbox();
    server.emit('@me', 'a');
    expect(await take(inbox, 1)).toEqual(['a']);
    server.current.socket.terminate();
    server.emit('@me', 'b');
    expect(await take(inbox, 1)).toEqual(['b']);
  });
});

describe('publish() while the store is not available', () => {
  it('sends the run again under its number until the store takes it (D17)', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    let refusals = 0;
    server.onRun = (): RunVerdict => (refusals++ < 3 ? { code: 'STORE_UNAVAILABLE', retryAfterMs: refusals === 1 ? 20 : 0 } : 'take');
    const result = await bus.publish('plans', text('a'));
    expect(result).toMatchObject({ sequence: 1n, duplicate: false });
    expect(server.current.runs().map(({ run, payloads }) => [run, payloads])).toEqual(Array.from({ length: 4 }, () => [1n, ['a']]));
    expect(new Set(server.current.runs().map(({ producer }) => producer)).size).toBe(1);
  });

  it('rejects after a finite time, and goes on under a fresh producer, because the number may be used up', async () => {
    const server = await startServer();
    const bus = await connectTo(server, { storeRetryMs: 1_000 });
    let isUp = false;
    server.onRun = (): RunVerdict => (isUp ? 'take' : { code: 'STORE_UNAVAILABLE', retryAfterMs: 10 });
    const startedMs = performance.now();
    expect(await rejection(bus.publish('plans', text('a')))).toMatchObject({ code: 'STORE_UNAVAILABLE', retryAfterMs: 10 });
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(995);
    const before = server.current.runs();
    expect(before.length).toBeGreaterThan(1);
    isUp = true;
    expect(await bus.publish('plans', text('b'))).toMatchObject({ sequence: 1n });
    const after = server.current.runs().at(-1);
    expect(after).toMatchObject({ run: 1n, payloads: ['b'] });
    expect(after?.producer).not.toBe(before[0].producer);
  });

  it('sends it to whatever server it reconnects to, under the same producer and number', async () => {
    const [first, second] = [await startServer(), await startServer()];
    first.onRun = (): RunVerdict => ({ code: 'STORE_UNAVAILABLE', retryAfterMs: 30_000 });
    let url = first.url;
    class Failover extends WebSocket {
      constructor(_url: string, protocols: string[]) {
        super(url, protocols);
      }
    }
    const bus = await connectTo(first, { WebSocket: Failover });
    const publishing = bus.publish('plans', text('a'));
    await vi.waitFor(() => expect(first.current.runs()).toHaveLength(1), 15_000);
    url = second.url;
    first.current.socket.terminate();
    expect(await publishing).toMatchObject({ sequence: 1n });
    const [{ producer, run }] = first.current.runs();
    expect(second.current.runs()).toMatchObject([{ producer, run, payloads: ['a'] }]);
  });

  it('tells the durability of each acknowledgement', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const seen: string[] = [];
    for (const durability of [Durability.MEMORY, Durability.STORE, Durability.FSYNC, Durability.QUORUM]) {
      server.durability = durability;
      seen.push((await bus.publish('plans', text('a'))).durability);
    }
    expect(seen).toEqual(['MEMORY', 'STORE', 'FSYNC', 'QUORUM']);
  });
});

describe('publish() with causal', () => {
  it('depends on the last place of each channel of the room that the client received or published to (D11)', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join({ room: 'plans', allChannels: true });
    server.emit('plans:a', '1', '2');
    server.emit('plans:b', '1');
    await take(plans, 3);
    await bus.publish('plans:c', text('own'));
    await bus.publish('other:x', text('elsewhere'));
    await bus.publish('plans:d', text('effect'), { causal: true });
    await bus.publish('plans:d', text('free'));
    await bus.publish('plans:d', text('named'), { causal: true, after: [{ channel: 'a', epoch: 5n, sequence: 1n }] });
    const [effect, free, named] = server.current.runs().slice(-3).map(({ batch }) => batch.after);
    expect(places(effect).sort()).toEqual(['a@2', 'b@1', 'c@1']);
    expect(effect.map(({ channel, epoch }) => epoch === server.topic(`plans:${channel}`).epoch)).toEqual([true, true, true]);
    expect(free).toEqual([]);
    expect(places(named)).toEqual(['a@1']);
  });

  it('is the default of a causal bus, in one run where nothing new was seen in between', async () => {
    const server = await startServer();
    const bus = await connectTo(server, { causal: true });
    const plans = await bus.join('plans:a');
    server.emit('plans:a', '1');
    await take(plans, 1);
    await bus.publishMany('plans:b', ['x', 'y', 'z'].map(text));
    await bus.publish('plans:b', text('w'));
    const runs = server.current.runs();
    expect(runs.map(({ payloads, batch }) => [payloads, places(batch.after).sort()])).toEqual([[['x', 'y', 'z'], ['a@1']], [['w'], ['a@1', 'b@3']]]);
  });

  it('names the newest 64 channels, and nothing above an event that was seen in an older epoch', async () => {
    const server = await startServer();
    const bus = await connectTo(server, { causal: true });
    const plans = await bus.join({ room: 'plans', allChannels: true });
    for (let channel = 0; channel < 70; channel++) server.emit(`plans:c${channel}`, 'x');
    server.emit('plans:c3', 'y');
    await take(plans, 71);
    await bus.publish('plans:c3', text('z'));
    const [{ batch }] = server.current.runs();
    expect(batch.after).toHaveLength(64);
    expect(places(batch.after)).toEqual(expect.arrayContaining(['c3@2', 'c69@1', 'c7@1']));
    expect(places(batch.after)).not.toContain('c6@1');
  });
});

describe('comparePositions() and mergePositions()', () => {
  const at = (channel: string, epoch: bigint, sequence: bigint): ChannelPosition => ({ channel, epoch, sequence });

  it('order positions as vector clocks and merge to the higher place of each channel (D11)', () => {
    const a = [at('x', 1_795_305_600_000_001n, 9n), at('y', 7n, 1n)];
    const b = [at('x', 1_795_305_600_000_002n, 1n), at('y', 7n, 1n)];
    const c = [at('y', 7n, 2n)];
    expect([comparePositions(a, b), comparePositions(b, a), comparePositions(a, a), comparePositions(a, c)]).toEqual(['before', 'after', 'equal', 'concurrent']);
    expect(mergePositions(a, c)).toEqual([at('x', 1_795_305_600_000_001n, 9n), at('y', 7n, 2n)]);
  });
});
