import { encodeEpoch, envelopeIdStart, envelopeRanges, stampedBatchSize, utf8Size, varintSize, withoutStampInspection, writeStampedHeader, writeUtf8, writeVarint } from '@arqonbus/envelope';
import { decodeRunBody, isTombstone, type GroupRun, type RunBody } from '@arqonbus/storage';
import type { TaskReceiver } from './group-source.js';

/** Why a task was not done at its last delivery, as its dead letter tells. */
export type FailureReason = 'nacked' | 'lease_expired' | 'member_lost';

/**
 * `waiting`: for a member. `leased`: with its holder. `delayed`: given back with a delay. `burying`: its dead letter is being published.
 * `done`: acknowledged, or dead and published.
 */
export type TaskState = 'waiting' | 'leased' | 'delayed' | 'burying' | 'done';

/** What changes the state (docs/state_machines/group_task.md). */
export type TaskEvent = 'leased' | 'acknowledged' | 'returned' | 'delayed' | 'due' | 'died' | 'buried';

/** Which event leads where; what is not here leaves the state as it is. */
export const taskTransitions: Readonly<Record<TaskState, Readonly<Partial<Record<TaskEvent, TaskState>>>>> = {
  waiting: { leased: 'leased' },
  leased: { acknowledged: 'done', returned: 'waiting', delayed: 'delayed', died: 'burying' },
  delayed: { due: 'waiting' },
  burying: { buried: 'done' },
  done: {},
};

/** Lets an event happen to a task. */
export function stepTask(task: Task, event: TaskEvent): void {
  task.state = taskTransitions[task.state][event] ?? task.state;
}

/** One session in one group. */
export interface Member {
  readonly receiver: TaskReceiver;
  readonly held: HeldTasks;
  readonly tasks: Set<Task>;
  /** Tasks that it may hold: few at first, more as it answers, one after it let a lease run out. */
  window: number;
  /** What the window grows to: lowered by leases that ran out, so that tasks do not wait in a member until theirs end. */
  windowLimit: number;
  /** When it last answered, let a lease run out, or began to hold tasks. */
  progressMs: number;
}

/** One event in work. */
export interface Task {
  readonly run: RunInWork;
  /** Place in the run. */
  readonly index: number;
  /** The envelope's id, as text of 16 characters. */
  readonly id: string;
  /** Its `Batch.envelopes` entry in the run's body. */
  readonly entryStart: number;
  readonly entryEnd: number;
  state: TaskState;
  /** Deliveries so far, the one under way included. */
  deliveries: number;
  holder: Member | undefined;
  /** Who failed at it last: another member is preferred. */
  lastHolder: Member | undefined;
  leaseEndsMs: number;
  /** When a delayed task is due. */
  dueMs: number;
}

/** A run of the store that this Spine holds, until all its events are done. */
export interface RunInWork {
  readonly key: string;
  /** As it was taken last: what the store wants back. */
  source: GroupRun;
  readonly body: RunBody;
  readonly tasks: Task[];
  openCount: number;
  buryingCount: number;
  /** Until when the store gives the run to nobody else. */
  heldUntilMs: number;
}

/** What this Spine knows of a run that it gave back unfinished, should it get it again. */
export interface RunMemory {
  readonly deliveriesBefore: number;
  /** Deliveries per event, -1 for one that is done. */
  readonly deliveries: readonly number[];
}

/** Runs given back unfinished by this Spine, by key; it outlives the group's members. */
export type RunMemories = Map<string, RunMemory>;

export function runKey(run: GroupRun): string {
  return `${String(run.epoch)}/${String(run.run.sequence)}`;
}

/** Text under which a 16-byte id is looked up. */
export function idText(bytes: Uint8Array, start: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, idBytes).toString('latin1');
}

/**
 * Splits a run into tasks. Raises RangeError when the store damaged it. However often it was handed out before, each event is delivered at
 * least once more: who had it may have died before any member saw it.
 */
