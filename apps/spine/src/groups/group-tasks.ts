import type { GroupRun } from '@arqonbus/storage';
import type { GroupOptions } from './group-options.js';
import type { TaskReceiver } from './group-source.js';
import { encodeTasks, openRun, rememberRun, runKey, stepTask, taskBytes, type FailureReason, type HeldTasks, type Member, type RunInWork, type RunMemories, type Task } from './task.js';

/** Plain integers that the metrics read at scrape time. */
export interface GroupCounters {
  delivered: number;
  redelivered: number;
  acknowledged: number;
  nacked: number;
  expired: number;
  deadLetters: number;
}

/** What becomes of tasks and runs outside of this Spine's memory. */
export interface TaskOutcomes {
  /** Every event of the run is done. */
  runDone(run: RunInWork): void;
  /** The task failed too often: call `buried` once its dead letter is published. */
  taskDead(task: Task, reason: FailureReason): void;
}

/** Tasks that a new member gets before it answered any. */
const firstWindow = 16;
/** Part of a task by which an answer raises the limit of a window that has reached it. */
const limitGrowth = 1 / 16;

/** Runs given back unfinished that are remembered, newest kept. */
const maxRunMemories = 256;

/**
 * The tasks of one group on this Spine and who holds them. A task has one holder at most, from `lease` to `unlease`. No I/O and no clock:
 * times are arguments.
 */
export class GroupTasks {
  readonly members = new Map<TaskReceiver, Member>();
  readonly runs = new Map<string, RunInWork>();
  /** Events of runs in work that are not done. */
  openCount = 0;
  private order: Member[] = [];
  private cursor = 0;
  /** Waiting for their first delivery by this Spine, in the order of the topic. */
  private fresh: Task[] = [];
  /** Waiting for another delivery. */
  private returned: Task[] = [];
  /** In the order in which their leases end, for all leases are equally long. */
  private readonly leased = new Set<Task>();
  private readonly delayed = new Set<Task>();
  private isDispatching = false;

  constructor(
    private readonly name: string, private readonly options: GroupOptions, private readonly outcomes: TaskOutcomes, private readonly counters: GroupCounters,
    private readonly memories: RunMemories,
  ) {}

  get leasedCount(): number {
    return this.leased.size;
  }

  addMember(receiver: TaskReceiver, held: HeldTasks): void {
    if (this.members.has(receiver)) return;
    const { maxTasksPerMember } = this.options;
    const member: Member = { receiver, held, tasks: new Set(), window: Math.min(firstWindow, maxTasksPerMember), windowLimit: maxTasksPerMember, progressMs: 0 };
    this.members.set(receiver, member);
    this.order.push(member);
  }

  /** Its tasks go back at once. `counts`: the delivery counts as an attempt, for the member may have died of it. */
  removeMember(receiver: TaskReceiver, counts: boolean): void {
    const member = this.members.get(receiver);
    if (member === undefined) return;
    this.members.delete(receiver);
    const at = this.order.indexOf(member);
    this.order.splice(at, 1);
    if (at < this.cursor) this.cursor -= 1;
    for (const task of [...member.tasks]) {
      this.unlease(task);
      task.lastHolder = undefined;
      if (!counts) task.deliveries -= 1;
      if (counts) this.failed(task, 'member_lost');
      else this.giveBack(task, 'returned');
    }
  }

  /** Takes a run into work; one that is in work already was given to this Spine again. Raises RangeError on a damaged run. */
  addRun(source: GroupRun, heldUntilMs: number): void {
    const key = runKey(source);
    const known = this.runs.get(key);
    if (known !== undefined) {
      known.source = source;
      known.heldUntilMs = heldUntilMs;
      return;
    }
    const run = openRun(source, this.memories.get(key), this.options.maxAttempts, heldUntilMs);
    this.memories.delete(key);
    if (run.openCount === 0) {
      this.outcomes.runDone(run);
      return;
    }
    this.runs.set(key, run);
    this.openCount += run.openCount;
    for (const task of run.tasks) if (task.state === 'waiting') this.fresh.push(task);
  }

  /** Whether a further run would find a member that is free. */
  get wantsRuns(): boolean {
    return this.fresh.length === 0 && this.openCount < this.options.maxTasksPerGroup && this.order.some((member) => this.isFree(member));
  }

  /** Ends the lease: the task is done. */
  acknowledge(task: Task, nowMs: number): void {
    this.answered(task.holder, nowMs);
    this.unlease(task);
    this.counters.acknowledged += 1;
    this.finish(task, 'acknowledged');
  }

