import { ArqonError } from '@arqonbus/errors';
import { describe, expect, it } from 'vitest';
import { World } from '../../test/groups.fixture.js';

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

describe('Groups', () => {
  it('hand events to members in turn, evenly, and a slice of a run as one batch', async () => {
    const world = new World();
    const workers = [await world.join('a'), await world.join('b'), await world.join('c')];
    world.publish(numbers(12));
    await world.settle();
    expect(workers.map((worker) => worker.batchSizes)).toEqual([[4], [4], [4]]);
    expect(workers.flatMap((worker) => worker.texts()).sort()).toEqual(numbers(12).sort());
    for (const text of ['x', 'y', 'z']) world.publish([text]);
    await world.settle();
    expect(workers.map((worker) => worker.texts())).toEqual([['x'], ['y'], ['z']]);
  });

  it('give every group each event, and a member of two groups both', async () => {
    const world = new World();
    const both = await world.join('a');
    await world.groups.join(both, world.topic, 'auditors', () => undefined);
    world.publish(['x']);
    await world.settle();
    const [first, second] = both.take();
    world.ack(both, first);
    world.ack(both, second);
    expect(() => { world.ack(both, second); }).toThrow('UNKNOWN_TASK');
    expect(world.groups.figures).toEqual({ groups: 2, leasedTasks: 0, openTasks: 0 });
  });

  it('hold back what members have no room for: by count, by bytes over all groups, and while they lag', async () => {
    const world = new World({ maxTasksPerMember: 2, maxTaskBytesPerSession: 2_000 });
    const worker = await world.join('a');
    world.publish(numbers(5));
    await world.settle();
    const tasks = worker.take();
    expect(tasks.map((task) => task.text)).toEqual(['1', '2']);
    worker.isLagging = true;
    world.ack(worker, tasks[0]);
    await world.settle();
    expect(worker.texts()).toEqual([]);
    worker.isLagging = false;
    await world.pass(250);
    expect(worker.texts()).toEqual(['3']);
    const wide = await world.join('b', { group: 'wide' });
    await world.groups.join(wide, world.topic, 'wider', () => undefined);
    world.publish(['x'.repeat(1_500), 'y'.repeat(1_500)]);
    await world.settle();
    const [large] = wide.take();
    expect(large.text).toBe('x'.repeat(1_500));
    expect(wide.take()).toEqual([]);
  });

  it('hand a task to another member when its lease runs out, and take no late word for it', async () => {
    const world = new World();
    const [slow, other] = [await world.join('slow'), await world.join('other')];
    world.publish(['x']);
    await world.settle();
    const [task] = slow.take();
    await world.pass(9_750);
    expect(other.take()).toEqual([]);
    await world.pass(250);
    const [again] = other.take();
    expect(again).toMatchObject({ text: 'x', attempt: 2, sequence: 1 });
    expect(() => { world.ack(slow, task); }).toThrow('UNKNOWN_TASK');
    world.ack(other, again);
    await world.pass(60_000);
    expect([slow.take(), other.take()]).toEqual([[], []]);
    expect(world.groups.counters).toMatchObject({ delivered: 2, redelivered: 1, expired: 1, acknowledged: 1, deadLetters: 0 });
  });

  it('give a member that let a lease run out one task at a time until it answers', async () => {
    const world = new World({ maxAttempts: 10 });
    const hung = await world.join('hung');
    world.publish(numbers(4));
    await world.settle();
    expect(hung.texts()).toEqual(numbers(4));
    await world.pass(10_000);
    const [probe, ...more] = hung.take();
    expect(more).toEqual([]);
    world.ack(hung, probe);
    expect(hung.texts()).toEqual(['2', '3']);
  });

  it.each([1_000, 2_500, 4_000])('make no dead letters of tasks that only waited behind others: one member, %i ms for each', async (workMs) => {
    const world = new World({ leaseMs: 10_000, maxAttempts: 3 });
    const slow = await world.join('slow');
    const done: string[] = [];
    world.publish(numbers(100));
    await world.settle();
    let waiting: { readonly task: ReturnType<typeof slow.take>[number]; readonly endsMs: number }[] = [];
    for (let step = 0; done.length < 100 && step < 1_000; step += 1) {
      waiting.push(...slow.take().map((task) => ({ task, endsMs: world.nowMs + 10_000 })));
      // Nobody begins what is no longer his: it comes again.
      waiting = waiting.filter(({ endsMs }) => endsMs > world.nowMs);
      const next = waiting.shift();
      await world.pass(next === undefined ? 250 : workMs);
      if (next === undefined || next.endsMs <= world.nowMs) continue;
      world.ack(slow, next.task);
      done.push(next.task.text);
    }
    expect(world.groups.counters.deadLetters).toBe(0);
    expect([...done].sort()).toEqual(numbers(100).sort());
  });

  it('deliver a nacked task at once to another member, or after the delay asked for', async () => {
    const world = new World();
    const [first, second] = [await world.join('a'), await world.join('b')];
    world.publish(['x']);
    await world.settle();
    world.nack(first, first.take()[0]);
    const [task] = second.take();
    expect(task).toMatchObject({ text: 'x', attempt: 2 });
    world.nack(second, task, 3_000);
    await world.pass(2_750);
    expect([first.take(), second.take()]).toEqual([[], []]);
    await world.pass(250);
    expect(first.take()).toMatchObject([{ text: 'x', attempt: 3 }]);
  });

  it('keep what comes while nobody is there, and what was left unfinished but not what was done', async () => {
    const world = new World();
    const first = await world.join('a');
    world.publish(['x', 'done', 'z']);
    await world.settle();
    world.ack(first, first.take()[1]);
    const second = await world.join('b');
    world.close(first);
    expect(second.take()).toMatchObject([{ text: 'x', attempt: 2 }, { text: 'z', attempt: 2 }]);
    world.groups.leave(second, world.topic);
    await world.settle();
    expect(world.groups.figures.groups).toBe(0);
    world.publish(['later']);
    const third = await world.join('c');
    // A member that leaves has not tried: only the first delivery counts.
    expect(third.take()).toMatchObject([{ text: 'x', attempt: 2 }, { text: 'z', attempt: 2 }, { text: 'later', attempt: 1 }]);
  });

  it('begin a new group at the head', async () => {
    const world = new World();
    world.publish(['before']);
    const worker = await world.join('a');
    world.publish(['after']);
    await world.settle();
    expect(worker.texts()).toEqual(['after']);
  });

  it('publish a dead letter after the last attempt, with its origin, and go on', async () => {
    const world = new World({ maxAttempts: 2 });
    const worker = await world.join('a');
    world.publish(['bad', 'good']);
    await world.settle();
    const [bad, good] = worker.take();
    world.ack(worker, good);
    world.nack(worker, bad);
    world.nack(worker, worker.take()[0], 60_000);
    await world.settle();
    const [letter] = world.envelopes('main.dead.workers');
    expect(Buffer.from(letter.id)).toEqual(Buffer.from(bad.id));
    expect(letter.headers).toEqual({
      'arqon-dead-letter-room': 'jobs', 'arqon-dead-letter-channel': 'main', 'arqon-dead-letter-group': 'workers', 'arqon-dead-letter-reason': 'nacked',
      'arqon-dead-letter-epoch': String(world.topic.history.epoch), 'arqon-dead-letter-sequence': '1', 'arqon-dead-letter-attempts': '2',
    });
    expect(worker.take()).toEqual([]);
    expect(world.groups.figures.openTasks).toBe(0);
  });

  it('publish a dead letter again until the store takes it, and give nothing of its run back meanwhile', async () => {
    let failures = 3;
    const world = new World({
      maxAttempts: 1,
      deadLetters: (inner) => ({
        publish: (letter) => {
          failures -= 1;
          return failures >= 0 ? Promise.reject(new ArqonError('STORE_UNAVAILABLE')) : inner.publish(letter);
        },
      }),
    });
    const worker = await world.join('a');
    world.publish(['x']);
    await world.settle();
    world.close(worker);
    await world.pass(2_500);
    expect(world.envelopes('main.dead.workers')).toEqual([]);
    expect(world.groups.figures.groups).toBe(1);
    await world.pass(1_500);
    expect(world.envelopes('main.dead.workers')).toHaveLength(1);
    await world.pass(250);
    expect(world.groups.figures.groups).toBe(0);
    expect(world.warnings).toHaveLength(3);
    const next = await world.join('b');
    expect(next.take()).toEqual([]);
  });

  it('skip what history trimmed before it was handed out, and count it', async () => {
    const world = new World({ maxEvents: 10 });
    world.groups.leave(await world.join('a'), world.topic);
    await world.settle();
    for (const text of numbers(25)) world.publish([text]);
    const worker = await world.join('b');
    expect(worker.texts()).toEqual(numbers(25).slice(15));
    expect(world.live.counters.trimmed).toBe(15);
  });

  it('drop the tasks of an epoch that ended', async () => {
    const world = new World();
    const worker = await world.join('a');
    world.publish(['old']);
    await world.settle();
    const [old] = worker.take();
    world.topic.history.reset(world.nowMs * 1_000);
    world.publish(['new']);
    await world.settle();
    expect(worker.texts()).toEqual(['new']);
    expect(() => { world.ack(worker, old); }).toThrow('UNKNOWN_TASK');
    await world.pass(10_000);
    expect(worker.texts()).toEqual(['new']);
  });

  it('refuse members and groups above their limits, and free their places', async () => {
    const world = new World({ maxMembersPerGroup: 2, maxGroupsPerTopic: 2, maxGroupsPerSession: 1 });
    const first = await world.join('a');
    const second = await world.join('b');
    await expect(world.join('c')).rejects.toThrow('GROUP_LIMIT');
    await expect(world.groups.join(first, world.topic, 'second', () => undefined)).rejects.toThrow('GROUP_LIMIT');
    await world.join('d', { group: 'second' });
    await expect(world.join('e', { group: 'third' })).rejects.toThrow('GROUP_LIMIT');
    expect(world.topic.subscribers.away).toBe(3);
    world.close(second);
    await world.join('f');
    expect(world.topic.subscribers.away).toBe(3);
  });

  it('answer a join before the first task, and not at all for a session that left meanwhile', async () => {
    const world = new World();
    const order: string[] = [];
    const worker = await world.join('a');
    world.publish(['x']);
    world.groups.leave(worker, world.topic);
    worker.take();
    worker.onTask = () => { order.push('task'); };
    await world.groups.join(worker, world.topic, 'workers', () => { order.push('joined'); });
    await world.settle();
    expect(order).toEqual(['joined', 'task']);
    const left = world.groups.join(worker, world.open('other'), 'workers', () => { order.push('late'); });
    world.close(worker);
    await left;
    await world.settle();
    expect(order).not.toContain('late');
    expect(world.groups.figures.groups).toBe(0);
    expect(world.topic.subscribers.away).toBe(0);
  });

  it('end memberships that a new token does not cover', async () => {
    const world = new World();
    const worker = await world.join('a');
    expect(world.groups.revoke(worker, () => true)).toEqual([]);
    expect(world.groups.revoke(worker, () => false)).toEqual([world.topic]);
    expect(world.groups.countOf(worker)).toBe(0);
  });
});
