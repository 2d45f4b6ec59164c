import { isArqonError } from '@arqonbus/errors';
import type { GroupLog, GroupRun } from '@arqonbus/storage';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runLeaseMs } from './group-options.js';
import type { GroupSource } from './group-source.js';
import { World, type SeenTask, type Worker } from '../../test/groups.fixture.js';

const leaseMs = 10_000;

/** What a store's group does for several Spines, in the test's time: each run is with one Spine, by a lease. */
class SharedRuns implements GroupSource {
  private readonly entries = new Map<number, { run: GroupRun; leaseEndsMs: number; isDone: boolean }>();
  private inner: Promise<GroupLog> | undefined;

  constructor(private readonly live: GroupSource, private readonly nowMs: () => number) {}

  async open(...args: Parameters<GroupSource['open']>): Promise<GroupLog> {
    const inner = await (this.inner ??= this.live.open(...args));
    const entryOf = (run: GroupRun): { run: GroupRun; leaseEndsMs: number; isDone: boolean } | undefined => this.entries.get(run.run.sequence);
    return {
      take: async (maxRuns) => {
        for (const run of await inner.take(maxRuns, 0)) this.entries.set(run.run.sequence, { run: { ...run, deliveriesBefore: -1 }, leaseEndsMs: 0, isDone: false });
        const free = [...this.entries.values()].filter((entry) => !entry.isDone && entry.leaseEndsMs <= this.nowMs()).slice(0, maxRuns);
        for (const entry of free) {
          entry.run = { ...entry.run, deliveriesBefore: entry.run.deliveriesBefore + 1 };
          entry.leaseEndsMs = this.nowMs() + runLeaseMs(leaseMs);
        }
        return free.map((entry) => entry.run);
      },
      acknowledge: async (run) => {
        const entry = entryOf(run);
        if (entry !== undefined) entry.isDone = true;
        await inner.acknowledge(run);
      },
      extend: (runs) => {
        for (const run of runs) {
          const entry = entryOf(run);
          if (entry?.run === run) entry.leaseEndsMs = this.nowMs() + runLeaseMs(leaseMs);
        }
        return Promise.resolve();
      },
      release: (run) => {
        const entry = entryOf(run);
        if (entry?.run === run) entry.leaseEndsMs = 0;
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
  }
}

type Step =
  | { readonly do: 'publish'; readonly count: number }
  | { readonly do: 'join'; readonly spine: number }
  | { readonly do: 'leave' | 'close' | 'lag' | 'ack'; readonly worker: number; readonly task: number }
  | { readonly do: 'nack'; readonly worker: number; readonly task: number; readonly delayMs: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'kill'; readonly spine: number };

const place = fc.nat({ max: 7 });
const commonSteps = [
  fc.record({ do: fc.constant('publish' as const), count: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ do: fc.constant('join' as const), spine: place }),
  fc.record({ do: fc.constantFrom('leave' as const, 'close' as const, 'lag' as const), worker: place, task: place }),
  fc.record({ do: fc.constant('ack' as const), worker: place, task: place }),
  fc.record({ do: fc.constant('nack' as const), worker: place, task: place, delayMs: fc.constantFrom(0, 600, 12_000) }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(250, 2_500, 9_750, 10_000, 16_000) }),
];
const oneSpine: fc.Arbitrary<Step[]> = fc.array(fc.oneof(...commonSteps), { minLength: 5, maxLength: 60 });
const manySpines: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(...commonSteps, fc.record({ do: fc.constant('kill' as const), spine: place })), { minLength: 5, maxLength: 60 },
);

/** Members that do what the steps say, and watch what they are given. */
class Players {
  readonly done = new Map<number, number>();
  /** Who works on an event, and until when nobody else may. */
  readonly leases = new Map<number, { readonly worker: Worker; readonly untilMs: number }>();
  publishedCount = 0;
  readonly violations: string[] = [];
  private readonly held = new Map<Worker, SeenTask[]>();

  constructor(readonly world: World) {}

  async step(step: Step): Promise<void> {
    const { world } = this;
    if (step.do === 'publish') {
      world.publish(Array.from({ length: step.count }, (_, index) => String(this.publishedCount + index + 1)));
      this.publishedCount += step.count;
    } else if (step.do === 'join') await this.join(step.spine);
    else if (step.do === 'pass') await world.pass(step.ms);
    else if (step.do === 'kill') this.kill(step.spine);
    else this.act(step);
    await world.settle();
  }

  async join(spine: number): Promise<Worker> {
    const groups = this.world.spines[spine % this.world.spines.length];
    const worker: Worker = await this.world.join('worker', { groups, onTask: (task) => { this.given(() => worker, task); } });
    if (!this.held.has(worker)) this.held.set(worker, []);
    // Tasks that came before the name was known.
    for (const task of worker.take()) this.given(() => worker, task);
    worker.onTask = (task) => { this.given(() => worker, task); };
    return worker;
  }

  heldBy(worker: Worker): readonly SeenTask[] {
    return this.held.get(worker) ?? [];
  }

