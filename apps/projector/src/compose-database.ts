import type { DatabaseOptions } from '@arqonbus/storage-postgres';
import type { ProjectorSettings } from './settings.js';

/** The database that the settings name. */
export function databaseOf(settings: ProjectorSettings): DatabaseOptions {
  const url = settings['database.url'];
  if (settings['database.kind'] === 'pglite' || url === undefined) return { kind: 'pglite', folder: settings['database.folder'] };
  return {
    kind: 'postgres', url, password: settings['database.password'], sslMode: settings['database.ssl_mode'], caFile: settings['database.ca_file'],
    maxConnections: settings['database.max_connections_count'], connectTimeoutMs: settings['database.connect_timeout_ms'],
    statementTimeoutMs: settings['database.statement_timeout_ms'],
  };
}
