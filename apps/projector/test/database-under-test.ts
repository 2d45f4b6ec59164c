import { startPostgres, type PostgresServer } from '@arqonbus/services';
import { openDatabase, openEpisodeStore, type DatabaseOptions } from '@arqonbus/storage-postgres';
import type { EpisodeStore } from '@arqonbus/storage/episodes';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A real PostgreSQL, and a store of it as a projector opens one. */
export class DatabaseUnderTest {
  private constructor(readonly postgres: PostgresServer, readonly store: EpisodeStore, private readonly options: DatabaseOptions) {}

  static async start(): Promise<DatabaseUnderTest> {
    const postgres = await startPostgres();
    const options: DatabaseOptions = {
      kind: 'postgres', url: postgres.url, password: undefined, sslMode: 'disable', caFile: undefined, maxConnections: 4, connectTimeoutMs: 2_000, statementTimeoutMs: 10_000,
    };
    return new DatabaseUnderTest(postgres, await openEpisodeStore({ database: options, migrate: true, instance: 'test' }), options);
  }

  /** Opens one more store, as another instance. */
  otherStore(instance: string): Promise<EpisodeStore> {
    return openEpisodeStore({ database: this.options, migrate: false, instance });
  }

  /** All that is stored of a tenant's episodes, tombstones too. */
  async episodes(tenantId: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const database = await openDatabase({ database: this.options, migrate: false });
    try {
      return await database.transaction(tenantId, (sql) => sql.query('SELECT * FROM arqon.episode WHERE tenant_id = $1 ORDER BY agent_id, episode_id', [tenantId]));
    } finally {
      await database.close();
    }
  }

  /** Lets nobody read whether tenants are paused while `work` goes on. */
  async whileLocked(work: () => Promise<void>): Promise<void> {
    const database = await openDatabase({ database: this.options, migrate: false });
    try {
      await database.transaction('lock', async (sql) => {
        await sql.query('LOCK TABLE arqon.projection_control IN ACCESS EXCLUSIVE MODE');
        await work();
      });
    } finally {
      await database.close();
    }
  }

  /** Carries out statements as the superuser. */
  async execute(statements: string): Promise<void> {
    await run(join(this.postgres.binFolder, 'psql'), ['--no-psqlrc', '--set', 'ON_ERROR_STOP=1', '--dbname', this.postgres.url, '--command', statements]);
  }

  async stop(): Promise<void> {
    await this.store.close();
    await this.postgres.stop();
  }
}
