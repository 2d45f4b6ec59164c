import { EpisodeStoreError } from '@arqonbus/storage/episodes';
import type { HeldConnection, SqlDatabase, SqlRunner } from './sql.js';

/** A database whose users begin before it is opened: until then whatever they ask for fails as it does while a server is away. */
export class LateDatabase implements SqlDatabase {
  private opened: SqlDatabase | undefined;

  constructor(readonly kind: SqlDatabase['kind'], private readonly openNow: () => Promise<SqlDatabase>) {}

  /** Rejects as `openNow` does, and may be asked again then; not while a call is under way. */
  async open(): Promise<void> {
    this.opened ??= await this.openNow();
  }

  transaction<Result>(tenantId: string, work: (sql: SqlRunner) => Promise<Result>, options?: { readonly snapshot?: boolean }): Promise<Result> {
    return this.opened?.transaction(tenantId, work, options) ?? unopened();
  }

  run<Result>(work: (sql: SqlRunner) => Promise<Result>): Promise<Result> {
    return this.opened?.run(work) ?? unopened();
  }

  hold(lost: (cause: unknown) => void): Promise<HeldConnection> {
    return this.opened?.hold(lost) ?? unopened();
  }

  async close(): Promise<void> {
    await this.opened?.close();
  }
}

function unopened(): Promise<never> {
  return Promise.reject(new EpisodeStoreError('transient', 'the database has not been reached yet'));
}
