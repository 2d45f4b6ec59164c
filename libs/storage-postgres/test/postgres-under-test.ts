import { startPostgres, type PostgresServer, type StartPostgresOptions } from '@arqonbus/services';
import pg from 'pg';
import type { ServerDatabaseOptions } from '../src/database-options.js';

/** A server of this test file with its own cluster, and connections of its superuser. */
export class PostgresUnderTest {
  private constructor(readonly server: PostgresServer) {}

  static async start(options: StartPostgresOptions = {}): Promise<PostgresUnderTest> {
    return new PostgresUnderTest(await startPostgres(options));
  }

  /** How a store reaches the database of this URL; default the one called `postgres`. */
  options(changes: Partial<ServerDatabaseOptions> = {}): ServerDatabaseOptions {
    return {
      kind: 'postgres', url: this.server.url, password: undefined, sslMode: 'disable', caFile: undefined, maxConnections: 4, connectTimeoutMs: 15_000, statementTimeoutMs: 30_000,
      ...changes,
    };
  }

  /** Rows of one statement as the superuser, or as the role that the URL names. */
  async ask<Row extends object = Record<string, unknown>>(text: string, values: readonly unknown[] = [], url = this.server.url): Promise<readonly Row[]> {
    const { username, pathname } = new URL(url);
    // By the socket, where no server asks for TLS.
    const client = new pg.Client({ host: this.server.folder, port: this.server.port, user: username, database: decodeURIComponent(pathname.slice(1)) });
    await client.connect();
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** Ends every other connection. */
  async cutConnections(): Promise<void> {
    await this.ask(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`);
  }

  /** As a crash of the server: what it had committed must be there. */
  async crash(): Promise<void> {
    await this.server.kill();
    await this.server.restart();
  }

  /** The same URL for another login. */
  urlOf(role: string, url = this.server.url): string {
    const changed = new URL(url);
    changed.username = role;
    return changed.href;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
