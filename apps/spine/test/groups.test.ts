import type { RawWireClient } from '@arqonbus/testkit';
import type { Frame } from '@arqonbus/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodiesOf, startSpineProcess, type RunningSpine } from './spine-process.js';
import { command, commandFrame, publish, readEvents } from './wire.js';

interface SeenTask {
  readonly id: Uint8Array;
  readonly text: string;
  readonly sequence: bigint;
  readonly sender: string;
  readonly attempt: number;
  readonly leaseMs: number;
  readonly group: string;
}

let spine: RunningSpine;
/** Its leases end soon; those of the other outlast every pause of the machine. */
let impatient: RunningSpine;
let roomCount = 0;

beforeAll(async () => {
  [spine, impatient] = await Promise.all(['60000', '1000'].map((leaseMs) => startSpineProcess({ ARQON_SPINE_GROUPS_LEASE_MS: leaseMs, ARQON_SPINE_GROUPS_MAX_ATTEMPTS_COUNT: '2' })));
});

afterAll(async () => {
  await Promise.all([spine.stop(), impatient.stop()]);
});

const everything = { publish: ['*'], subscribe: ['*'] };

function newRoom(): string {
  roomCount += 1;
  return `jobs-${String(roomCount)}`;
}

function tasksOf(frame: Frame): SeenTask[] {
  return frame.batches.flatMap((batch) => batch.envelopes.flatMap((envelope, index) => {
    const { stamp } = batch;
    if (stamp?.task === undefined || envelope.body.case !== 'event') return [];
    const { attempt, leaseMs, group } = stamp.task;
    const text = new TextDecoder().decode(envelope.body.value.payload);
    return [{ id: envelope.id, text, sequence: stamp.sequence + BigInt(index), sender: stamp.sender, attempt, leaseMs, group }];
  }));
}

/** Tasks that came in the frame of an answer. */
const early = new WeakMap<RawWireClient, SeenTask[]>();

async function readTasks(client: RawWireClient, count: number): Promise<SeenTask[]> {
  const tasks: SeenTask[] = early.get(client)?.splice(0) ?? [];
  while (tasks.length < count) tasks.push(...tasksOf(await client.next((frame) => tasksOf(frame).length > 0)));
  return tasks;
}

async function member(room: string, { sub = 'worker', at = spine } = {}): Promise<RawWireClient> {
  const client = await at.connect({ sub, ...everything });
  const frame = await commandFrame(client, { case: 'join', value: { room, group: 'workers' } });
  expect(bodiesOf(frame).filter((body) => body.case === 'reply')).toMatchObject([{ value: { body: { case: 'joined', value: { positions: [{ channel: '' }] } } } }]);
  early.set(client, tasksOf(frame));
  return client;
}

const ack = (client: RawWireClient, id: Uint8Array): Promise<unknown> => command(client, { case: 'taskAck', value: { id } });
const nack = (client: RawWireClient, id: Uint8Array, retryAfterMs = 0): Promise<unknown> =>
  command(client, { case: 'taskAck', value: { id, nack: true, retryAfterMs } });

