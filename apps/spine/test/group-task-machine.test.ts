import { driveMachine, impossible } from '@arqonbus/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroupTasks, type GroupCounters } from '../src/groups/group-tasks.js';
import { defaultGroupOptions, type GroupOptions } from '../src/groups/group-options.js';
import { HeldTasks, taskTransitions, type Task } from '../src/groups/task.js';
import { Worker, World } from './groups.fixture.js';

interface Rig {
  readonly tasks: GroupTasks;
  readonly task: Task;
  readonly options: { -readonly [Key in keyof GroupOptions]: GroupOptions[Key] };
  readonly worker: Worker;
  readonly held: HeldTasks;
  readonly counters: GroupCounters;
  /** Runs that were told to be done. */
  readonly doneRuns: string[];
  readonly dead: Task[];
}

const nowMs = 1_000_000;

/** One run of `count` events in work, read back from a real live window. */
async function waiting(count = 1): Promise<Rig> {
  const world = new World();
  const log = await world.live.open(world.topic, 'workers');
  world.publish(Array.from({ length: count }, (_, index) => String(index)));
  const [run] = await log.take(8, 0);
  const options = { ...defaultGroupOptions, maxAttempts: 3, leaseMs: 10_000 };
  const counters = { delivered: 0, redelivered: 0, acknowledged: 0, nacked: 0, expired: 0, deadLetters: 0 };
  const doneRuns: string[] = [];
  const dead: Task[] = [];
  const tasks = new GroupTasks('workers', options, {
    runDone: ({ key }) => { doneRuns.push(key); },
    taskDead: (task) => { dead.push(task); },
  }, counters, new Map());
  tasks.addRun(run, nowMs + 3_600_000);
  const [inWork] = tasks.runs.values();
  return { tasks, task: inWork.tasks[0], options, worker: new Worker('a'), held: new HeldTasks(), counters, doneRuns, dead };
}

async function leased(): Promise<Rig> {
  const rig = await waiting();
  rig.tasks.addMember(rig.worker, rig.held);
  rig.tasks.dispatch(nowMs);
  return rig;
}

async function delayed(): Promise<Rig> {
  const rig = await leased();
  rig.tasks.giveUp(rig.task, 1_000, nowMs);
  return rig;
}

async function burying(): Promise<Rig> {
  const rig = await leased();
  rig.options.maxAttempts = 1;
  rig.tasks.giveUp(rig.task, 0, nowMs);
  return rig;
}

async function done(): Promise<Rig> {
  const rig = await leased();
  rig.tasks.acknowledge(rig.task, nowMs);
  return rig;
}

/** What a member says of a task reaches only tasks that it holds. */
function byHolder(act: (rig: Rig) => void): (rig: Rig) => ReturnType<typeof impossible> | undefined {
  return (rig) => {
    if (rig.held.find(rig.task.id) === undefined) return impossible('no session finds it among the tasks that it holds');
    act(rig);
    return undefined;
  };
}

describe('group task', () => {
  driveMachine<Rig>(it, {
    document: 'group_task',
    table: taskTransitions,
    object: (rig) => rig.task,
    field: 'state',
    reach: { waiting: () => waiting(), leased, delayed, burying, done },
    events: {
      leased: ({ tasks, worker, held }) => {
        tasks.addMember(worker, held);
        tasks.dispatch(nowMs);
      },
      acknowledged: byHolder(({ tasks, task }) => { tasks.acknowledge(task, nowMs); }),
      returned: ({ tasks, worker }) => { tasks.removeMember(worker, true); },
      delayed: byHolder(({ tasks, task }) => { tasks.giveUp(task, 1_000, nowMs); }),
      due: ({ tasks }) => { tasks.expire(nowMs + 2_000); },
      died: byHolder((rig) => {
        rig.options.maxAttempts = 1;
        rig.tasks.giveUp(rig.task, 1_000, nowMs);
      }),
      buried: ({ tasks, task, dead }) => (dead.length > 0 ? tasks.buried(task) : impossible('no dead letter of it is published')),
    },
  });

  const step = fc.record({ how: fc.constantFrom('ack', 'nack', 'delay', 'pass', 'leave', 'join', 'bury'), at: fc.nat({ max: 5 }), ms: fc.constantFrom(500, 3_000, 10_000) });

  /** Lets steps happen to a run of six tasks; `look` is called behind each. */
  async function walk(steps: readonly { how: string; at: number; ms: number }[], look: (rig: Rig, all: readonly Task[]) => void): Promise<{ rig: Rig; all: readonly Task[] }> {
    const rig = await waiting(6);
    const { tasks, worker, held } = rig;
    const all = [...rig.task.run.tasks];
    let now = nowMs;
    for (const { how, at, ms } of [...steps, ...Array.from({ length: 60 }, (_, index) => ({ how: ['join', 'ack', 'bury', 'pass'][index % 4] ?? '', at: 0, ms: 10_000 }))]) {
      const mine = all.filter((task) => held.find(task.id) !== undefined);
      const task = mine[at % Math.max(1, mine.length)] as Task | undefined;
      if (how === 'join') tasks.addMember(worker, held);
      else if (how === 'leave') tasks.removeMember(worker, true);
      else if (how === 'bury') for (const dead of rig.dead.splice(0)) tasks.buried(dead);
      else if (how === 'pass') {
        now += ms;
        tasks.expire(now);
      } else if (task !== undefined && how === 'ack') tasks.acknowledge(task, now);
      else if (task !== undefined) tasks.giveUp(task, how === 'nack' ? 0 : ms, now);
      tasks.dispatch(now);
      look(rig, all);
    }
    return { rig, all };
  }

  const steps = fc.array(step, { maxLength: 40 });

  it('I-1 a task has a holder exactly while it is leased', async () => {
    await fc.assert(fc.asyncProperty(steps, async (taken) => {
      await walk(taken, (_, all) => {
        for (const task of all) expect(task.holder !== undefined).toBe(task.state === 'leased');
      });
    }), { numRuns: 50 });
  });

  it('I-2 a task that is done is never delivered again', async () => {
    await fc.assert(fc.asyncProperty(steps, async (taken) => {
      const done = new Map<Task, number>();
      await walk(taken, (_, all) => {
        for (const task of all) {
          if (task.state === 'done' && !done.has(task)) done.set(task, task.deliveries);
          if (done.has(task)) expect([task.state, task.deliveries]).toEqual(['done', done.get(task)]);
        }
      });
    }), { numRuns: 50 });
  });

  it('I-3 each task is done once, by an acknowledgement or a dead letter', async () => {
    await fc.assert(fc.asyncProperty(steps, async (taken) => {
      const { rig, all } = await walk(taken, () => undefined);
      expect(all.map((task) => task.state)).toEqual(all.map(() => 'done'));
      expect(rig.counters.acknowledged + rig.counters.deadLetters).toBe(all.length);
      expect(rig.doneRuns).toHaveLength(1);
    }), { numRuns: 50 });
  });
});
