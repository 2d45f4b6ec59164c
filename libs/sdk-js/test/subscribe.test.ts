import { describe, expect, it, vi } from 'vitest';
import type { GapEvent, RecoveredEvent, Subscription } from '../src/node.js';
import { connectTo, rejection, startServer, take, takeMessages, text } from './harness.js';
import { places } from './scripted-server.js';

/** Records the gap and recovered events of a subscription. */
function recordOf(subscription: Subscription): { gaps: GapEvent[]; recovered: RecoveredEvent[] } {
  const record = { gaps: [] as GapEvent[], recovered: [] as RecoveredEvent[] };
  subscription.on('gap', (event) => record.gaps.push(event));
  subscription.on('recovered', (event) => record.recovered.push(event));
  return record;
}

describe('join()', () => {
  it('delivers live events in order with what the server vouches for', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans:main');
    server.emit('plans:main', 'a', 'b');
    server.emit('plans:main', 'c');
    const [a, b, c] = await takeMessages(plans, 3);
    expect([a.text, b.text, c.text]).toEqual(['a', 'b', 'c']);
    expect([a.sequence, b.sequence, c.sequence]).toEqual([1n, 2n, 3n]);
    expect(b).toMatchObject({ topic: 'plans:main', type: 'text/plain', sender: 'other', session: 7n, replayed: false });
    expect(c.epoch).toBe(server.topic('plans:main').epoch);
    expect(c.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('takes addresses as text, as parts, and as a whole room', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    await bus.join('plans');
    await bus.join({ room: 'plans', channel: 'x' });
    await bus.join({ room: 'all', allChannels: true });
    expect(server.current.commandsOf('join').map(({ room, channel, allChannels }) => [room, channel, allChannels])).toEqual([
      ['plans', '', false], ['plans', 'x', false], ['all', '', true],
    ]);
    expect(await rejection(bus.join('Bad Name'))).toMatchObject({ code: 'INVALID_NAME', field: 'room' });
    expect(await rejection(bus.join('@other'))).toMatchObject({ code: 'INVALID_NAME' });
  });

  it('rejects with the code that the server refuses it with (R6)', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.onCommand = (session, id) => {
      session.send([{ envelopes: [{ id, body: { case: 'error', value: { requestId: id, code: 'NOT_PERMITTED', field: 'room' } } }] }]);
      return true;
    };
    expect(await rejection(bus.join('secret'))).toMatchObject({ name: 'ArqonError', code: 'NOT_PERMITTED', field: 'room' });
  });

  it('gives up when the signal is aborted, and times out', async () => {
    const server = await startServer();
    const bus = await connectTo(server, { commandTimeoutMs: 30 });
    server.onCommand = () => true;
    const controller = new AbortController();
    const joining = bus.join('plans', { signal: controller.signal });
    controller.abort(new Error('enough'));
    expect(await rejection(joining)).toMatchObject({ message: 'enough' });
    expect(await rejection(bus.join('plans'))).toMatchObject({ code: 'TIMEOUT' });
  });

  it('delivers each event once to each of two subscriptions of one topic, and leaves with the last', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const first = await bus.join('plans');
    server.emit('plans', 'a');
    const second = await bus.join('plans');
    server.emit('plans', 'b');
    expect(await take(first, 2)).toEqual(['a', 'b']);
    expect(await take(second, 1)).toEqual(['b']);
    await first.leave();
    expect(server.current.commandsOf('leave')).toHaveLength(0);
    await second.leave();
    expect(server.current.commandsOf('leave')).toHaveLength(1);
    expect(second.isClosed).toBe(true);
  });

  it('begins at the oldest event with since start, and after a position with since', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.emit('plans', 'a', 'b', 'c', 'd');
    const all = await bus.join('plans', { since: 'start' });
    expect(await take(all, 4)).toEqual(['a', 'b', 'c', 'd']);
    const { epoch } = server.topic('plans');
    const rest = await bus.join('plans', { since: { epoch, sequence: 2n } });
    expect(await take(rest, 2)).toEqual(['c', 'd']);
    server.emit('plans', 'e');
    expect(await take(all, 1)).toEqual(['e']);
    expect(await take(rest, 1)).toEqual(['e']);
  });

  it('delivers channels that come into being after a room was joined', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.emit('plans:a', 'old');
    const room = await bus.join({ room: 'plans', allChannels: true });
    server.emit('plans:b', 'new');
    server.emit('plans:a', 'more');
    const messages = await takeMessages(room, 2);
    expect(messages.map((message) => [message.topic, message.text])).toEqual([['plans:b', 'new'], ['plans:a', 'more']]);
  });

  it('hides what this client published unless echo is asked for', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const echoing = await connectTo(server, { echo: true });
    const plain = await bus.join('plans');
    const echo = await echoing.join('plans');
    await bus.publish('plans', text('mine'));
    await echoing.publish('plans', text('yours'));
    expect(await take(plain, 1)).toEqual(['yours']);
    expect(await take(echo, 2)).toEqual(['mine', 'yours']);
  });
});