  /** Its holder gives it back, to be delivered again after the delay. */
  giveUp(task: Task, retryAfterMs: number, nowMs: number): void {
    this.answered(task.holder, nowMs);
    this.unlease(task);
    this.counters.nacked += 1;
    if (task.deliveries >= this.options.maxAttempts || retryAfterMs <= 0) {
      this.failed(task, 'nacked');
      return;
    }
    stepTask(task, 'delayed');
    task.dueMs = nowMs + Math.min(retryAfterMs, this.options.maxRetryAfterMs);
    this.delayed.add(task);
  }

  /** The dead letter of the task is published. */
  buried(task: Task): void {
    task.run.buryingCount -= 1;
    this.counters.deadLetters += 1;
    this.finish(task, 'buried');
  }

  /** Ends leases that have run out and delays that are over. */
  expire(nowMs: number): void {
    for (const task of this.leased) {
      if (task.leaseEndsMs > nowMs) break;
      this.expireOne(task, nowMs);
    }
    for (const task of this.delayed) {
      if (task.dueMs > nowMs) continue;
      this.delayed.delete(task);
      this.giveBack(task, 'due');
    }
  }

  /** Drops runs of earlier epochs: their events are gone. A later one may be known to the store first. */
  dropEpochsBefore(epoch: number): void {
    for (const run of [...this.runs.values()]) {
      if (run.source.epoch >= epoch || run.buryingCount > 0) continue;
      for (const task of run.tasks) if (task.state === 'leased') this.unlease(task);
      this.forget(run);
      this.outcomes.runDone(run);
    }
  }

  /** Takes the runs out of work that wait for no dead letter; what is done of them is remembered. */
  takeUnfinished(): RunInWork[] {
    const runs = [...this.runs.values()].filter((run) => run.buryingCount === 0);
    for (const run of runs) {
      this.memories.delete(run.key);
      this.memories.set(run.key, rememberRun(run));
      this.forget(run);
    }
    for (const key of this.memories.keys()) {
      if (this.memories.size <= maxRunMemories) break;
      this.memories.delete(key);
    }
    return runs;
  }

  /** Hands waiting tasks to members with room, in turn. */
  dispatch(nowMs: number): void {
    // Sending may close a session, whose tasks then come back in here.
    if (this.isDispatching) return;
    this.isDispatching = true;
    let slices = this.assign(nowMs);
    while (slices.length > 0) {
      for (const slice of slices) this.send(slice);
      slices = this.assign(nowMs);
    }
    this.isDispatching = false;
  }

  private assign(nowMs: number): Task[][] {
    const slices: Task[][] = [];
    this.assignReturned(slices, nowMs);
    this.assignFresh(slices, nowMs);
    return slices;
  }

  private assignReturned(slices: Task[][], nowMs: number): void {
    if (this.returned.length === 0) return;
    const left: Task[] = [];
    for (const task of this.returned.sort(byPlace)) {
      const member = this.isHeld(task.run, nowMs) ? this.nextFree(task) : undefined;
      if (member === undefined) left.push(task);
      else {
        this.lease(task, member, nowMs);
        slices.push([task]);
      }
    }
    this.returned = left;
  }

  /** Neighbours go to one member in one batch, but never so many that another free member would get none. */
  private assignFresh(slices: Task[][], nowMs: number): void {
    const freeCount = this.order.reduce((count, member) => count + (this.isFree(member) ? 1 : 0), 0);
    const share = Math.ceil(this.fresh.length / Math.max(1, freeCount));
    let at = 0;
    while (at < this.fresh.length) {
      const first = this.fresh[at];
      const member = this.isHeld(first.run, nowMs) ? this.nextFree(first) : undefined;
      if (member === undefined) break;
      const slice: Task[] = [];
      for (let next: Task | undefined = first; next !== undefined && slice.length < share && hasRoomFor(slice, next); next = this.fresh.at(at)) {
        if (slice.length > 0 && !this.isFree(member, next)) break;
        this.lease(next, member, nowMs);
        slice.push(next);
        at += 1;
      }
      slices.push(slice);
    }
    this.fresh.splice(0, at);
  }

  private send(slice: readonly Task[]): void {
    const holder = slice[0].holder;
    // Sending an earlier slice closed the session.
    if (holder === undefined) return;
    this.counters.delivered += slice.length;
    if (slice[0].deliveries > 1) this.counters.redelivered += slice.length;
    holder.receiver.queue(encodeTasks(slice, this.name, this.options.leaseMs));
  }

