import { createHash } from 'node:crypto';
import { toStoreError } from './classify-failure.js';
import type { HeldConnection, SqlDatabase } from './sql.js';

const presence = 'instance';
const tryLockSql = 'SELECT pg_try_advisory_lock($1::bigint) AS is_locked';
const unlockSql = 'SELECT pg_advisory_unlock($1::bigint)';
const presentSql = 'SELECT pg_advisory_lock_shared($1::bigint)';
const aliveSql = 'SELECT 1';
/** Sessions that hold one of the locks, in whatever mode; the two halves of a lock's number are columns of their own. */
const holdersSql = `SELECT ((classid::bigint << 32) | objid::bigint)::text AS lock, count(*)::integer AS holders FROM pg_locks
  WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND ((classid::bigint << 32) | objid::bigint) = ANY ($1::bigint[])
  GROUP BY 1`;
/** How often a silent connection is asked whether it is still there. */
const checkMs = 5_000;

/** A lock by name that lasts until it is released or its connection goes. */
export interface SessionLock {
  /** Aborted when the connection went and the lock with it. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Locks between instances: one held connection for all of them, opened when it is needed first and after each loss. Its presence there is what counts
 * an instance. Rejects with EpisodeStoreError.
 */
export class SessionLocks {
  private session: Promise<LockSession> | undefined;
  private isClosed = false;

  constructor(private readonly database: SqlDatabase) {}

  /** Undefined: another instance has it, or this one already. */
  async tryLock(name: string): Promise<SessionLock | undefined> {
    const session = await this.opened();
    return session.tryLock(name);
  }

  /** Which of these locks some instance holds now. */
  async heldOf(names: readonly string[]): Promise<ReadonlySet<string>> {
    const session = await this.opened();
    return session.heldOf(names);
  }

  /** Instances that are present now, this one included. */
  async countInstances(): Promise<number> {
    const session = await this.opened();
    return session.countInstances();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const [session] = await Promise.allSettled([this.session]);
    if (session.status === 'fulfilled') await session.value?.close();
  }

  private opened(): Promise<LockSession> {
    if (this.isClosed) return Promise.reject(toStoreError(new Error('the store is closed')));
    this.session ??= this.open();
    return this.session;
  }

  private async open(): Promise<LockSession> {
    const forget = (): void => {
      this.session = undefined;
    };
    try {
      return await LockSession.open(this.database, forget);
    } catch (error) {
      forget();
      throw toStoreError(error);
    }
  }
}

/** One held connection and the locks of it. */
class LockSession {
  private readonly held = new Map<string, AbortController>();
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;

  private constructor(private readonly kind: SqlDatabase['kind'], private readonly forget: () => void) {}

  private connection: HeldConnection | undefined;

  static async open(database: SqlDatabase, forget: () => void): Promise<LockSession> {
    const session = new LockSession(database.kind, forget);
    const connection = await database.hold((cause) => session.lose(cause));
    session.connection = connection;
    try {
      await connection.query(presentSql, [lockNumber(presence)]);
    } catch (error) {
      await connection.release();
      throw error;
    }
    if (database.kind === 'postgres') session.timer = setInterval(() => void session.check(), checkMs).unref();
    return session;
  }

  async tryLock(name: string): Promise<SessionLock | undefined> {
    // A session may take its own lock again, so who holds it here is known here.
    if (this.held.has(name)) return undefined;
    const controller = new AbortController();
    this.held.set(name, controller);
    try {
      const [row] = await this.query<{ is_locked: boolean }>(tryLockSql, [lockNumber(name)]);
      if (!row.is_locked) this.held.delete(name);
      return row.is_locked ? { lost: controller.signal, release: () => this.release(name, controller) } : undefined;
    } catch (error) {
      this.held.delete(name);
      throw error;
    }
  }

  async heldOf(names: readonly string[]): Promise<ReadonlySet<string>> {
    if (this.kind === 'pglite') return new Set(names.filter((name) => this.held.has(name)));
    const byNumber = new Map(names.map((name) => [lockNumber(name), name]));
    const rows = await this.query<{ lock: string }>(holdersSql, [[...byNumber.keys()]]);
    return new Set(rows.flatMap(({ lock }) => byNumber.get(lock) ?? []));
  }

  async countInstances(): Promise<number> {
    if (this.kind === 'pglite') return 1;
    const rows = await this.query<{ holders: number }>(holdersSql, [[lockNumber(presence)]]);
    return Math.max(1, ...rows.map(({ holders }) => holders));
  }

  async close(): Promise<void> {
    if (this.isOver) return;
    this.end();
    await this.connection?.release();
  }

  private async release(name: string, controller: AbortController): Promise<void> {
    if (this.isOver || this.held.get(name) !== controller) return;
    await this.query(unlockSql, [lockNumber(name)]);
    this.held.delete(name);
  }

  private async check(): Promise<void> {
    await Promise.allSettled([this.query(aliveSql, [])]);
  }

  /** Whatever fails here leaves it unknown which locks are held: the session ends, and with it all of them. */
  private async query<Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    const { connection } = this;
    if (this.isOver || connection === undefined) throw toStoreError(new Error('the connection was lost'));
    try {
      return await connection.query<Row>(text, values);
    } catch (error) {
      this.lose(error);
      await connection.release();
      throw toStoreError(error);
    }
  }

  private lose(cause: unknown): void {
    if (this.isOver) return;
    this.end();
    const controllers = [...this.held.values()];
    this.held.clear();
    for (const controller of controllers) controller.abort(toStoreError(cause));
  }

  private end(): void {
    this.isOver = true;
    clearInterval(this.timer);
    this.forget();
  }
}

/** Number of a lock: 63 bits of its name's hash, never negative. */
function lockNumber(name: string): string {
  const digest = createHash('sha256').update(`arqonbus.projector ${name}`).digest();
  return BigInt.asUintN(63, digest.readBigUInt64BE()).toString();
}