describe('Subscription', () => {
  it('gives messages to listeners, those that waited first', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    server.emit('plans', 'a', 'b');
    await vi.waitFor(() => expect(plans.queuedCount).toBe(2), 15_000);
    const seen: string[] = [];
    const off = plans.on('message', (message) => seen.push(message.text));
    expect(seen).toEqual(['a', 'b']);
    server.emit('plans', 'c');
    await vi.waitFor(() => expect(seen).toEqual(['a', 'b', 'c']), 15_000);
    off();
    server.emit('plans', 'd');
    expect(await take(plans, 1)).toEqual(['d']);
  });

  it('ends iteration after what is queued when the application leaves', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    server.emit('plans', 'a');
    await vi.waitFor(() => expect(plans.queuedCount).toBe(1), 15_000);
    await plans.leave();
    const seen: string[] = [];
    for await (const message of plans) seen.push(message.text);
    expect(seen).toEqual(['a']);
  });

  it('ends with NOT_PERMITTED when a refreshed token no longer covers it', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    const closed = new Promise((resolve) => plans.on('closed', resolve));
    server.onCommand = (session, id) => {
      session.send([{ envelopes: [{ id, body: { case: 'error', value: { requestId: id, code: 'NOT_PERMITTED' } } }] }]);
      return true;
    };
    server.current.send([{ room: 'plans', envelopes: [{ id: new Uint8Array(16), body: { case: 'error', value: { code: 'NOT_PERMITTED', field: 'subscription' } } }] }]);
    expect(await closed).toMatchObject({ error: { code: 'NOT_PERMITTED' } });
    expect(await rejection(take(plans, 1))).toMatchObject({ code: 'NOT_PERMITTED' });
  });
});

describe('resuming', () => {
  it('delivers what was missed while disconnected once, and tells that it recovered (R7)', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    const record = recordOf(plans);
    server.emit('plans', 'a', 'b');
    expect(await take(plans, 2)).toEqual(['a', 'b']);
    server.current.socket.terminate();
    server.emit('plans', 'c', 'd');
    expect(await take(plans, 2)).toEqual(['c', 'd']);
    server.emit('plans', 'e');
    const [e] = await takeMessages(plans, 1);
    expect([e.text, e.sequence]).toEqual(['e', 5n]);
    expect(places(server.current.commandsOf('join')[0].resume)).toEqual(['@2']);
    expect(record.recovered).toMatchObject([{ topic: 'plans', reason: 'RECONNECTED', replayedCount: 2 }]);
    expect(record.gaps).toEqual([]);
  });

  it('resumes a topic that was empty before the drop', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    server.current.socket.terminate();
    server.emit('plans', 'first');
    expect(await take(plans, 1)).toEqual(['first']);
  });

  it('does not join again after a second welcome on the same connection', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    await bus.join('plans');
    server.current.welcome();
    await bus.ping();
    expect(server.current.commandsOf('join')).toHaveLength(1);
  });

  it('reports a changed epoch as lost and goes on with all of the new one', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    const record = recordOf(plans);
    server.emit('plans', 'a');
    expect(await take(plans, 1)).toEqual(['a']);
    const before = server.topic('plans').epoch;
    server.current.socket.terminate();
    server.recreate('plans');
    server.emit('plans', 'x', 'y');
    expect(await take(plans, 2)).toEqual(['x', 'y']);
    expect(record.gaps).toMatchObject([{ reason: 'EPOCH_CHANGED', lost: true, after: { epoch: before, sequence: 1n }, resumesAt: { sequence: 0n } }]);
  });

  it('reports a changed epoch of a topic that is empty before and after the drop, since what came between is not known', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    const record = recordOf(plans);
    const before = server.topic('plans').epoch;
    server.current.socket.terminate();
    server.recreate('plans');
    await vi.waitFor(() => expect(record.gaps).toHaveLength(1), 15_000);
    const { epoch } = server.topic('plans');
    expect(record.gaps).toMatchObject([{ reason: 'EPOCH_CHANGED', lost: true, after: { epoch: before, sequence: 0n }, resumesAt: { epoch, sequence: 0n } }]);
    server.emit('plans', 'first');
    expect(await take(plans, 1)).toEqual(['first']);
  });

  it('reports an epoch that changes on an open connection as lost, by the signal or by the first batch, once', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    const record = recordOf(plans);
    server.emit('plans', 'a');
    const { epoch: first } = server.topic('plans');
    server.recreate('plans');
    const { epoch: second } = server.topic('plans');
    server.current.signal({ case: 'gap', value: { room: 'plans', after: { epoch: first, sequence: 1n }, resumesAt: { epoch: second, sequence: 0n }, reason: 'EPOCH_CHANGED' } });
    server.emit('plans', 'b');
    server.recreate('plans');
    server.emit('plans', 'c');
    expect(await take(plans, 3)).toEqual(['a', 'b', 'c']);
    expect(record.gaps).toMatchObject([
      { reason: 'EPOCH_CHANGED', lost: true, after: { epoch: first, sequence: 1n }, resumesAt: { epoch: second, sequence: 0n } },
      { reason: 'EPOCH_CHANGED', lost: true, after: { epoch: second, sequence: 1n }, resumesAt: { epoch: server.topic('plans').epoch, sequence: 0n } },
    ]);
  });

  it('reports trimmed history as lost and delivers what is left', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    const record = recordOf(plans);
    server.emit('plans', 'a');
    expect(await take(plans, 1)).toEqual(['a']);
    server.current.socket.terminate();
    server.emit('plans', 'b', 'c', 'd', 'e');
    server.oldestSequence = 4n;
    expect(await take(plans, 2)).toEqual(['d', 'e']);
    expect(record.gaps).toMatchObject([{ reason: 'HISTORY_TRIMMED', lost: true, after: { sequence: 1n }, resumesAt: { sequence: 3n } }]);
  });

  it('delivers an event sent again by the server once', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    server.emit('plans', 'a', 'b');
    server.current.send(server.stored('plans', 1n, 2n, false));
    server.current.send(server.stored('plans', 1n, 2n, true));
    server.emit('plans', 'c');
    expect(await take(plans, 3)).toEqual(['a', 'b', 'c']);
    expect(plans.queuedCount).toBe(0);
  });
});

