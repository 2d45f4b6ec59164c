import { describe, expect, it } from 'vitest';
import type { Message, ReplayWindow } from '../src/node.js';
import { connectTo, rejection, startServer, take } from './harness.js';

const all: ReplayWindow = { fromSequence: 1n, toSequence: 1_000_000n };

async function collect(replay: AsyncIterable<Message>): Promise<string[]> {
  const seen: string[] = [];
  for await (const message of replay) {
    expect(message.replayed).toBe(true);
    seen.push(message.text);
  }
  return seen;
}

const numbers = (count: number, first = 1): string[] => Array.from({ length: count }, (_, index) => `${index + first}`);

describe('replay()', () => {
  it('delivers the window in order over many portions, and twice the same (D9, D12)', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.emit('plans:main', ...numbers(20_000));
    const seen = await collect(bus.replay('plans:main', { fromSequence: 3n, toSequence: 19_998n }));
    expect(seen).toEqual(numbers(19_996, 3));
    const windows = server.current.commandsOf('historyReplay');
    expect(windows.map((window) => [window.fromSequence, window.toSequence, window.limit])).toEqual([[3n, 19_998n, 8_192], [8_195n, 19_998n, 8_192], [16_387n, 19_998n, 8_192]]);
    expect(windows.slice(1).every((window) => window.epoch === server.topic('plans:main').epoch)).toBe(true);
    expect(await collect(bus.replay('plans:main', { fromSequence: 3n, toSequence: 19_998n }))).toEqual(seen);
  });

  it('asks for nothing before it is iterated, and for no more than was read', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.emit('plans', ...numbers(40_000));
    const replay = bus.replay('plans', all);
    await bus.ping();
    expect(server.current.commandsOf('historyReplay')).toEqual([]);
    for await (const message of replay) if (message.sequence === 5n) break;
    for (let round = 0; round < 5; round++) await bus.ping();
    expect(server.current.commandsOf('historyReplay').length).toBeLessThanOrEqual(2);
  });

  it('needs both bounds, and a whole number as pace', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    expect(() => bus.replay('plans', { toSequence: 5n })).toThrow(expect.objectContaining({ code: 'WINDOW_UNBOUNDED', field: 'from_sequence' }) as Error);
    expect(() => bus.replay('plans', { fromTime: new Date() })).toThrow(expect.objectContaining({ code: 'WINDOW_UNBOUNDED', field: 'to_sequence' }) as Error);
    expect(() => bus.replay('plans', all, { pace: 0.5 })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'pace' }) as Error);
  });

  it('rejects with what the server refuses it with', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.emit('plans', ...numbers(10));
    server.oldestSequence = 4n;
    expect(await rejection(collect(bus.replay('plans', all)))).toMatchObject({ code: 'HISTORY_TRIMMED' });
  });

  it('rejects with HISTORY_TRIMMED when a batch is missing from what arrives', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.emit('plans', ...numbers(10));
    server.onReplayed = (_session, batch) => batch.stamp?.sequence === 6n;
    const seen: string[] = [];
    const replay = (async () => {
      for await (const message of bus.replay('plans', all)) seen.push(message.text);
    })();
    expect(await rejection(replay)).toMatchObject({ code: 'HISTORY_TRIMMED' });
    expect(seen).toEqual(numbers(5));
  });

  it('names the epoch of a subscription that the client has of the topic, or the present one', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.emit('plans', 'a');
    await collect(bus.replay('plans', all));
    const plans = await bus.join('plans');
    server.recreate('plans');
    server.emit('plans', 'b');
    expect(await rejection(collect(bus.replay('plans', all)))).toMatchObject({ code: 'EPOCH_CHANGED' });
    expect(await take(plans, 1)).toEqual(['b']);
    expect(await collect(bus.replay('plans', all))).toEqual(['b']);
    expect(await rejection(collect(bus.replay('plans', { ...all, epoch: 77n })))).toMatchObject({ code: 'EPOCH_CHANGED' });
  });

  it('leaves live delivery alone, and what a resume sends meanwhile out of the replay', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.emit('plans', ...numbers(50));
    const plans = await bus.join('plans', { since: { epoch: server.topic('plans').epoch, sequence: 48n } });
    const gaps: unknown[] = [];
    plans.on('gap', (gap) => gaps.push(gap));
    server.historyPageEvents = 5;
    server.onReplayed = (session, batch) => {
      if (batch.stamp?.sequence === 10n) session.send(server.stored('plans', 41n, 50n, true));
      return false;
    };
    const seen = collect(bus.replay('plans', { fromSequence: 1n, toSequence: 45n }));
    server.emit('plans', 'live');
    expect(await seen).toEqual(numbers(45));
    expect(await take(plans, 3)).toEqual(['49', '50', 'live']);
    expect(gaps).toEqual([]);
  });

  it('does not take what a resume sends from behind a portion, or over the end of the window, for a hole', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.emit('plans', ...numbers(50));
    let isSent = false;
    server.historyPageEvents = 5;
    server.onReplayed = (session, batch) => {
      if (batch.stamp?.sequence !== 10n || isSent) return false;
      isSent = true;
      const [{ envelopes: first = [], ...behind }] = server.stored('plans', 41n, 41n, true);
      session.send([{ ...behind, envelopes: [...first, ...server.stored('plans', 42n, 50n, true).flatMap(({ envelopes = [] }) => envelopes)] }]);
      return false;
    };
    expect(await collect(bus.replay('plans', { fromSequence: 1n, toSequence: 50n, limit: 20 }))).toEqual(numbers(20));
    isSent = false;
    expect(await collect(bus.replay('plans', { fromSequence: 1n, toSequence: 45n }))).toEqual(numbers(45));
  });

  it('does not take batches of others for the first one of a window that begins at a time', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.historyPageEvents = 1;
    server.emit('plans', ...numbers(9));
    server.onReplayed = (session, batch) => {
      if (batch.stamp?.sequence === 1n) session.send(server.stored('plans', 4n, 6n, true));
      return false;
    };
    expect(await collect(bus.replay('plans', { fromTime: new Date(1_000), toTime: new Date(9_999_999_999_999) }))).toEqual(numbers(9));
  });

  it('keeps batches of a replay that was given up from a join of the same topic, which they do not answer', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.emit('plans', ...numbers(40));
    const { epoch } = server.topic('plans');
    server.onCommand = (session, _id, body) => {
      if (body.case === 'historyReplay') session.send(server.stored('plans', 1n, 20n, true));
      if (body.case === 'join') session.send(server.stored('plans', 21n, 25n, true));
      return body.case === 'historyReplay';
    };
    for await (const message of bus.replay('plans', all)) if (message.sequence === 20n) break;
    const plans = bus.join('plans', { since: { epoch, sequence: 3n } });
    const gaps: unknown[] = [];
    bus.on('gap', (gap) => gaps.push(gap));
    expect(await take(await plans, 37)).toEqual(numbers(37, 4));
    expect(gaps).toEqual([]);
  });

  it('goes on where a lost connection cut it', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.emit('plans', ...numbers(30));
    server.historyPageEvents = 5;
    server.onReplayed = (session, batch) => {
      if (batch.stamp?.sequence !== 22n) return false;
      session.socket.terminate();
      server.onReplayed = undefined;
      return true;
    };
    expect(await collect(bus.replay('plans', { fromSequence: 1n, toSequence: 30n }))).toEqual(numbers(30));
    expect(server.sessions).toHaveLength(2);
    expect(server.current.commandsOf('historyReplay')[0].fromSequence).toBeGreaterThan(1n);
  });

  it('reads a window between times and a number of messages', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.historyPageEvents = 2;
    server.emit('plans', ...numbers(9));
    const window = { fromTime: new Date(1_000), toTime: new Date(9_999_999_999_999) };
    expect(await collect(bus.replay('plans', window))).toEqual(numbers(9));
    expect(await collect(bus.replay('plans', { ...window, limit: 5 }))).toEqual(numbers(5));
    expect(server.current.commandsOf('historyReplay')).toMatchObject([{ fromSequence: 0n, fromTimeUs: 1_000_000n }, { fromSequence: 0n, limit: 5 }]);
  });

  it('holds the next portion back so that the pace is kept across portions', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.emit('plans', ...numbers(96));
    const startedAtMs = performance.now();
    expect(await collect(bus.replay('plans', all, { pace: 60 }))).toHaveLength(96);
    expect(server.current.commandsOf('historyReplay').map(({ pace, limit }) => [pace, limit])).toEqual([[60, 64], [60, 64]]);
    // 64 messages at 60 a second: the second portion starts after a little more than a second.
    expect(performance.now() - startedAtMs).toBeGreaterThan(1_000);
  });

  it('gives up by signal and when the bus closes', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.emit('plans', 'a');
    server.onCommand = (_session, _id, body) => body.case === 'historyReplay';
    const controller = new AbortController();
    const aborted = rejection(collect(bus.replay('plans', all, { signal: controller.signal })));
    const closed = rejection(collect(bus.replay('plans', all)));
    await bus.ping();
    controller.abort(new Error('enough'));
    expect(await aborted).toMatchObject({ message: 'enough' });
    await bus.close();
    expect(await closed).toMatchObject({ name: 'ClosedError' });
  });
});

describe('erase()', () => {
  it('names topic and sequence, and a tombstone shows as erased (M21)', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    await bus.erase('plans:main', 7n);
    expect(server.current.commandsOf('erase')).toMatchObject([{ room: 'plans', channel: 'main', sequence: 7n }]);
    server.emit('plans', 'kept', 'secret');
    const [, second] = server.topic('plans').events;
    second.envelope.body = { case: 'event', value: { $typeName: 'arqon.v1.Event', type: 'arqon.v1.Erased', payload: new Uint8Array() } };
    const seen: [boolean, string][] = [];
    for await (const message of bus.replay('plans', all)) seen.push([message.erased, message.text]);
    expect(seen).toEqual([[false, 'kept'], [true, '']]);
    expect(await rejection(bus.erase('@me', 1n))).toMatchObject({ code: 'INVALID_NAME' });
  });
});
