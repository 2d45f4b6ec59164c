import { errorTable, isArqonError, type ArqonError } from '@arqonbus/errors';
import type { DescMessage } from '@bufbuild/protobuf';
import { isClosedError } from '../closed-error.js';
import type { WaitOptions } from '../deadline.js';
import { Emitter } from '../emitter.js';
import type { MessageContext, StampedBatch } from '../message.js';
import type { Topic } from '../topic.js';
import { Task, type AnswerTask } from './task.js';

/** Works on one task: when it resolves the task is acknowledged, when it throws the task is given back. */
export type TaskHandler<T = unknown> = (task: Task<T>) => unknown;

/** Options of `Bus.joinGroup`. */
export interface GroupOptions {
  /** Message type that `task.data` decodes to. */
  readonly schema?: DescMessage | undefined;
  /** Tasks that the handler works on at once; default 1. */
  readonly maxConcurrent?: number | undefined;
  /** How long a task whose handler threw rests before its next attempt, in milliseconds; default 1,000. */
  readonly retryAfterMs?: number | undefined;
  /** Gives up joining. */
  readonly signal?: AbortSignal | undefined;
}

/** Events of a group's member. */
export interface GroupMemberEvents<T> {
  /** The handler threw; the task was given back. */
  failed: { readonly task: Task<T>; readonly error: unknown };
  /** No more tasks will come; `error` says why when the application did not end it. */
  closed: { readonly error: unknown };
}

/** What a member needs of its Bus. */
export interface GroupLink {
  join(wait: WaitOptions): Promise<void>;
  leave(): Promise<void>;
  readonly answer: AnswerTask;
  sleep(delayMs: number): Promise<void>;
  /** A failure that no promise reports. */
  failed(error: ArqonError): void;
}

const maxQueuedTasks = 65_536;
const retryDelayMs = 250;
const maxRetries = 8;
const defaultRetryAfterMs = 1_000;

interface Taker<T> {
  readonly resolve: (result: IteratorResult<Task<T>>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Membership in a group of one topic: each event of the topic goes to one member. With a handler it works by itself, without
 * one it is an async iterable of tasks that the application answers. It joins again on each new session.
 */
export class GroupMember<T = unknown> implements AsyncIterable<Task<T>> {
  /** Topic in the notation `room` or `room:channel`. */
  readonly topic: string;
  private readonly emitter = new Emitter<GroupMemberEvents<T>>();
  private queue: Task<T>[] = [];
  private takers: Taker<T>[] = [];
  private readonly running = new Set<Promise<void>>();
  private isJoined = false;
  private isJoining = false;
  private isLeaving = false;
  private closure: { readonly error: unknown } | undefined;

  /** @internal Made by `Bus.joinGroup`. */
  constructor(
    readonly target: Topic,
    readonly group: string,
    private readonly link: GroupLink,
    private readonly context: MessageContext,
    private readonly handler: TaskHandler<T> | undefined,
    private readonly options: GroupOptions,
  ) {
    this.topic = target.text;
  }

  get isClosed(): boolean {
    return this.closure !== undefined;
  }

  /** Tasks that the handler works on now. */
  get runningCount(): number {
    return this.running.size;
  }

  /** Adds a listener; the returned function takes it off. */
  on<Name extends keyof GroupMemberEvents<T>>(name: Name, listener: (event: GroupMemberEvents<T>[Name]) => void): () => void {
    return this.emitter.on(name, listener);
  }

  /** Takes no new task, waits for what the handler works on, and leaves; what was delivered and not begun goes back to the group. */
  async leave(): Promise<void> {
    if (this.isClosed || this.isLeaving) return;
    this.isLeaving = true;
    this.queue = [];
    await Promise.all(this.running);
    this.close(undefined);
    await this.link.leave();
  }

  /** Iterates over tasks until the member leaves; raises what closed it when the application did not. For members without a handler. */
  [Symbol.asyncIterator](): AsyncIterator<Task<T>> {
    return {
      next: () => this.next(),
      return: () => Promise.resolve({ done: true, value: undefined }),
    };
  }

  /** @internal Joins for the first time; raises what the server refuses it with. */
  async open(wait: WaitOptions): Promise<void> {
    await this.link.join(wait);
    this.isJoined = true;
  }

  /** @internal There is a new session, or the server asks: the leases of what waits are gone. */
  rejoin(): void {
    if (!this.isJoined || this.isJoining || this.isClosed) return;
    this.queue = [];
    this.isJoining = true;
    this.joinAgain().catch((error: unknown) => {
      if (!isClosedError(error)) this.close(error);
    }).finally(() => {
      this.isJoining = false;
    });
  }

  /** @internal */
  take(batch: StampedBatch): void {
    if (this.isClosed || this.isLeaving) return;
    for (let index = 0; index * 2 < batch.spans.length; index++) {
      // What is not taken comes again when its lease ends.
      if (this.queue.length < maxQueuedTasks) this.queue.push(new Task<T>(this.context, batch, index, this.link.answer));
    }
    this.serve();
  }

  /** @internal */
  close(error: unknown): void {
    if (this.closure !== undefined) return;
    this.closure = { error };
    this.queue = [];
    for (const taker of this.takers.splice(0)) this.finish(taker);
    this.emitter.emit('closed', { error });
  }

  private async joinAgain(): Promise<void> {
    for (let tries = 0; !this.isClosed; tries++) {
      try {
        await this.link.join({});
        return;
      } catch (error) {
        const isRetryable = isArqonError(error) && errorTable[error.code].retryable;
        if (!isRetryable || tries >= maxRetries) throw error;
        await this.link.sleep(error.retryAfterMs ?? retryDelayMs * 2 ** tries);
      }
    }
  }

  private serve(): void {
    const { handler, takers, running } = this;
    const maxConcurrent = this.options.maxConcurrent ?? 1;
    while (handler === undefined ? takers.length > 0 : running.size < maxConcurrent) {
      const task = this.shift();
      if (task === undefined) return;
      if (handler === undefined) takers.shift()?.resolve({ done: false, value: task });
      else this.start(handler, task);
    }
  }

  /** A task that waited past its lease is another member's by now. */
  private shift(): Task<T> | undefined {
    let task = this.queue.shift();
    while (task?.isExpired === true) task = this.queue.shift();
    return task;
  }

  private start(handler: TaskHandler<T>, task: Task<T>): void {
    const work = this.work(handler, task).finally(() => {
      this.running.delete(work);
      this.serve();
    });
    this.running.add(work);
  }

  private async work(handler: TaskHandler<T>, task: Task<T>): Promise<void> {
    let isDone = false;
    try {
      await handler(task);
      isDone = true;
    } catch (error) {
      this.emitter.emit('failed', { task, error });
    }
    if (task.isAnswered) return;
    try {
      await (isDone ? task.ack() : task.nack({ retryAfterMs: this.options.retryAfterMs ?? defaultRetryAfterMs }));
    } catch (error) {
      // The task comes again when its lease ends.
      if (isArqonError(error)) this.link.failed(error);
    }
  }

  private next(): Promise<IteratorResult<Task<T>>> {
    return new Promise((resolve, reject) => {
      const taker = { resolve, reject };
      if (this.closure !== undefined) {
        this.finish(taker);
        return;
      }
      this.takers.push(taker);
      this.serve();
    });
  }

  private finish(taker: Taker<T>): void {
    const error = this.closure?.error;
    if (error === undefined) taker.resolve({ done: true, value: undefined });
    else taker.reject(error);
  }
}
