import pg from 'pg';
import { isConnectionSound, toStoreError } from './classify-failure.js';
import type { ServerDatabaseOptions } from './database-options.js';
import { parseServerAddress, tlsOptions } from './server-address.js';
import { setTenantSql, type HeldConnection, type SqlDatabase, type SqlRunner } from './sql.js';

/** Added to the server's own limit of a statement, for the way there and back. */
const answerGraceMs = 5_000;
/** A lock is waited for at most this part of a statement's time. */
const lockShare = 3;
const preparedMax = 200;
/**
 * Every statement finds its rows by keys, however many values it gets: planned once. The server notices within half a minute that a machine is gone, and frees
 * its locks.
 */
const sessionOptions = '-c role=arqon_projector -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

/** What both connections of the projector and those of migrations have in common. */
export async function connectionConfig(options: ServerDatabaseOptions): Promise<pg.ClientConfig> {
  const address = parseServerAddress(options.url);
  return {
    ...address,
    ...(options.password === undefined ? {} : { password: options.password }),
    ssl: await tlsOptions(options, address.host),
    connectionTimeoutMillis: options.connectTimeoutMs,
    application_name: 'arqon-projector',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

/** Does not connect yet. Raises Error for options that no connection can be made with. */
export async function openPostgres(options: ServerDatabaseOptions): Promise<SqlDatabase> {
  return new PostgresDatabase({
    ...(await connectionConfig(options)),
    options: sessionOptions,
    statement_timeout: options.statementTimeoutMs,
    lock_timeout: Math.ceil(options.statementTimeoutMs / lockShare),
    idle_in_transaction_session_timeout: options.statementTimeoutMs,
    query_timeout: options.statementTimeoutMs + answerGraceMs,
    pipeline: true,
  }, options.maxConnections);
}

class PostgresDatabase implements SqlDatabase {
  readonly kind = 'postgres';
  private readonly pool: pg.Pool;
  private readonly names = new Map<string, string>();

  constructor(private readonly config: pg.ClientConfig, maxConnections: number) {
    this.pool = new pg.Pool({ ...config, max: Math.max(1, maxConnections - 1), idleTimeoutMillis: 60_000 });
    // A connection that fails tells whoever waits for its answer; without a listener it would end the process too.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
    this.pool.on('error', () => undefined);
  }

  async transaction<Result>(tenantId: string, work: (sql: SqlRunner) => Promise<Result>, options: { readonly snapshot?: boolean } = {}): Promise<Result> {
    return this.withClient(async (client, runner) => {
      // Sent ahead of the first statement of `work` without waiting: the server answers in order, and after a failure refuses what follows.
      const begun = Promise.allSettled([client.query(options.snapshot === true ? 'BEGIN ISOLATION LEVEL REPEATABLE READ' : 'BEGIN'), runner.query(setTenantSql, [tenantId])]);
      try {
        const result = await work(runner);
        for (const one of await begun) if (one.status === 'rejected') throw one.reason;
        const { command } = await client.query('COMMIT');
        if (command !== 'COMMIT') throw new Error('the transaction had failed');
        return result;
      } catch (error) {
        if (isConnectionSound(error)) await client.query('ROLLBACK');
        throw error;
      }
    });
  }

  async run<Result>(work: (sql: SqlRunner) => Promise<Result>): Promise<Result> {
    return this.withClient(async (_client, runner) => work(runner));
  }

  async hold(lost: (cause: unknown) => void): Promise<HeldConnection> {
    const client = new pg.Client(this.config);
    let isOver = false;
    const end = (cause: unknown): void => {
      if (isOver) return;
      isOver = true;
      lost(cause);
    };
    client.on('error', end);
    client.on('end', () => end(new Error('the server closed the connection')));
    try {
      await client.connect();
    } catch (error) {
      isOver = true;
      throw toStoreError(error);
    }
    const { query } = this.runnerOf(client);
    return {
      query,
      release: async () => {
        isOver = true;
        // One that ends by itself meanwhile has no locks any more either.
        await Promise.allSettled([client.end()]);
      },
    };
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async withClient<Result>(work: (client: pg.PoolClient, runner: SqlRunner) => Promise<Result>): Promise<Result> {
    let client: pg.PoolClient;
    try {
      client = await this.pool.connect();
    } catch (error) {
      throw toStoreError(error);
    }
    try {
      const result = await work(client, this.runnerOf(client));
      client.release();
      return result;
    } catch (error) {
      client.release(!isConnectionSound(error));
      throw toStoreError(error);
    }
  }

  private runnerOf(client: pg.ClientBase): SqlRunner {
    return {
      query: async <Row extends object>(text: string, values: readonly unknown[] = []) => {
        const name = this.nameOf(text);
        const { rows } = await client.query<Row>({ text, values: [...values], ...(name === undefined ? {} : { name }) });
        return rows;
      },
    };
  }

  /** Name of a prepared statement; undefined when there are so many that something other than a constant must be among them. */
  private nameOf(text: string): string | undefined {
    const known = this.names.get(text);
    if (known !== undefined || this.names.size >= preparedMax) return known;
    const name = `arqon_${this.names.size}`;
    this.names.set(text, name);
    return name;
  }
}
