import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { connectTo, startServer, take, text } from './harness.js';
import { textOf, type RunVerdict } from './scripted-server.js';

const runs = { numRuns: 15 };

describe('under losses', () => {
  it('delivers every event once and in order while deliveries, connections and heads are lost (R7)', async () => {
    const step = fc.constantFrom('emit', 'emit', 'emit', 'lose', 'lose', 'cut', 'head', 'again', 'turn');
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const server = await startServer();
      server.historyPageEvents = 5;
      const bus = await connectTo(server, { maxQueuedMessages: 7, reconnect: { minDelayMs: 1, maxDelayMs: 5 } });
      const plans = await bus.join('plans');
      let count = 0;
      const emit = (): void => server.emit('plans', ...Array.from({ length: 1 + (count % 3) }, () => `${count++}`));
      const reading = (async () => {
        const seen: string[] = [];
        for await (const message of plans) {
          seen.push(message.text);
          if (message.text === 'end') return seen;
        }
        return seen;
      })();
      const lost: unknown[] = [];
      plans.on('gap', (gap) => {
        if (gap.lost) lost.push(gap);
      });
      for (const each of steps) {
        if (each === 'emit') emit();
        else if (each === 'lose') {
          server.isDelivering = false;
          emit();
          server.isDelivering = true;
        } else if (each === 'cut') server.current.socket.terminate();
        else if (each === 'head') server.sendHead('plans');
        else if (each === 'again') server.current.send(server.stored('plans', 1n, 4n, count % 2 === 0));
        else await bus.ping();
      }
      server.emit('plans', 'end');
      await bus.ping();
      server.sendHead('plans');
      expect(await reading).toEqual([...Array.from({ length: count }, (_, index) => `${index}`), 'end']);
      expect(lost).toEqual([]);
      await bus.close();
      await server.stop();
    }), runs);
  });

  it('publishes every event once and in order while runs, acknowledgements and connections are lost (R7)', async () => {
    const fate = fc.constantFrom<'take' | 'lose-ack' | 'ignore' | 'cut' | 'limit'>('take', 'take', 'take', 'take', 'lose-ack', 'ignore', 'cut', 'limit');
    await fc.assert(fc.asyncProperty(fc.array(fate, { minLength: 1, maxLength: 40 }), async (fates) => {
      const server = await startServer({ limits: { maxEventsPerRun: 3, maxUnacknowledgedRuns: 4 } });
      const bus = await connectTo(server, { reconnect: { minDelayMs: 1, maxDelayMs: 5 } });
      const left = [...fates];
      server.onRun = (_, session): RunVerdict => {
        const next = left.shift() ?? 'take';
        if (next === 'limit') return { code: 'RATE_LIMITED', retryAfterMs: 1 };
        if (next !== 'cut' && next !== 'ignore' && next !== 'lose-ack') return next;
        // Silence of a live server is not part of the protocol: what it loses, it loses with the connection.
        setImmediate(() => session.socket.terminate());
        return next === 'cut' ? 'take' : next;
      };
      const sent = Array.from({ length: 40 }, (_, index) => `${index}`);
      const results = await Promise.all(sent.map((payload) => bus.publish('plans', text(payload))));
      const events = server.topic('plans').events;
      expect(events.map((event) => textOf(event.envelope))).toEqual(sent);
      expect(results.map((result) => result.sequence)).toEqual(events.map((event) => event.sequence));
      await bus.close();
      await server.stop();
    }), runs);
  });

  it('lets subscriptions of one topic with different positions each see everything', async () => {
    const server = await startServer();
    const bus = await connectTo(server, { reconnect: { minDelayMs: 1, maxDelayMs: 5 } });
    const slow = await bus.join('plans', { maxQueuedMessages: 2 });
    const fast = await bus.join('plans');
    const sent = Array.from({ length: 20 }, (_, index) => `${index}`);
    for (const payload of sent) server.emit('plans', payload);
    await vi.waitFor(() => expect(fast.queuedCount).toBe(20), 15_000);
    server.current.socket.terminate();
    server.emit('plans', 'after');
    expect(await take(fast, 21)).toEqual([...sent, 'after']);
    expect(await take(slow, 21)).toEqual([...sent, 'after']);
  });
});