describe('groups (C15)', () => {
  it('hand each event to one member, in turn, and the stream to those who follow it', async () => {
    const room = newRoom();
    const first = await member(room);
    const second = await member(room);
    const follower = await spine.connect({ sub: 'follower', ...everything });
    await command(follower, { case: 'join', value: { room } });
    await publish(follower, { room, payloads: ['a', 'b', 'c', 'd'] });
    const [left, right] = await Promise.all([readTasks(first, 2), readTasks(second, 2)]);
    expect([...left, ...right].map((task) => task.text).sort()).toEqual(['a', 'b', 'c', 'd']);
    expect([...left, ...right].map((task) => task.sequence).sort()).toEqual([1n, 2n, 3n, 4n]);
    for (const task of [...left, ...right]) expect(task).toMatchObject({ attempt: 1, leaseMs: 60_000, group: 'workers', sender: 'follower' });
    expect((await readEvents(follower, 4)).map((event) => event.text)).toEqual(['a', 'b', 'c', 'd']);
    for (const task of left) expect(await ack(first, task.id)).toMatchObject({ case: 'done' });
    for (const task of right) await ack(second, task.id);
    await expect(ack(first, left[0].id)).rejects.toThrow('UNKNOWN_TASK');
    await expect(ack(first, right[0].id)).rejects.toThrow('UNKNOWN_TASK');
  });

  it('give a task of a member that went away to another at once, and keep what comes while nobody is there', async () => {
    const room = newRoom();
    const first = await member(room);
    await publish(first, { room, payloads: ['x'] });
    await readTasks(first, 1);
    const second = await member(room);
    first.terminate();
    expect(await readTasks(second, 1)).toMatchObject([{ text: 'x', attempt: 2 }]);
    await command(second, { case: 'leave', value: { room } });
    await publish(second, { room, payloads: ['y'] });
    const third = await member(room);
    expect((await readTasks(third, 2)).map((task) => [task.text, task.attempt])).toEqual([['x', 2], ['y', 1]]);
  });

  it('make a task whose leases ran out a dead letter that names its origin', async () => {
    const room = newRoom();
    const watcher = await impatient.connect({ sub: 'watcher', ...everything });
    await command(watcher, { case: 'join', value: { room, channel: 'dead.workers' } });
    const worker = await member(room, { at: impatient });
    await publish(watcher, { room, payloads: ['hopeless'] });
    const [task] = await readTasks(worker, 1);
    expect(await readTasks(worker, 1)).toMatchObject([{ text: 'hopeless', attempt: 2, id: task.id }]);
    const frame = await watcher.next((candidate) => candidate.batches.some((batch) => batch.channel === 'dead.workers' && batch.envelopes.length > 0));
    const letter = frame.batches.find((batch) => batch.channel === 'dead.workers');
    expect(letter?.stamp).toMatchObject({ sender: 'watcher', session: 0n });
    expect(letter?.envelopes).toMatchObject([{
      id: task.id,
      headers: {
        'arqon-dead-letter-room': room, 'arqon-dead-letter-channel': '', 'arqon-dead-letter-group': 'workers', 'arqon-dead-letter-sequence': '1',
        'arqon-dead-letter-attempts': '2', 'arqon-dead-letter-reason': 'lease_expired',
      },
    }]);
    await expect(ack(worker, task.id)).rejects.toThrow('UNKNOWN_TASK');
  });

  it('deliver a task again after the delay that its member asked for', async () => {
    const room = newRoom();
    const worker = await member(room);
    await publish(worker, { room, payloads: ['later'] });
    const [task] = await readTasks(worker, 1);
    const startedMs = Date.now();
    await nack(worker, task.id, 700);
    expect(await readTasks(worker, 1)).toMatchObject([{ attempt: 2 }]);
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(650);
    expect(await ack(worker, task.id)).toMatchObject({ case: 'done' });
  });

  it('hand nobody what was erased', async () => {
    const room = newRoom();
    const first = await member(room);
    const writer = await spine.connect({ sub: 'w', ...everything, roles: ['admin', 'service'] });
    await first.close();
    await publish(writer, { room, payloads: ['a', 'secret', 'c'] });
    await command(writer, { case: 'erase', value: { room, sequence: 2n } });
    const second = await member(room);
    const tasks = await readTasks(second, 2);
    expect(tasks.map(({ text }) => text)).toEqual(['a', 'c']);
    for (const { id } of tasks) await ack(second, id);
    await publish(writer, { room, payloads: ['d'] });
    expect((await readTasks(second, 1)).map(({ text }) => text)).toEqual(['d']);
  });

  it('let a member answer a request that it got as a task', async () => {
    const room = newRoom();
    const worker = await member(room);
    const asking = await spine.connect({ sub: 'asking', ...everything });
    await command(asking, { case: 'join', value: {} });
    await publish(asking, { room, payloads: ['question'] });
    const [task] = await readTasks(worker, 1);
    await worker.sendFrame({ batches: [{
      recipient: task.sender,
      envelopes: [{ id: task.id, body: { case: 'reply', value: { requestId: task.id, body: { case: 'event', value: { type: 'text/plain', payload: new Uint8Array([1]) } } } } }],
    }] });
    await asking.next((frame) => frame.batches.some((batch) => batch.envelopes.some(({ body }) => body.case === 'reply' && body.value.body.case === 'event')));
  });

  it('need the right to subscribe, a valid name, and a channel alone', async () => {
    const room = newRoom();
    const client = await spine.connect({ subscribe: [`${room}:open`] });
    const join = (value: object): Promise<unknown> => command(client, { case: 'join', value });
    await expect(join({ room, group: 'workers' })).rejects.toThrow('NOT_PERMITTED');
    await expect(join({ room, channel: 'open', group: 'No Name' })).rejects.toThrow('INVALID_NAME');
    await expect(join({ room, channel: '', allChannels: true, group: 'workers' })).rejects.toThrow('INVALID_ARGUMENT');
    await expect(join({ room: '', group: 'workers' })).rejects.toThrow('INVALID_NAME');
    expect(await join({ room, channel: 'open', group: 'workers' })).toMatchObject({ case: 'joined' });
  });

  it('end for a member whose new token does not cover them, and say so', async () => {
    const room = newRoom();
    const worker = await member(room, { sub: 'refreshing' });
    const narrower = await spine.issuer.token({ sub: 'refreshing', publish: ['*'], subscribe: ['other'] });
    const frame = await commandFrame(worker, { case: 'refreshToken', value: { token: narrower } });
    const refusals = bodiesOf(frame).flatMap((body) => (body.case === 'error' ? [body.value] : []));
    expect(refusals).toMatchObject([{ code: 'NOT_PERMITTED', field: 'subscription' }]);
    const other = await member(room);
    await publish(other, { room, payloads: ['mine'] });
    expect(await readTasks(other, 1)).toMatchObject([{ text: 'mine' }]);
  });
});
