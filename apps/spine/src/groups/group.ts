import { isArqonError } from '@arqonbus/errors';
import type { GroupLog, GroupRun } from '@arqonbus/storage';
import type { Topic } from '../routing/index.js';
import { writeDeadLetter } from './dead-letters.js';
import { extendEveryMs, runLeaseMs, type GroupOptions } from './group-options.js';
import type { DeadLetterSink, GroupSource, TaskReceiver } from './group-source.js';
import { GroupTasks, type GroupCounters } from './group-tasks.js';
import { runKey, type FailureReason, type HeldTasks, type RunMemories, type Task } from './task.js';

/** What a group works with. */
export interface GroupParts {
  readonly source: GroupSource;
  readonly deadLetters: DeadLetterSink;
  readonly options: GroupOptions;
  readonly counters: GroupCounters;
  readonly nowMs: () => number;
  readonly logger: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
}

/** Runs asked for at once: few, so that another Spine's members get theirs. */
const maxRunsPerTake = 8;
/** Milliseconds after which a failed dead letter or acknowledgement is tried again. */
const retryMs = 1_000;

/** One group of one topic: takes runs from its log as long as a member is free, and tells the log what became of them. */
export class Group {
  readonly tasks: GroupTasks;
  private opened: Promise<GroupLog> | undefined;
  private log: GroupLog | undefined;
  /** Settles when the log that was open before is closed. */
  private closing: Promise<void> = Promise.resolve();
  private joiningCount = 0;
  private taking: Promise<void> | undefined;
  private mayHaveRuns = false;
  private nextPollMs = 0;
  private nextExtendMs = 0;
  /** Runs that are done and whose acknowledgement the store has not taken yet. */
  private readonly finished = new Map<string, GroupRun>();
  /** Dead letters to be tried again, and when. */
  private readonly unburied = new Map<Task, { readonly reason: FailureReason; readonly dueMs: number }>();
  private nextRetryMs = 0;

  constructor(
    readonly topic: Topic, readonly name: string, private readonly parts: GroupParts, memories: RunMemories,
    private readonly onUnused: (group: Group) => void,
  ) {
    this.tasks = new GroupTasks(name, parts.options, {
      runDone: (run) => { this.acknowledgeRun(run.source); },
      taskDead: (task, reason) => { void this.bury(task, reason); },
    }, parts.counters, memories);
  }

  get memberCount(): number {
    return this.tasks.members.size + this.joiningCount;
  }

  /** Opens the log if need be and makes the receiver a member; `onJoined` is called before its first task. Rejects as GroupSource.open. */
  async join(receiver: TaskReceiver, held: HeldTasks, isWanted: () => boolean, onJoined: () => void): Promise<void> {
    this.joiningCount += 1;
    try {
      await this.open();
    } finally {
      this.joiningCount -= 1;
    }
    if (!isWanted()) {
      this.closeIfUnused();
      return;
    }
    this.tasks.addMember(receiver, held);
    onJoined();
    this.wake();
  }

  /** `counts`: deliveries to it count as attempts. */
  leave(receiver: TaskReceiver, counts: boolean): void {
    this.tasks.removeMember(receiver, counts);
    this.advance();
    this.closeIfUnused();
  }

  acknowledge(task: Task): void {
    this.tasks.acknowledge(task, this.parts.nowMs());
    this.advance();
  }

  giveUp(task: Task, retryAfterMs: number): void {
    this.tasks.giveUp(task, retryAfterMs, this.parts.nowMs());
    this.advance();
  }

  /** The topic has new runs. */
  wake(): void {
    this.mayHaveRuns = true;
    this.tasks.dropEpochsBefore(this.topic.history.epoch);
    this.advance();
  }

  tick(nowMs: number): void {
    const { options } = this.parts;
    this.tasks.dropEpochsBefore(this.topic.history.epoch);
    this.tasks.expire(nowMs);
    if (nowMs >= this.nextPollMs) {
      this.nextPollMs = nowMs + options.pollMs;
      this.mayHaveRuns = true;
    }
    if (nowMs >= this.nextExtendMs) {
      this.nextExtendMs = nowMs + extendEveryMs(options.leaseMs);
      void this.extend(nowMs);
    }
    if (nowMs >= this.nextRetryMs) {
      this.nextRetryMs = nowMs + retryMs;
      for (const run of [...this.finished.values()]) this.acknowledgeRun(run);
    }
    for (const [task, { reason, dueMs }] of [...this.unburied]) {
      if (dueMs > nowMs) continue;
      this.unburied.delete(task);
      void this.bury(task, reason);
    }
    this.advance();
    this.closeIfUnused();
  }

