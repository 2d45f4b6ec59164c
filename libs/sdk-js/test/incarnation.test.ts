import { waitFor } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import type { Bus } from '../src/node.js';
import { connectTo, rejection, startServer, take, text } from './harness.js';
import type { RunVerdict } from './scripted-server.js';

const unknown = { code: 'PRODUCER_UNKNOWN' };

function connectionEnd(bus: Bus): Promise<void> {
  return new Promise((resolve) => {
    bus.on('state', ({ state }) => {
      if (state === 'reconnecting') resolve();
    });
  });
}

describe('a server that may have forgotten producers (R7)', () => {
  it('does not get the first runs of a producer again, whose outcome is unknown; what was never sent goes on under another', async () => {
    const server = await startServer({ limits: { maxEventsPerRun: 1, maxUnacknowledgedRuns: 2 } });
    server.incarnation = 1n;
    const bus = await connectTo(server);
    server.onRun = (): RunVerdict => 'lose-ack';
    const [first, second, third] = ['a', 'b', 'c'].map((payload) => bus.publish('plans', text(payload)));
    const outcomes = Promise.all([rejection(first), rejection(second)]);
    await waitFor(() => server.topic('plans').events.length === 2, { what: 'both runs to be taken' });
    const [before] = server.current.runs();
    server.onRun = undefined;
    server.restart(2n);
    expect(await outcomes).toMatchObject([unknown, unknown]);
    expect(await third).toMatchObject({ sequence: 1n, duplicate: false });
    expect(server.current.runs()).toMatchObject([{ run: 1n, payloads: ['c'] }]);
    expect(server.current.runs()[0].producer).not.toBe(before.producer);
  });

  it('is asked about runs of an acknowledged producer, before anything new is sent', async () => {
    const server = await startServer({ limits: { maxEventsPerRun: 1, maxUnacknowledgedRuns: 2 } });
    server.incarnation = 1n;
    const bus = await connectTo(server);
    await bus.publish('plans', text('first'));
    server.onRun = (): RunVerdict => 'lose-ack';
    const lost = rejection(bus.publish('plans', text('a')));
    await waitFor(() => server.topic('plans').events.length === 2, { what: 'the run to be taken' });
    server.onRun = undefined;
    const ended = connectionEnd(bus);
    server.restart(2n);
    await ended;
    const next = bus.publish('plans', text('b'));
    expect(await lost).toMatchObject(unknown);
    expect(await next).toMatchObject({ sequence: 1n });
    expect(server.current.runs()).toMatchObject([{ run: 2n, payloads: ['a'] }, { run: 1n, payloads: ['b'] }]);
    expect(server.topic('plans').events).toHaveLength(1);
  });

  it('gets a fresh producer where nothing is in flight', async () => {
    const server = await startServer();
    server.incarnation = 1n;
    const bus = await connectTo(server);
    await bus.publish('plans', text('first'));
    const ended = connectionEnd(bus);
    server.restart(2n);
    await ended;
    expect(await bus.publish('plans', text('second'))).toMatchObject({ sequence: 1n, duplicate: false });
    expect(server.current.runs()).toMatchObject([{ run: 1n, payloads: ['second'] }]);
  });

  it.each([[0n, 0n], [7n, 7n]])('gets all again while its incarnation stays (%s)', async (before, after) => {
    const server = await startServer();
    server.incarnation = before;
    const bus = await connectTo(server);
    server.onRun = (): RunVerdict => 'lose-ack';
    const published = bus.publish('plans', text('a'));
    await waitFor(() => server.topic('plans').events.length === 1, { what: 'the run to be taken' });
    server.onRun = undefined;
    server.incarnation = after;
    server.current.socket.terminate();
    expect(await published).toMatchObject({ sequence: 1n, duplicate: true });
  });

  it.each([[0n, 3n], [3n, 0n]])('is one whose incarnation begins or ends to be 0 (%s, %s)', async (before, after) => {
    const server = await startServer();
    server.incarnation = before;
    const bus = await connectTo(server);
    server.onRun = (): RunVerdict => 'lose-ack';
    const published = rejection(bus.publish('plans', text('a')));
    await waitFor(() => server.topic('plans').events.length === 1, { what: 'the run to be taken' });
    server.restart(after);
    expect(await published).toMatchObject(unknown);
  });

  it('says so by a second welcome on the same connection too', async () => {
    const server = await startServer();
    server.incarnation = 1n;
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    server.onRun = (): RunVerdict => 'ignore';
    const published = rejection(bus.publish('plans', text('a')));
    await waitFor(() => server.current.runs().length === 1, { what: 'the run to be sent' });
    server.onRun = undefined;
    server.incarnation = 2n;
    server.current.welcome();
    expect(await published).toMatchObject(unknown);
    server.emit('plans', 'other');
    expect(await take(plans, 1)).toEqual(['other']);
  });
});

describe('a number that may be used up', () => {
  it('is not given to another run when the store did not tell and the run is refused later', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    let sends = 0;
    server.onRun = (batch, session): RunVerdict => {
      sends += 1;
      if (sends > 2) return 'take';
      // The store took the run, and its answer was late.
      if (sends === 1) server.takeRun(session, batch, { isAckLost: true });
      return sends === 1 ? { code: 'STORE_UNAVAILABLE', retryAfterMs: 5 } : { code: 'NOT_PERMITTED' };
    };
    expect(await rejection(bus.publish('plans', text('a')))).toMatchObject({ ...unknown, cause: { code: 'NOT_PERMITTED' } });
    expect(await bus.publish('plans', text('b'))).toMatchObject({ sequence: 2n, duplicate: false });
    expect(server.topic('plans').events).toHaveLength(2);
  });

  it('is not given to another run when the store is away for too long', async () => {
    const server = await startServer({ limits: { maxEventsPerRun: 1 } });
    const bus = await connectTo(server, { storeRetryMs: 40 });
    let isTaken = false;
    let isUp = false;
    server.onRun = (batch, session): RunVerdict => {
      if (isUp) return 'take';
      if (!isTaken) server.takeRun(session, batch, { isAckLost: true });
      isTaken = true;
      return { code: 'STORE_UNAVAILABLE', retryAfterMs: 5 };
    };
    const published = [bus.publish('plans', text('a')), bus.publish('plans', text('b'))];
    const outcomes = await Promise.all(published.map((each) => rejection(each)));
    expect(outcomes).toMatchObject([{ code: 'STORE_UNAVAILABLE' }, { code: 'STORE_UNAVAILABLE' }]);
    isUp = true;
    expect(await bus.publish('plans', text('c'))).toMatchObject({ sequence: 2n, duplicate: false });
    expect(server.current.runs().at(-1)).toMatchObject({ run: 1n, payloads: ['c'] });
  });

  it('is free again when the server refused the first run for good: those behind it, of a producer it does not know, move up', async () => {
    const server = await startServer({ limits: { maxEventsPerRun: 1 } });
    server.incarnation = 1n;
    const bus = await connectTo(server);
    let isRefused = false;
    server.onRun = (): RunVerdict => {
      if (isRefused) return 'take';
      isRefused = true;
      return { code: 'RATE_LIMITED', retryAfterMs: 5 };
    };
    const results = await bus.publishMany('plans', [text('a'), text('b'), text('c')]);
    expect(results.map(({ sequence }) => sequence)).toEqual([1n, 2n, 3n]);
  });
});
