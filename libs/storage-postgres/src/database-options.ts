/** PostgreSQL in this process. One process at a time may have it open. */
export interface EmbeddedDatabaseOptions {
  readonly kind: 'pglite';
  /** Undefined: in memory, and gone with the process. */
  readonly folder: string | undefined;
}

/** A PostgreSQL server, reached directly: locks between projectors and prepared statements last as long as a session. */
export interface ServerDatabaseOptions {
  readonly kind: 'postgres';
  /** postgresql://user@host:port/database */
  readonly url: string;
  readonly password: string | undefined;
  /** verify-full checks chain and name of the server's certificate; disable speaks in the clear. */
  readonly sslMode: 'disable' | 'verify-full';
  /** PEM; the system's certificates where undefined. */
  readonly caFile: string | undefined;
  /** At least 2: one is held for locks. */
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

export type DatabaseOptions = EmbeddedDatabaseOptions | ServerDatabaseOptions;
