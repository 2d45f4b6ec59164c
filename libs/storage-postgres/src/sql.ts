/** Runs statements, one after the other. `values` are bound as $1, $2…; bigint columns come back as strings. Raises the driver's errors. */
export interface SqlRunner {
  /** `text` is a constant: servers keep it prepared. */
  query<Row extends object = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/** A connection that is held, for locks that last as long as it does. */
export interface HeldConnection extends SqlRunner {
  /** Gives it back, with all its locks. */
  release(): Promise<void>;
}

/**
 * A database, by PostgreSQL's protocol or in this process. Everything runs as the role `arqon_projector`, which row-level security binds even where the
 * login is a superuser's. What fails, but in `query`, rejects with EpisodeStoreError; what `work` raises by itself passes unchanged if it is one.
 */
export interface SqlDatabase {
  readonly kind: 'postgres' | 'pglite';
  /**
   * One transaction for one tenant: `work` sees rows of that tenant alone. Committed when `work` resolves, rolled back when it rejects. `snapshot`: all
   * its statements see the database as it was at the first. None may be begun within `work`.
   */
  transaction<Result>(tenantId: string, work: (sql: SqlRunner) => Promise<Result>, options?: { readonly snapshot?: boolean }): Promise<Result>;
  /** Outside of any tenant: sees no row of any. */
  run<Result>(work: (sql: SqlRunner) => Promise<Result>): Promise<Result>;
  /** `lost` is called once if the connection ends before it is released. */
  hold(lost: (cause: unknown) => void): Promise<HeldConnection>;
  close(): Promise<void>;
}

/** Sets the tenant of a transaction; $1 is its id. */
export const setTenantSql = `SELECT set_config('arqon.tenant_id', $1, true)`;