export function openRun(source: GroupRun, memory: RunMemory | undefined, maxAttempts: number, heldUntilMs: number): RunInWork {
  const body = decodeRunBody(source.run.body);
  const run: RunInWork = { key: runKey(source), source, body, tasks: [], openCount: 0, buryingCount: 0, heldUntilMs };
  const isOwn = memory !== undefined && source.deliveriesBefore <= memory.deliveriesBefore + 1;
  for (const [index, range] of envelopeRanges(body.envelopes, 0, body.envelopes.length).entries()) {
    const known = memory?.deliveries[index] ?? 0;
    const idStart = envelopeIdStart(body.envelopes, range.start, range.end);
    if (idStart < 0) throw new RangeError('a stored run is damaged');
    // Nobody works on what was erased.
    const isDone = known < 0 || isTombstone(body.envelopes, range.entryStart, range.end);
    const deliveries = Math.min(isOwn ? known : Math.max(known, source.deliveriesBefore), maxAttempts - 1);
    run.tasks.push({
      run, index, id: idText(body.envelopes, idStart), entryStart: range.entryStart, entryEnd: range.end, state: isDone ? 'done' : 'waiting',
      deliveries, holder: undefined, lastHolder: undefined, leaseEndsMs: 0, dueMs: 0,
    });
    if (!isDone) run.openCount += 1;
  }
  return run;
}

export function rememberRun(run: RunInWork): RunMemory {
  return { deliveriesBefore: run.source.deliveriesBefore, deliveries: run.tasks.map((task) => (task.state === 'done' ? -1 : task.deliveries)) };
}

export function taskBytes(task: Task): number {
  return task.entryEnd - task.entryStart;
}

/** One `Frame.batches` entry with neighbouring events of one run, all delivered for the same time: `Stamp.task` is that of each. */
export function encodeTasks(tasks: readonly Task[], group: string, leaseMs: number): Uint8Array {
  const first = tasks[0];
  const last = tasks[tasks.length - 1];
  const { source, body } = first.run;
  const { sequence, prev, timeUs } = source.run;
  const envelopes = body.envelopes.subarray(first.entryStart, last.entryEnd);
  const stamped = {
    routing: body.routing, sender: body.sender, epoch: encodeEpoch(source.epoch), sequence: sequence + first.index,
    prev: first.index === 0 ? prev : sequence + first.index - 1, timeUs,
    // Behind `after` comes `replayed`, which tasks never have, and then `task`.
    after: Buffer.concat([withoutStampInspection(body.after), encodeTaskField(group, leaseMs, first.deliveries)]),
    replayed: false, envelopesBytes: envelopes.length,
  };
  const entry = new Uint8Array(stampedBatchSize(stamped));
  entry.set(envelopes, writeStampedHeader(entry, 0, stamped));
  return entry;
}

/** Field 10 of Stamp. */
function encodeTaskField(group: string, leaseMs: number, attempt: number): Uint8Array {
  const groupBytes = utf8Size(group);
  const size = 1 + varintSize(groupBytes) + groupBytes + 1 + varintSize(leaseMs) + 1 + varintSize(attempt);
  const field = new Uint8Array(1 + varintSize(size) + size);
  field[0] = 0x52;
  let at = writeVarint(field, 1, size);
  field[at] = 0x0a;
  at = writeUtf8(field, writeVarint(field, at + 1, groupBytes), group);
  field[at] = 0x10;
  at = writeVarint(field, at + 1, leaseMs);
  field[at] = 0x18;
  writeVarint(field, at + 1, attempt);
  return field;
}

/** Tasks that one session holds, over all its groups. */
export class HeldTasks {
  bytes = 0;
  private readonly byId = new Map<string, Task[]>();

  /** The task with this id that the session has held longest: two groups, or two events, may share an id. */
  find(id: string): Task | undefined {
    return this.byId.get(id)?.[0];
  }

  add(task: Task): void {
    this.bytes += taskBytes(task);
    const same = this.byId.get(task.id);
    if (same === undefined) this.byId.set(task.id, [task]);
    else same.push(task);
  }

  remove(task: Task): void {
    const same = this.byId.get(task.id) ?? [];
    const at = same.indexOf(task);
    if (at < 0) return;
    this.bytes -= taskBytes(task);
    same.splice(at, 1);
    if (same.length === 0) this.byId.delete(task.id);
  }
}

const idBytes = 16;
