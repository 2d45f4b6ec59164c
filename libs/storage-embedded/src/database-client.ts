import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ArqonError } from '@arqonbus/errors';
import type { LogHead, StoreEvents } from '@arqonbus/storage';
import type { Answer, AppendAnswer, AppendPart, Ask, OperationName, WorkerMessage } from './database-messages.js';
import type { DatabaseSettings, DurabilityClaim } from './settings.js';

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
  /** Called for each log that began a new epoch while the store was down. */
  onNewEpoch: (log: number, head: LogHead) => void = () => undefined;
  isUp = true;
  private downReason = '';
  private nextId = 1;
  private readonly waiting = new Map<number, Waiting>();
  private appends: WaitingAppend[] = [];
  private isClosing = false;

  private constructor(private readonly worker: Worker, private readonly file: string, private readonly events: StoreEvents) {
    worker.on('message', (message: WorkerMessage) => { this.take(message); });
    worker.on('error', (error) => { this.end(`the thread of the store failed: ${error.message}`); });
    worker.on('exit', () => { this.end(this.isClosing ? 'the store is closed' : 'the thread of the store ended'); });
  }

  /** Rejects with ArqonError STORE_UNAVAILABLE, which names the file, when it cannot be opened. */
  static start(settings: DatabaseSettings, events: StoreEvents): Promise<{ readonly client: DatabaseClient; readonly claim: DurabilityClaim }> {
    const worker = startWorker(settings);
    const { file } = settings;
    return new Promise((resolve, reject) => {
      const begin = (message: WorkerMessage): void => {
        forget();
        if ('news' in message && message.news === 'ready') resolve({ client: new DatabaseClient(worker, file, events), claim: message.claim });
        else if ('news' in message && message.news === 'refused') refuse(withoutCode(message.reason));
      };
      const refuse = (reason: string): void => {
        forget();
        // The thread may have ended already.
        void worker.terminate().finally(() => { reject(unavailable(reason)); });
      };
      const fail = (error: Error): void => { refuse(`${file}: the thread of the store failed: ${error.message}`); };
      const end = (): void => { refuse(`${file}: the thread of the store ended`); };
      const forget = (): void => { worker.off('message', begin).off('error', fail).off('exit', end); };
      worker.on('message', begin).on('error', fail).on('exit', end);
    });
  }

  /** Rejects with ArqonError STORE_UNAVAILABLE. */
  ask<Name extends OperationName>(kind: Name, ask: Ask<Name>): Promise<Answer<Name>> {
    return new Promise((resolve, reject) => {
      // Only what belongs to `kind` comes back under the number.
      this.post(kind, ask, { resolve: resolve as (answer: unknown) => void, reject });
    });
  }

  /** Goes to the worker at the end of this turn, with all others of the turn. */
  append(part: AppendPart): Promise<AppendAnswer> {
    return new Promise((resolve, reject) => {
      this.appends.push({ part, resolve, reject });
      if (this.appends.length === 1) setImmediate(() => { this.flush(); });
    });
  }

  /** Syncs and closes the file; afterwards every request is refused. */
  async close(): Promise<void> {
    if (this.isClosing) return;
    this.flush();
    this.isClosing = true;
    const exited = new Promise((resolve) => { this.worker.once('exit', resolve); });
    try {
      await this.request('close', {});
    } catch {
      // Closed in any case; what was committed is in the journal.
    }
    await this.worker.terminate();
    await exited;
    this.isUp = false;
  }

  private request<Name extends OperationName>(kind: Name, ask: Ask<Name>): Promise<unknown> {
    return new Promise((resolve, reject) => { this.send(kind, ask, { resolve, reject }); });
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
    if (this.isClosing) waiting.reject(unavailable(`${this.file} is closed`));
    else if (!this.isUp) waiting.reject(unavailable(this.downReason));
    else this.send(kind, ask, waiting);
  }

  private send(kind: OperationName, ask: object, waiting: Waiting): void {
    const id = this.nextId;
    this.nextId += 1;
    this.waiting.set(id, waiting);
    this.worker.postMessage({ ...ask, id, kind });
  }

  private take(message: WorkerMessage): void {
    if ('id' in message) {
      const waiting = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if ('failure' in message) waiting?.reject(unavailable(withoutCode(message.failure)));
      else waiting?.resolve(message.answer);
    } else if (message.news === 'down') {
      this.isUp = false;
      this.downReason = message.reason;
      this.events.down(message.reason);
    } else if (message.news === 'up') {
      this.isUp = true;
      for (const [log, head] of message.heads) this.onNewEpoch(log, head);
      this.events.up();
    }
  }

  private end(reason: string): void {
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting) reject(unavailable(reason));
    if (this.isClosing || !this.isUp) return;
    this.isUp = false;
    this.downReason = `${this.file}: ${reason}; the process must be started anew`;
    this.events.down(this.downReason);
  }
}

/** The text of an ArqonError as it came from the other thread. */
function withoutCode(text: string): string {
  return text.replace(/^STORE_UNAVAILABLE: /, '');
}

function unavailable(message: string): ArqonError {
  return new ArqonError('STORE_UNAVAILABLE', { message });
}

/** Runs the entry from the sources when this file is one: the thread then needs a loader, which a test runner does not pass on. */
function startWorker(settings: DatabaseSettings): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./database-worker.js', import.meta.url), { workerData: settings });
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm/api').replace(/\.cjs$/, '.mjs')).href;
  const entry = new URL('./database-worker.ts', import.meta.url).href;
  const source = `import { register } from ${JSON.stringify(loader)}; register(); await import(${JSON.stringify(entry)});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: settings, execArgv: ['--conditions=@arqonbus/source'] });
}
