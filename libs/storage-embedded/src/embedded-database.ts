import { ArqonError } from '@arqonbus/errors';
import type { OpenLogOptions } from '@arqonbus/storage';
import { sqlErrorCode, type SqlDatabase } from './database.js';
import type { Answer, Ask, OperationName, Request, WorkerMessage } from './database-messages.js';
import { closeDatabase, openDatabase, type OpenedDatabase } from './open-database.js';
import { packRuns } from './packed-runs.js';
import { readRunAt, readWindow } from './read-window.js';
import type { DatabaseSettings } from './settings.js';
import type { TopicId } from './topic-id.js';
import { TopicRows } from './topic-rows.js';
import { createTopic, findTopic, listChannels, loadGroup, saveGroup } from './topic-table.js';

/** Requests that are committed together at most. */
const requestsPerCommit = 64;
/** Errors after which the file is not to be trusted until it was opened anew. */
const storeFailures = /^SQLITE_(IOERR|FULL|CORRUPT|NOTADB|CANTOPEN|READONLY|BUSY|LOCKED|NOMEM|PROTOCOL|PERM|AUTH)/;

interface OpenedLog {
  readonly id: TopicId;
  readonly options: OpenLogOptions;
  /** Undefined until used, and after a failed transaction. */
  rows: TopicRows | undefined;
}

type Groupable = Request<'append' | 'saveGroup'>;

/** The worker's side: one file, all topics. Everything here is synchronous. */
export class EmbeddedDatabase {
  private opened: OpenedDatabase | undefined;
  private readonly logs = new Map<number, OpenedLog>();
  private downReason = 'the store is closed';
  /** Something was committed since the last sync. */
  private isUnsynced = false;
  private readonly syncTimer: NodeJS.Timeout | undefined;

  constructor(private readonly settings: DatabaseSettings, private readonly send: (message: WorkerMessage) => void) {
    this.opened = openDatabase(settings);
    this.syncTimer = settings.sync === 'interval' ? setInterval(() => { this.sync(); }, settings.intervalMs) : undefined;
    this.send({ news: 'ready', claim: this.opened.claim });
  }

  /** Answers all, in order; neighbours that append are committed together. */
  handle(requests: readonly Request[]): void {
    for (let at = 0; at < requests.length;) {
      const group: Groupable[] = [];
      for (const request of requests.slice(at, at + requestsPerCommit)) {
        if (request.kind !== 'append' && request.kind !== 'saveGroup') break;
        group.push(request);
      }
      if (group.length > 0) this.answerGroup(group);
      else this.answerOne(requests[at]);
      at += Math.max(1, group.length);
    }
  }

  private answerGroup(group: readonly Groupable[]): void {
    try {
      const answers = this.write((db) => group.map((request) => {
        if (request.kind === 'append') return request.parts.map((part) => this.rowsOf(part.log).append(part.runs, part.nowUs));
        const id = findTopic(db, request.key);
        if (id !== undefined) saveGroup(db, id, request.group, request.change);
        return undefined;
      }));
      for (const [index, { id }] of group.entries()) this.send({ id, answer: answers[index] });
    } catch (error) {
      for (const { id } of group) this.refuse(id, error);
    }
  }

  private answerOne(request: Request): void {
    try {
      // The table has one handler per kind, each of which takes the request of its kind.
      const handler = (this.handlers as Readonly<Record<string, (ask: never) => unknown>>)[request.kind] as (ask: Request) => unknown;
      this.send({ id: request.id, answer: handler(request) });
    } catch (error) {
      this.refuse(request.id, error);
    }
  }

  private refuse(id: number, error: unknown): void {
    this.send({ id, failure: error instanceof Error ? error.message : String(error) });
  }