describe('gap detection', () => {
  it('heals a hole between live events from history, in order', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    const record = recordOf(plans);
    server.emit('plans', 'a');
    server.isDelivering = false;
    server.emit('plans', 'b', 'c');
    server.isDelivering = true;
    server.emit('plans', 'd');
    expect(await take(plans, 4)).toEqual(['a', 'b', 'c', 'd']);
    await vi.waitFor(() => expect(record.recovered).toMatchObject([{ reason: 'MISSED', replayedCount: 3 }]), 15_000);
    expect(record.gaps).toMatchObject([{ reason: 'MISSED', lost: false, after: { sequence: 1n }, resumesAt: { sequence: 3n } }]);
  });

  it('finds a lost tail by the head of a quiet topic', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    server.isDelivering = false;
    server.emit('plans', 'a', 'b');
    server.isDelivering = true;
    server.sendHead('plans');
    expect(await take(plans, 2)).toEqual(['a', 'b']);
  });

  it('keeps live events that arrive during healing, over many pages', async () => {
    const server = await startServer();
    server.historyPageEvents = 3;
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    server.isDelivering = false;
    const missed = Array.from({ length: 20 }, (_, index) => `missed ${index}`);
    server.emit('plans', ...missed);
    server.isDelivering = true;
    let live = 0;
    server.onCommand = () => {
      server.emit('plans', `live ${live++}`);
      return false;
    };
    server.emit('plans', 'trigger');
    const seen = await take(plans, 22);
    expect(seen.slice(0, 21)).toEqual([...missed, 'trigger']);
    server.onCommand = undefined;
    server.emit('plans', 'last');
    const rest = await take(plans, live);
    expect(rest).toEqual([...Array.from({ length: live - 1 }, (_, index) => `live ${index + 1}`), 'last']);
  });

  it('reports what the server says is lost, and goes on behind it', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    const record = recordOf(plans);
    server.emit('plans', 'a');
    server.isDelivering = false;
    server.emit('plans', 'b', 'c');
    const { epoch } = server.topic('plans');
    server.current.signal({ case: 'gap', value: { room: 'plans', after: { epoch, sequence: 1n }, resumesAt: { epoch, sequence: 3n }, reason: 'LIMIT' } });
    server.isDelivering = true;
    server.emit('plans', 'd');
    expect(await take(plans, 2)).toEqual(['a', 'd']);
    expect(record.gaps).toMatchObject([{ reason: 'LIMIT', lost: true, after: { sequence: 1n }, resumesAt: { sequence: 3n } }]);
  });

  it('reports an interruption without loss as such', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const plans = await bus.join('plans');
    const record = recordOf(plans);
    server.emit('plans', 'a');
    const { epoch } = server.topic('plans');
    const at = { epoch, sequence: 1n };
    server.current.signal({ case: 'gap', value: { room: 'plans', after: at, resumesAt: at, reason: 'SLOW_READER' } });
    server.emit('plans', 'b');
    expect(await take(plans, 2)).toEqual(['a', 'b']);
    expect(record.gaps).toMatchObject([{ reason: 'SLOW_READER', lost: false }]);
  });

  it('stops taking when its queue is full and fetches the rest once the application reads', async () => {
    const server = await startServer();
    const bus = await connectTo(server, { maxQueuedMessages: 10 });
    const plans = await bus.join('plans');
    const record = recordOf(plans);
    const sent = Array.from({ length: 50 }, (_, index) => `event ${index}`);
    for (const payload of sent) server.emit('plans', payload);
    await vi.waitFor(() => expect(record.gaps).toMatchObject([{ reason: 'CLIENT_QUEUE_FULL', lost: false }]), 15_000);
    await bus.ping();
    expect(plans.queuedCount).toBe(10);
    expect(await take(plans, 50)).toEqual(sent);
    await vi.waitFor(() => expect(record.recovered.length).toBeGreaterThan(0), 15_000);
    server.emit('plans', 'after');
    expect(await take(plans, 1)).toEqual(['after']);
    expect(record.gaps.filter((gap) => gap.lost)).toEqual([]);
  });
});
