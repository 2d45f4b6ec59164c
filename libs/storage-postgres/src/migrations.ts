import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { PGlite } from '@electric-sql/pglite';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import type { DatabaseOptions } from './database-options.js';
import { startPglite } from './pglite-database.js';
import { connectionConfig } from './postgres-database.js';

const folder = fileURLToPath(new URL('../migrations', import.meta.url));
/** Outside of `arqon`, which the first migration makes and its way back removes. */
const place = { migrationsSchema: 'arqon_migrations', migrationsTable: 'migration' } as const;
/** A start that waits longer for another one's migrations is tried again by whoever started it. */
const lockTimeoutMs = 60_000;
const existsSql = `SELECT to_regclass('arqon_migrations.migration') IS NOT NULL AS is_there`;
const appliedSql = 'SELECT name FROM arqon_migrations.migration ORDER BY id';

/** The schema of a database beside what this version knows. Names are those of the files in `migrations/`, without their ending. */
export interface SchemaStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Applied by a newer version. */
  readonly unknown: readonly string[];
}

/** The schema is not the one that this version works with. */
export class SchemaVersionError extends Error {
  override readonly name = 'SchemaVersionError';
}

/** As much of a driver's client as migrations need. */
interface MigrationClient {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

/** One connection of the login itself, which owns the schema, not of the projector's role. */
export interface MigrationSession {
  readonly client: MigrationClient;
  close(): Promise<void>;
}

export async function openMigrationSession(options: DatabaseOptions): Promise<MigrationSession> {
  if (options.kind === 'pglite') {
    const embedded = await startPglite(options.folder);
    return { client: pgliteClient(embedded.engine), close: () => embedded.close() };
  }
  const client = new pg.Client({ ...(await connectionConfig(options)), application_name: 'arqon-migrations', lock_timeout: lockTimeoutMs });
  client.on('error', () => undefined);
  await client.connect();
  return { client, close: () => client.end() };
}

/** The embedded database as migrations see it. */
export function pgliteClient(engine: PGlite): MigrationClient {
  return {
    query: async (text, values) => {
      if (values !== undefined && values.length > 0) return engine.query<Record<string, unknown>>(text, values);
      const results = await engine.exec(text);
      return { rows: results.at(-1)?.rows ?? [] };
    },
  };
}

export async function readSchemaStatus(client: MigrationClient): Promise<SchemaStatus> {
  const known = (await readdir(folder)).filter((name) => name.endsWith('.sql')).map((name) => name.slice(0, -'.sql'.length)).sort();
  const [row] = (await client.query(existsSql)).rows;
  const applied = row.is_there === true ? (await client.query(appliedSql)).rows.map(({ name }) => String(name)) : [];
  return { applied, pending: known.filter((name) => !applied.includes(name)), unknown: applied.filter((name) => !known.includes(name)) };
}

/** Brings the schema up to date; concurrent calls wait for each other. Names of those applied now. Raises SchemaVersionError for a newer schema. */
export async function migrateUp(client: MigrationClient): Promise<readonly string[]> {
  refuseNewer(await readSchemaStatus(client));
  return migrate(client, { direction: 'up' });
}

/** Takes the last `count` migrations back. Raises SchemaVersionError for a newer schema: only the version that knows a migration can take it back. */
export async function migrateDown(client: MigrationClient, count: number): Promise<readonly string[]> {
  refuseNewer(await readSchemaStatus(client));
  return migrate(client, { direction: 'down', count });
}

/** Raises SchemaVersionError unless the schema is the one that this version works with. */
export async function requireCurrentSchema(client: MigrationClient): Promise<void> {
  const status = await readSchemaStatus(client);
  refuseNewer(status);
  if (status.pending.length > 0) throw new SchemaVersionError(`the schema of the database lacks ${status.pending.join(', ')}: migrate it first`);
}

async function migrate(client: MigrationClient, step: { readonly direction: 'up' | 'down'; readonly count?: number }): Promise<readonly string[]> {
  const quiet = { info: ignore, warn: ignore, error: ignore };
  const done = await runner({ ...place, ...step, dbClient: client as pg.ClientBase, dir: folder, createMigrationsSchema: true, advisoryLockMode: 'wait', checkOrder: true, logger: quiet });
  return done.map(({ name }) => name);
}

function refuseNewer({ unknown }: SchemaStatus): void {
  if (unknown.length > 0) throw new SchemaVersionError(`the schema of the database is newer than this version, which does not know ${unknown.join(', ')}`);
}

function ignore(): void {
  // What went wrong is in the error that the runner raises.
}