  /** Hands out what waits, and takes more runs while a member is free. */
  private advance(): void {
    this.tasks.dispatch(this.parts.nowMs());
    if (!this.mayHaveRuns || this.taking !== undefined || !this.tasks.wantsRuns || this.log === undefined) return;
    this.taking = this.takeRuns(this.log).finally(() => {
      this.taking = undefined;
      // Woken while the last answer, an empty one, was on its way.
      if (this.mayHaveRuns && this.log !== undefined) this.advance();
    });
  }

  private async takeRuns(log: GroupLog): Promise<void> {
    while (this.mayHaveRuns && this.tasks.wantsRuns && this.log === log) {
      this.mayHaveRuns = false;
      const startedMs = this.parts.nowMs();
      try {
        const runs = await log.take(maxRunsPerTake, 0);
        if (runs.length > 0) this.mayHaveRuns = true;
        for (const run of runs) this.accept(log, run, startedMs);
      } catch (error) {
        this.warn(error, 'runs of a group cannot be taken');
        return;
      }
      this.tasks.dispatch(this.parts.nowMs());
    }
  }

  private accept(log: GroupLog, run: GroupRun, startedMs: number): void {
    const key = runKey(run);
    if (this.log !== log) {
      void log.release(run).catch((error: unknown) => { this.warn(error, 'a run of a group cannot be given back'); });
      return;
    }
    if (this.finished.has(key)) {
      this.acknowledgeRun(run);
      return;
    }
    try {
      this.tasks.addRun(run, startedMs + runLeaseMs(this.parts.options.leaseMs));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // Nobody can read it, now or later.
      this.parts.logger.error({ error, ...this.names(), sequence: run.run.sequence }, 'a damaged run of a group is skipped');
      this.acknowledgeRun(run);
    }
  }

  private async extend(nowMs: number): Promise<void> {
    const runs = [...this.tasks.runs.values()];
    if (this.log === undefined || runs.length === 0) return;
    try {
      await this.log.extend(runs.map((run) => run.source));
      for (const run of runs) run.heldUntilMs = nowMs + runLeaseMs(this.parts.options.leaseMs);
      this.advance();
    } catch (error) {
      this.warn(error, 'runs of a group cannot be kept');
    }
  }

  private acknowledgeRun(run: GroupRun): void {
    const key = runKey(run);
    this.finished.set(key, run);
    void this.log?.acknowledge(run).then(
      () => {
        this.finished.delete(key);
        this.closeIfUnused();
      },
      (error: unknown) => { this.warn(error, 'a run of a group cannot be acknowledged'); },
    );
  }

  private async bury(task: Task, reason: FailureReason): Promise<void> {
    try {
      await this.parts.deadLetters.publish(writeDeadLetter(task, this.topic, this.name, reason));
    } catch (error) {
      this.warn(error, 'a dead letter cannot be published; it is tried again');
      this.unburied.set(task, { reason, dueMs: this.parts.nowMs() + retryMs });
      return;
    }
    this.tasks.buried(task);
    this.advance();
    this.closeIfUnused();
  }

  private async open(): Promise<void> {
    this.opened ??= this.closing.then(() => this.parts.source.open(this.topic, this.name));
    const { opened } = this;
    try {
      const log = await opened;
      if (this.opened === opened) this.log = log;
    } catch (error) {
      if (this.opened === opened) this.opened = undefined;
      throw error;
    }
  }

  /** Without members its runs go back to the group; the log is closed once no dead letter and no acknowledgement is under way. */
  private closeIfUnused(): void {
    if (this.memberCount > 0) return;
    const { log } = this;
    if (log !== undefined) {
      for (const run of this.tasks.takeUnfinished()) {
        void log.release(run.source).catch((error: unknown) => { this.warn(error, 'a run of a group cannot be given back'); });
      }
    }
    if (this.tasks.runs.size > 0 || this.finished.size > 0) return;
    if (log !== undefined) {
      this.log = undefined;
      this.opened = undefined;
      const { taking } = this;
      this.closing = (async () => {
        await taking;
        await log.close();
      })().catch((error: unknown) => { this.warn(error, 'a group cannot be closed'); });
    }
    if (this.opened === undefined) void this.closing.then(() => { if (this.isUnused) this.onUnused(this); });
  }

  private get isUnused(): boolean {
    return this.memberCount === 0 && this.opened === undefined;
  }

  private names(): { readonly tenant: string; readonly room: string; readonly channel: string; readonly group: string } {
    return { tenant: this.topic.tenant.id, room: this.topic.roomName, channel: this.topic.channel, group: this.name };
  }

  private warn(error: unknown, message: string): void {
    this.parts.logger.warn({ ...this.names(), reason: isArqonError(error) ? error.code : String(error) }, message);
  }
}
