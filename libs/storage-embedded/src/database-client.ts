import { ArqonError } from '@arqonbus/errors';
import type { StoreEvents } from '@arqonbus/storage';
import type { Answer, AppendAnswer, AppendPart, Ask, OperationName, Request, WorkerMessage } from './database-messages.js';
import type { DatabaseThread } from './database-thread.js';
import type { DurabilityClaim } from './settings.js';

export interface StartedClient {
  readonly client: DatabaseClient;
  readonly claim: DurabilityClaim;
}

/** What the client needs of whoever starts it. */
export interface ClientParts {
  /** Absolute path, for messages. */
  readonly file: string;
  readonly events: StoreEvents;
  /** Milliseconds between two attempts to use a store again that failed. */
  readonly retryMs: number;
  startThread(isRetry: boolean): DatabaseThread;
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

interface WaitingAppend {
  readonly part: AppendPart;
  resolve(answer: AppendAnswer): void;
  reject(error: Error): void;
}

/**
 * The main thread's side of the worker: this thread never waits for a disk. Appends of one turn of the event loop, over all topics, go to the
 * worker together and share one commit.
 */
export class DatabaseClient {
  /** Opens the logs in use anew on a thread that has just opened the file again; rejects when the store fails under it. */
  reopenLogs: () => Promise<void> = () => Promise.resolve();
  private isReady = false;
  private isClosing = false;
  private downReason = '';
  private thread: DatabaseThread | undefined;
  private retryTimer: NodeJS.Timeout | undefined;
  private nextId = 1;
  private readonly waiting = new Map<number, Waiting>();
  private appends: WaitingAppend[] = [];

  private constructor(private readonly parts: ClientParts) {}

  /** Rejects with ArqonError STORE_UNAVAILABLE, which names the file, when it cannot be opened. */
  static async start(parts: ClientParts): Promise<StartedClient> {
    const client = new DatabaseClient(parts);
    const claim = await client.open(false);
    client.isReady = true;
    return { client, claim };
  }

  get isUp(): boolean {
    return this.isReady;
  }

  /** Rejects with ArqonError STORE_UNAVAILABLE. */
  ask<Name extends OperationName>(kind: Name, ask: Ask<Name>): Promise<Answer<Name>> {
    return new Promise((resolve, reject) => {
      // Only what belongs to `kind` comes back under the number.
      this.post(kind, ask, { resolve, reject });
    });
  }

  /** Goes to the worker at the end of this turn, with all others of the turn. */
  append(part: AppendPart): Promise<AppendAnswer> {
    return new Promise((resolve, reject) => {
      this.appends.push({ part, resolve, reject });
      if (this.appends.length === 1) setImmediate(() => { this.flush(); });
    });
  }

  /** Goes to the thread even while the store is not up for others. */
  request<Name extends OperationName>(kind: Name, ask: Ask<Name>): Promise<Answer<Name>> {
    return new Promise((resolve, reject) => { this.send(kind, ask, { resolve, reject }); });
  }

  /** Syncs and closes the file; afterwards every request is refused. */
  async close(): Promise<void> {
    if (this.isClosing) return;
    this.flush();
    this.isClosing = true;
    clearTimeout(this.retryTimer);
    // Ended in any case: what was committed is in the journal.
    await Promise.allSettled([this.request('close', {})]);
    await this.thread?.end();
    this.rejectAll(`${this.parts.file} is closed`);
    this.isReady = false;
  }

  private flush(): void {
    const appends = this.appends;
    if (appends.length === 0) return;
    this.appends = [];
    this.post('append', { parts: appends.map(({ part }) => part) }, {
      resolve: (answers) => { for (const [index, answer] of (answers as AppendAnswer[]).entries()) appends[index].resolve(answer); },
      reject: (error) => { for (const { reject } of appends) reject(error); },
    });
  }

  private post<Name extends OperationName>(kind: Name, ask: Ask<Name>, waiting: Waiting): void {
    if (this.isClosing) waiting.reject(unavailable(`${this.parts.file} is closed`));
    else if (!this.isReady) waiting.reject(unavailable(this.downReason));
    else this.send(kind, ask, waiting);
  }

  private send(kind: OperationName, ask: object, waiting: Waiting): void {
    if (this.thread === undefined) {
      waiting.reject(unavailable(this.downReason));
      return;
    }
    const id = this.nextId;
    this.nextId += 1;
    this.waiting.set(id, waiting);
    this.thread.post({ ...ask, id, kind } as Request);
  }

  /** Starts a thread; resolves once it holds the file. */
  private open(isRetry: boolean): Promise<DurabilityClaim> {
    const thread = this.parts.startThread(isRetry);
    this.thread = thread;
    return new Promise((resolve, reject) => {
      const refuse = (reason: string): void => {
        if (this.thread === thread) this.thread = undefined;
        void Promise.allSettled([thread.end()]).then(() => { reject(unavailable(reason)); });
      };
      thread.listen((message) => {
        if (this.thread !== thread) return;
        if ('id' in message) this.answer(message);
        else if (message.news === 'ready') resolve(message.claim);
        else if (message.news === 'refused') refuse(withoutCode(message.reason));
        else this.fail(thread, message.reason);
      }, (reason) => {
        if (this.thread !== thread) return;
        refuse(`${this.parts.file}: ${reason}`);
        this.fail(thread, `${this.parts.file}: ${reason}`);
      });
    });
  }

  private answer(message: Extract<WorkerMessage, { id: number }>): void {
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if ('failure' in message) waiting?.reject(unavailable(withoutCode(message.failure)));
    else waiting?.resolve(message.answer);
  }

  /** The thread gave the file up, or ended: what it was asked has an unknown outcome. */
  private fail(thread: DatabaseThread, reason: string): void {
    const wasReady = this.isReady;
    this.isReady = false;
    this.downReason = reason;
    if (this.thread === thread) this.thread = undefined;
    this.rejectAll(reason);
    if (!wasReady || this.isClosing) return;
    this.parts.events.down(reason);
    void Promise.allSettled([thread.end()]).then(() => { this.retryLater(); });
  }

  private retryLater(): void {
    if (this.isClosing) return;
    this.retryTimer = setTimeout(() => {
      this.retry().catch((error: unknown) => {
        this.downReason = error instanceof Error ? withoutCode(error.message) : String(error);
        this.retryLater();
      });
    }, this.parts.retryMs);
  }

  private async retry(): Promise<void> {
    await this.open(true);
    const { thread } = this;
    try {
      await this.reopenLogs();
    } catch (error) {
      this.thread = undefined;
      await thread?.end();
      throw error;
    }
    if (this.isClosing) return;
    this.isReady = true;
    this.parts.events.up();
  }

  private rejectAll(reason: string): void {
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting) reject(unavailable(reason));
  }
}

/** The text of an ArqonError as it came from the other thread. */
function withoutCode(text: string): string {
  return text.replace(/^STORE_UNAVAILABLE: /, '');
}

function unavailable(message: string): ArqonError {
  return new ArqonError('STORE_UNAVAILABLE', { message });
}
