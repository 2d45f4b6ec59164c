import { waitFor } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import type { Task } from '../src/node.js';
import { connectTo, rejection, startServer, take } from './harness.js';
import { taskOf, type ScriptedServer } from './scripted-server.js';

interface Answer {
  readonly id: string;
  readonly nack: boolean;
  readonly retryAfterMs: number;
}

function answers(server: ScriptedServer): Answer[] {
  return server.sessions.flatMap((session) => session.commandsOf('taskAck')).map(({ id, nack, retryAfterMs }) => ({ id: Buffer.from(id).toString('hex'), nack, retryAfterMs }));
}

const plainId = (task: Task): string => task.id.replaceAll('-', '');
const workers = { group: 'workers' };

describe('joinGroup()', () => {
  it('gives tasks to the handler, acknowledges what it resolves and gives back what it throws (C15)', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const seen: Task[] = [];
    const member = await bus.joinGroup('jobs:main', 'workers', (task) => {
      seen.push(task);
      if (task.text === 'bad') throw new Error('cannot');
    }, { retryAfterMs: 70 });
    const failures: unknown[] = [];
    member.on('failed', ({ task, error }) => failures.push([task.text, String(error)]));
    expect(server.current.commandsOf('join')).toMatchObject([{ room: 'jobs', channel: 'main', group: 'workers', allChannels: false }]);
    server.current.send([taskOf('jobs:main', 4n, 'good', workers), taskOf('jobs:main', 9n, 'bad', { ...workers, attempt: 3, leaseMs: 5_000 })]);
    await waitFor(() => answers(server).length === 2, { what: 'both answers' });
    expect(answers(server)).toEqual([
      { id: plainId(seen[0]), nack: false, retryAfterMs: 0 }, { id: plainId(seen[1]), nack: true, retryAfterMs: 70 },
    ]);
    expect(seen.map((task) => [task.topic, task.group, task.sequence, task.attempt, task.leaseMs])).toEqual([
      ['jobs:main', 'workers', 4n, 1, 30_000], ['jobs:main', 'workers', 9n, 3, 5_000],
    ]);
    expect(failures).toEqual([['bad', 'Error: cannot']]);
  });

  it('works on no more tasks at once than asked for, and begins none whose lease has ended', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const releases = new Map<string, () => void>();
    let mostAtOnce = 0;
    const member = await bus.joinGroup('jobs', 'workers', (task) => {
      mostAtOnce = Math.max(mostAtOnce, releases.size + 1);
      return new Promise<void>((resolve) => releases.set(task.text, () => {
        releases.delete(task.text);
        resolve();
      }));
    }, { maxConcurrent: 2 });
    const late = taskOf('jobs', 3n, 'late', { ...workers, leaseMs: 1 });
    server.current.send([taskOf('jobs', 1n, 'a', workers), taskOf('jobs', 2n, 'b', workers), late, taskOf('jobs', 4n, 'd', workers)]);
    await waitFor(() => releases.size === 2, { what: 'two tasks under way' });
    await bus.ping();
    releases.get('a')?.();
    await waitFor(() => releases.has('d'), { what: 'the task behind the one that came too late' });
    expect([...releases.keys()]).toEqual(['b', 'd']);
    for (const release of [...releases.values()]) release();
    await waitFor(() => answers(server).length === 3, { what: 'three answers' });
    expect(mostAtOnce).toBe(2);
    expect(member.runningCount).toBe(0);
  });

  it('gives tasks to an iterator, each answered once', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const member = await bus.joinGroup('jobs', 'workers');
    server.current.send([taskOf('jobs', 1n, 'a', workers), taskOf('jobs', 2n, 'b', workers)]);
    const seen: string[] = [];
    for await (const task of member) {
      seen.push(task.text);
      await (task.text === 'a' ? task.ack() : task.nack({ retryAfterMs: 5 }));
      await task.ack();
      expect(task.isAnswered).toBe(true);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual(['a', 'b']);
    expect(answers(server).map(({ nack, retryAfterMs }) => [nack, retryAfterMs])).toEqual([[false, 0], [true, 5]]);
    const waiting = member[Symbol.asyncIterator]().next();
    await member.leave();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(server.current.commandsOf('leave')).toMatchObject([{ room: 'jobs', channel: '' }]);
  });

  it('does not pass tasks to a subscription of the same topic, nor see a gap in them', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const stream = await bus.join('jobs');
    const gaps: unknown[] = [];
    bus.on('gap', (gap) => gaps.push(gap));
    const tasks: string[] = [];
    await bus.joinGroup('jobs', 'workers', (task) => void tasks.push(`workers ${task.text}`));
    await bus.joinGroup('jobs', 'auditors', (task) => void tasks.push(`auditors ${task.text}`));
    server.current.send([taskOf('jobs', 7n, 'x', workers), taskOf('jobs', 90n, 'y', { group: 'auditors' }), taskOf('jobs', 91n, 'z', { group: 'strangers' })]);
    await waitFor(() => answers(server).length === 2, { what: 'both answers' });
    expect(tasks).toEqual(['workers x', 'auditors y']);
    expect([stream.queuedCount, gaps]).toEqual([0, []]);
    expect(await rejection(bus.joinGroup('jobs', 'workers'))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'join.group' });
  });

  it('joins again what else the client has of a topic when it leaves one group of it, or the stream', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const stream = await bus.join('jobs');
    const member = await bus.joinGroup('jobs', 'workers', () => undefined);
    await bus.joinGroup('jobs', 'auditors', () => undefined);
    const joins = (): string[] => server.current.commandsOf('join').map(({ group }) => group);
    await member.leave();
    await waitFor(() => joins().length === 5, { what: 'two more joins' });
    expect(joins().slice(3).sort()).toEqual(['', 'auditors']);
    server.emit('jobs', 'still here');
    expect(await take(stream, 1)).toEqual(['still here']);
    await stream.leave();
    await waitFor(() => joins().length === 6, { what: 'one more join' });
    expect(joins().at(-1)).toBe('auditors');
  });

  it('joins again after a reconnect and forgets what waited', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    let release: () => void = () => undefined;
    const seen: string[] = [];
    await bus.joinGroup('jobs', 'workers', async (task) => {
      seen.push(task.text);
      if (task.text === 'first') await new Promise<void>((resolve) => {
        release = resolve;
      });
    });
    server.current.send([taskOf('jobs', 1n, 'first', workers), taskOf('jobs', 2n, 'waiting', workers)]);
    await waitFor(() => seen.length === 1, { what: 'the first task' });
    server.current.socket.terminate();
    await waitFor(() => server.sessions.length === 2 && server.current.commandsOf('join').length === 1, { what: 'another join' });
    expect(server.current.commandsOf('join')).toMatchObject([{ room: 'jobs', group: 'workers' }]);
    release();
    server.current.send([taskOf('jobs', 2n, 'again', workers)]);
    await waitFor(() => answers(server).length === 2, { what: 'answers' });
    expect(seen).toEqual(['first', 'again']);
  });

  it('closes with what the server refuses a later join with, and rejects when it refuses the first', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    const member = await bus.joinGroup('jobs', 'workers');
    const closed = new Promise((resolve) => member.on('closed', resolve));
    const next = rejection(member[Symbol.asyncIterator]().next());
    server.onCommand = (session, id, body) => {
      if (body.case !== 'join') return false;
      session.send([{ envelopes: [{ id, body: { case: 'error', value: { requestId: id, code: 'NOT_PERMITTED' } } }] }]);
      return true;
    };
    server.current.send([{ room: 'jobs', envelopes: [{ id: new Uint8Array(16), body: { case: 'error', value: { code: 'NOT_PERMITTED', field: 'subscription' } } }] }]);
    expect(await closed).toMatchObject({ error: { code: 'NOT_PERMITTED' } });
    expect(await next).toMatchObject({ code: 'NOT_PERMITTED' });
    expect(await rejection(bus.joinGroup('jobs', 'workers'))).toMatchObject({ code: 'NOT_PERMITTED' });
  });

  it('reports the refusal of an answer as an error event with a handler, and to the caller without', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    server.onCommand = (session, id, body) => {
      if (body.case !== 'taskAck') return false;
      session.send([{ envelopes: [{ id, body: { case: 'error', value: { requestId: id, code: 'UNKNOWN_TASK' } } }] }]);
      return true;
    };
    const reported = new Promise((resolve) => bus.on('error', resolve));
    await bus.joinGroup('jobs', 'workers', () => undefined);
    server.current.send([taskOf('jobs', 1n, 'a', workers)]);
    expect(await reported).toMatchObject({ code: 'UNKNOWN_TASK' });
    const others = await bus.joinGroup('jobs', 'others');
    server.current.send([taskOf('jobs', 1n, 'a', { group: 'others' })]);
    const { value } = await others[Symbol.asyncIterator]().next() as { value: Task };
    expect(await rejection(value.ack())).toMatchObject({ code: 'UNKNOWN_TASK' });
  });

  it('leaves once the handler is done with what it works on, beginning nothing else', async () => {
    const server = await startServer();
    const bus = await connectTo(server);
    let release: () => void = () => undefined;
    const seen: string[] = [];
    const member = await bus.joinGroup('jobs', 'workers', (task) => {
      seen.push(task.text);
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    });
    server.current.send([taskOf('jobs', 1n, 'a', workers), taskOf('jobs', 2n, 'b', workers)]);
    await waitFor(() => seen.length === 1, { what: 'the first task' });
    const left = member.leave();
    await bus.ping();
    expect(server.current.commandsOf('leave')).toEqual([]);
    release();
    await left;
    expect(answers(server)).toHaveLength(1);
    expect(seen).toEqual(['a']);
    expect(server.current.commandsOf('leave')).toHaveLength(1);
  });
});
