export { createEpisodeStore, openDatabase, openEpisodeStore, type EpisodeStoreOptions, type UnopenedEpisodeStore } from './open-episode-store.js';
export type { DatabaseOptions, EmbeddedDatabaseOptions, ServerDatabaseOptions } from './database-options.js';
export {
  migrateDown, migrateUp, openMigrationSession, readSchemaStatus, requireCurrentSchema, SchemaVersionError, type MigrationSession, type SchemaStatus,
} from './migrations.js';