  /** The next member in turn with room for the task, not the one that failed at it last while there is another. */
  private nextFree(task: Task): Member | undefined {
    const avoided = task.lastHolder;
    const mayAvoid = avoided !== undefined && this.order.some((member) => member !== avoided && !member.receiver.isLagging);
    for (let step = 0; step < this.order.length; step += 1) {
      const at = (this.cursor + step) % this.order.length;
      const member = this.order[at];
      if ((mayAvoid && member === avoided) || !this.isFree(member, task)) continue;
      this.cursor = (at + 1) % this.order.length;
      return member;
    }
    return undefined;
  }

  private isFree(member: Member, task?: Task): boolean {
    const { receiver, held, tasks } = member;
    if (receiver.isClosed || receiver.isLagging || tasks.size >= Math.floor(member.window)) return false;
    return held.bytes === 0 || held.bytes + (task === undefined ? 1 : taskBytes(task)) <= this.options.maxTaskBytesPerSession;
  }

  /** Whether the store keeps the run for this Spine as long as a lease that begins now. */
  private isHeld(run: RunInWork, nowMs: number): boolean {
    return run.heldUntilMs - nowMs >= this.options.leaseMs;
  }

  private lease(task: Task, member: Member, nowMs: number): void {
    stepTask(task, 'leased');
    task.deliveries += 1;
    task.holder = member;
    task.leaseEndsMs = nowMs + this.options.leaseMs;
    if (member.tasks.size === 0) member.progressMs = nowMs;
    member.tasks.add(task);
    member.held.add(task);
    this.leased.add(task);
  }

  private unlease(task: Task): void {
    const { holder } = task;
    if (holder === undefined) return;
    holder.tasks.delete(task);
    holder.held.remove(task);
    this.leased.delete(task);
    task.lastHolder = holder;
    task.holder = undefined;
  }

  /** A member that answers gets more: one task more each time, beyond its limit one in so many. */
  private answered(member: Member | undefined, nowMs: number): void {
    if (member === undefined) return;
    member.progressMs = nowMs;
    if (member.window >= member.windowLimit) member.windowLimit = Math.min(this.options.maxTasksPerMember, member.windowLimit + limitGrowth);
    member.window = Math.min(member.windowLimit, member.window + 1);
  }

  /**
   * A lease ran out. It counts as an attempt when its holder had the whole of it and answered nothing meanwhile; else the task only waited
   * behind others there, and goes back as if it had not been delivered.
   */
  private expireOne(task: Task, nowMs: number): void {
    const member = task.holder;
    this.counters.expired += 1;
    const wasBegun = member === undefined || nowMs - member.progressMs >= this.options.leaseMs;
    if (member !== undefined) {
      // Those behind it tell nothing more of how much it can do in time.
      if (wasBegun) {
        member.progressMs = nowMs;
        member.windowLimit = Math.max(1, Math.min(member.windowLimit, Math.floor(member.tasks.size / 2)));
      }
      member.window = 1;
    }
    this.unlease(task);
    if (wasBegun) {
      this.failed(task, 'lease_expired');
      return;
    }
    task.deliveries -= 1;
    this.giveBack(task, 'returned');
  }

  private failed(task: Task, reason: FailureReason): void {
    if (task.deliveries < this.options.maxAttempts) {
      this.giveBack(task, 'returned');
      return;
    }
    stepTask(task, 'died');
    task.run.buryingCount += 1;
    this.outcomes.taskDead(task, reason);
  }

  private giveBack(task: Task, event: 'returned' | 'due'): void {
    stepTask(task, event);
    this.returned.push(task);
  }

  private finish(task: Task, event: 'acknowledged' | 'buried'): void {
    stepTask(task, event);
    const { run } = task;
    run.openCount -= 1;
    this.openCount -= 1;
    if (run.openCount > 0) return;
    this.runs.delete(run.key);
    this.outcomes.runDone(run);
  }

  private forget(run: RunInWork): void {
    this.runs.delete(run.key);
    this.openCount -= run.openCount;
    this.fresh = this.fresh.filter((task) => task.run !== run);
    this.returned = this.returned.filter((task) => task.run !== run);
    for (const task of run.tasks) this.delayed.delete(task);
  }
}

/** Whether the task may go into the same batch: the next event of the same run, delivered as often. */
function hasRoomFor(slice: readonly Task[], task: Task): boolean {
  const last = slice.at(-1);
  // The last one's delivery is counted already.
  return last === undefined || (task.run === last.run && task.index === last.index + 1 && task.deliveries + 1 === last.deliveries);
}

function byPlace(left: Task, right: Task): number {
  return left.run.source.epoch - right.run.source.epoch || left.run.source.run.sequence - right.run.source.run.sequence || left.index - right.index;
}
