import { mkdir } from 'node:fs/promises';
import { PGlite, types } from '@electric-sql/pglite';
import { toStoreError } from './classify-failure.js';
import { lockFolder } from './folder-lock.js';
import { setTenantSql, type HeldConnection, type SqlDatabase, type SqlRunner } from './sql.js';

const asText = (value: string): string => value;

/** PostgreSQL in this process, and the folder that is this process's alone as long as it is open. */
export interface EmbeddedEngine {
  readonly engine: PGlite;
  close(): Promise<void>;
}

/** Starts it, as its superuser. Raises Error when another process has the folder open. */
export async function startPglite(folder: string | undefined): Promise<EmbeddedEngine> {
  const parsers = { [types.INT8]: asText };
  if (folder === undefined) {
    const engine = await PGlite.create({ parsers });
    return { engine, close: () => engine.close() };
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const free = await lockFolder(folder);
  try {
    const engine = await PGlite.create({ dataDir: folder, parsers });
    return { engine, close: () => engine.close().finally(free) };
  } catch (error) {
    await free();
    throw error;
  }
}

/** Takes over a started one, from then on as the role of the projector. */
export async function openPglite(embedded: EmbeddedEngine): Promise<SqlDatabase> {
  await embedded.engine.exec('SET ROLE arqon_projector');
  return new PgliteDatabase(embedded);
}

/** One session for everybody: transactions wait for each other, and held connections are this process. */
class PgliteDatabase implements SqlDatabase {
  readonly kind = 'pglite';

  private readonly engine: PGlite;

  constructor(private readonly embedded: EmbeddedEngine) {
    this.engine = embedded.engine;
  }

  async transaction<Result>(tenantId: string, work: (sql: SqlRunner) => Promise<Result>, options: { readonly snapshot?: boolean } = {}): Promise<Result> {
    return this.guarded(() => this.engine.transaction(async (transaction) => {
      const runner = runnerOf(transaction);
      if (options.snapshot === true) await runner.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      await runner.query(setTenantSql, [tenantId]);
      return work(runner);
    }));
  }

  async run<Result>(work: (sql: SqlRunner) => Promise<Result>): Promise<Result> {
    return this.guarded(() => work(runnerOf(this.engine)));
  }

  hold(_lost: (cause: unknown) => void): Promise<HeldConnection> {
    return Promise.resolve({ ...runnerOf(this.engine), release: () => Promise.resolve() });
  }

  async close(): Promise<void> {
    await this.embedded.close();
  }

  private async guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw toStoreError(error);
    }
  }
}

interface Queryable {
  query<Row>(text: string, values?: unknown[]): Promise<{ readonly rows: Row[] }>;
}

function runnerOf(queryable: Queryable): SqlRunner {
  return {
    query: async <Row extends object>(text: string, values: readonly unknown[] = []) => (await queryable.query<Row>(text, [...values])).rows,
  };
}