  private readonly handlers: { readonly [Name in Exclude<OperationName, 'append' | 'saveGroup'>]: (ask: Ask<Name>) => Answer<Name> } = {
    open: (ask) => this.open(ask),
    head: ({ log }) => this.guard(() => this.rowsOf(log).head),
    read: ({ log, window }) => this.guard((db) => {
      const { head, id } = this.rowsOf(log);
      const { runs, isComplete } = readWindow(db, id, head, window);
      return { head, runs: packRuns(runs), isComplete };
    }),
    runAt: ({ log, sequence }) => this.guard((db) => {
      const { epoch, id } = this.rowsOf(log);
      const run = readRunAt(db, id, sequence);
      return { epoch, runs: packRuns(run === undefined ? [] : [run]) };
    }),
    replace: ({ log, epoch, sequence, body }) => {
      const isReplaced = this.write(() => this.rowsOf(log).replace(epoch, sequence, body));
      if (isReplaced) this.destroyOldPages();
      return isReplaced;
    },
    reset: ({ log, nowUs }) => {
      const head = this.write(() => this.rowsOf(log).reset(nowUs));
      this.destroyOldPages();
      return head;
    },
    trim: ({ log, nowUs }) => this.write(() => {
      const rows = this.rowsOf(log);
      rows.trim(nowUs);
      return rows.head;
    }),
    release: ({ log }) => {
      this.logs.delete(log);
      return undefined;
    },
    channels: ({ tenant, room, maxCount }) => this.guard((db) => listChannels(db, tenant, room, maxCount)),
    loadGroup: ({ key, group }) => this.guard((db) => {
      const id = findTopic(db, key);
      return id === undefined ? undefined : loadGroup(db, id, group);
    }),
    close: () => {
      this.close();
      return undefined;
    },
  };

  private open({ log, key, options, nowUs, known }: Ask<'open'>): Answer<'open'> {
    const found = this.guard((db) => findTopic(db, key));
    const id = found ?? this.write((db) => createTopic(db, key, nowUs));
    const rows = this.guard((db) => new TopicRows(db, id, options));
    this.logs.set(log, { id, options, rows });
    if (known?.epoch === rows.epoch && known.lastSequence > rows.head.lastSequence) this.write(() => { rows.beginEpoch(nowUs); });
    return { head: rows.head, isNew: found === undefined };
  }

  private rowsOf(log: number): TopicRows {
    const opened = this.logs.get(log);
    if (opened === undefined) throw new ArqonError('STORE_UNAVAILABLE', { message: 'the log is closed' });
    opened.rows ??= new TopicRows(this.usable(), opened.id, opened.options);
    return opened.rows;
  }

  private usable(): SqlDatabase {
    if (this.opened === undefined) throw new ArqonError('STORE_UNAVAILABLE', { message: this.downReason });
    return this.opened.db;
  }

  /** Runs `work` and notes when the store failed under it. */
  private guard<Value>(work: (db: SqlDatabase) => Value): Value {
    const db = this.usable();
    try {
      return work(db);
    } catch (error) {
      this.noteFailure(error);
      throw error;
    }
  }

  /** One transaction. After a failure all that is in memory is read anew, because it may be ahead of the file. */
  private write<Value>(work: (db: SqlDatabase) => Value): Value {
    return this.guard((db) => {
      let value: Value;
      try {
        value = db.transaction(() => work(db));
      } catch (error) {
        for (const log of this.logs.values()) log.rows = undefined;
        throw error;
      }
      this.isUnsynced = true;
      return value;
    });
  }

  /** Moves the journal, which holds what pages were before, into the file and empties it. */
  private destroyOldPages(): void {
    this.guard((db) => {
      const [isBusy] = db.pragmaRow('wal_checkpoint(TRUNCATE)') ?? [1];
      if (isBusy !== 0) throw new ArqonError('STORE_UNAVAILABLE', { message: `the journal of ${this.settings.file} cannot be emptied` });
      this.isUnsynced = false;
    });
  }

  /** Syncs what was committed, by moving the journal into the file. */
  private sync(): void {
    if (!this.isUnsynced || this.opened === undefined) return;
    try {
      this.opened.db.pragmaRow('wal_checkpoint(PASSIVE)');
      this.isUnsynced = false;
    } catch (error) {
      this.noteFailure(error);
    }
  }

  /** After a failure of the file this thread gives it up; another one opens it anew, which checks what is there. */
  private noteFailure(error: unknown): void {
    const code = sqlErrorCode(error);
    if (code === undefined || !storeFailures.test(code) || this.opened === undefined) return;
    this.downReason = `${this.settings.file}: ${(error as Error).message} (${code})`;
    this.opened = undefined;
    clearInterval(this.syncTimer);
    this.send({ news: 'down', reason: this.downReason });
  }

  private close(): void {
    clearInterval(this.syncTimer);
    const { opened } = this;
    this.opened = undefined;
    this.logs.clear();
    this.downReason = 'the store is closed';
    if (opened !== undefined) closeDatabase(opened.db);
  }
}