  get workers(): Worker[] {
    return [...this.held.keys()];
  }

  answer(worker: Worker, task: SeenTask, delayMs?: number): void {
    this.held.set(worker, this.heldBy(worker).filter((other) => other !== task));
    const lease = this.leases.get(task.sequence);
    // Another member may get the task before the call returns.
    if (lease?.worker === worker) this.leases.delete(task.sequence);
    try {
      if (delayMs === undefined) this.world.ack(worker, task);
      else this.world.nack(worker, task, delayMs);
    } catch (error) {
      if (!isArqonError(error)) throw error;
      if (lease !== undefined) this.leases.set(task.sequence, lease);
      return;
    }
    if (delayMs === undefined) this.done.set(task.sequence, (this.done.get(task.sequence) ?? 0) + 1);
  }

  end(worker: Worker, how: 'leave' | 'close'): void {
    this.held.delete(worker);
    for (const [sequence, lease] of this.leases) if (lease.worker === worker) this.leases.delete(sequence);
    if (how === 'close') this.world.close(worker);
    else worker.groups?.leave(worker, this.world.topic);
  }

  private act(step: Extract<Step, { worker: number }>): void {
    const worker = this.workers.at(step.worker % Math.max(1, this.held.size));
    if (worker === undefined) return;
    if (step.do === 'leave' || step.do === 'close') this.end(worker, step.do);
    else if (step.do === 'lag') worker.isLagging = !worker.isLagging;
    else {
      const tasks = this.heldBy(worker);
      const task = tasks.at(step.task % Math.max(1, tasks.length));
      if (task !== undefined) this.answer(worker, task, step.do === 'nack' ? step.delayMs : undefined);
    }
  }

  /** kill -9: nothing is given back, and its members go on with what they have. */
  private kill(spine: number): void {
    const { spines } = this.world;
    const [dead] = spines.splice(spine % spines.length, 1);
    for (const worker of this.workers) if (worker.groups === dead) this.held.delete(worker);
    this.world.addSpine();
  }

  private given(workerOf: () => Worker, task: SeenTask): void {
    let worker: Worker;
    try {
      worker = workerOf();
    } catch {
      return;
    }
    const lease = this.leases.get(task.sequence);
    const { nowMs } = this.world;
    if (lease !== undefined && lease.untilMs > nowMs) this.violations.push(`event ${String(task.sequence)} is with two members`);
    if (task.text !== String(task.sequence)) this.violations.push(`event ${task.text} came as ${String(task.sequence)}`);
    this.leases.set(task.sequence, { worker, untilMs: nowMs + leaseMs });
    this.held.set(worker, [...this.heldBy(worker), task]);
  }
}

/** Ends all members and lets a last one do all that is left. */
async function finish(players: Players): Promise<void> {
  const { world } = players;
  for (const worker of players.workers) players.end(worker, 'close');
  await world.settle();
  const last = await players.join(0);
  for (let round = 0; round < 30; round += 1) {
    while (players.heldBy(last).length > 0) {
      players.answer(last, players.heldBy(last)[0]);
      await world.settle();
    }
    await world.pass(2_500);
  }
  expect(players.violations).toEqual([]);
  expect(players.heldBy(last)).toEqual([]);
  expect(world.spines.map((spine) => spine.figures.openTasks)).toEqual(world.spines.map(() => 0));
}

function deadLetters(world: World): number[] {
  return world.envelopes('main.dead.workers').map((letter) => Number(letter.headers['arqon-dead-letter-sequence']));
}

it('hands each event to one member at a time, until it is acknowledged once or dead, on one Spine', async () => {
  await fc.assert(fc.asyncProperty(oneSpine, async (steps) => {
    const players = new Players(new World({ leaseMs, maxAttempts: 3, maxTasksPerMember: 4 }));
    await players.join(0);
    for (const step of steps) await players.step(step);
    await finish(players);
    const ends = [...players.done].flatMap(([sequence, count]) => Array.from({ length: count }, () => sequence)).concat(deadLetters(players.world));
    expect(ends.sort((left, right) => left - right)).toEqual(Array.from({ length: players.publishedCount }, (_, index) => index + 1));
  }), { numRuns: 300, seed: 31 });
});

it('hands each event to one member at a time, and loses none, on Spines that share a store and are killed', async () => {
  await fc.assert(fc.asyncProperty(manySpines, async (steps) => {
    let nowMs = (): number => 0;
    const world = new World({ leaseMs, maxAttempts: 3, maxTasksPerMember: 4, source: (live) => new SharedRuns(live, () => nowMs()) });
    nowMs = () => world.nowMs;
    world.addSpine();
    const players = new Players(world);
    await players.join(0);
    for (const step of steps) await players.step(step);
    await finish(players);
    const ends = new Set([...players.done.keys(), ...deadLetters(world)]);
    expect([...ends].sort((left, right) => left - right)).toEqual(Array.from({ length: players.publishedCount }, (_, index) => index + 1));
  }), { numRuns: 300, seed: 32 });
});
