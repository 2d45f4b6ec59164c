import type { EpisodeStore } from '@arqonbus/storage/episodes';
import { toStoreError } from './classify-failure.js';
import type { DatabaseOptions } from './database-options.js';
import { LateDatabase } from './late-database.js';
import { migrateUp, openMigrationSession, pgliteClient, requireCurrentSchema, SchemaVersionError, type MigrationSession } from './migrations.js';
import { openPglite, startPglite } from './pglite-database.js';
import { openPostgres } from './postgres-database.js';
import { PostgresEpisodeStore } from './postgres-episode-store.js';
import type { SqlDatabase } from './sql.js';

export interface EpisodeStoreOptions {
  readonly database: DatabaseOptions;
  /** Whether the schema is brought up to date first; otherwise an older one is refused. A newer one always is. */
  readonly migrate: boolean;
  /** Name of this instance in the table of partitions. */
  readonly instance: string;
}

/** A store that is there before its database. */
export interface UnopenedEpisodeStore {
  /** Until `open` has resolved all that it is asked for rejects with EpisodeStoreError (transient). */
  readonly store: EpisodeStore;
  /** Opens the database; after a failure it may be tried again. Rejects as openEpisodeStore does. */
  open(): Promise<void>;
}

/** Connects to nothing before `open`. */
export function createEpisodeStore(options: EpisodeStoreOptions): UnopenedEpisodeStore {
  const database = new LateDatabase(options.database.kind, () => openDatabase(options));
  const store = new PostgresEpisodeStore(database, options.instance);
  return {
    store,
    open: async () => {
      await database.open();
      // From here on other instances count this one, whether it has a partition or not.
      await store.countInstances();
    },
  };
}

/**
 * Opens the store once the schema is right. Raises EpisodeStoreError (transient) while the server cannot be reached, SchemaVersionError when the schema is
 * not the one of this version, and Error when the options themselves are wrong.
 */
export async function openEpisodeStore(options: EpisodeStoreOptions): Promise<EpisodeStore> {
  const { store, open } = createEpisodeStore(options);
  try {
    await open();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The same for its database alone. */
export async function openDatabase({ database, migrate }: Pick<EpisodeStoreOptions, 'database' | 'migrate'>): Promise<SqlDatabase> {
  if (database.kind === 'pglite') return openEmbedded(database.folder, migrate);
  const opened = await openPostgres(database);
  try {
    const session = await openMigrationSession(database);
    try {
      await prepare(session.client, migrate);
    } finally {
      await session.close();
    }
    return opened;
  } catch (error) {
    await opened.close();
    throw error instanceof SchemaVersionError ? error : toStoreError(error);
  }
}

async function openEmbedded(folder: string | undefined, migrate: boolean): Promise<SqlDatabase> {
  const embedded = await startPglite(folder);
  try {
    await prepare(pgliteClient(embedded.engine), migrate);
    return await openPglite(embedded);
  } catch (error) {
    await embedded.close();
    throw error instanceof SchemaVersionError ? error : toStoreError(error);
  }
}

async function prepare(client: MigrationSession['client'], migrate: boolean): Promise<void> {
  if (migrate) await migrateUp(client);
  else await requireCurrentSchema(client);
}
