import LibsqlDatabase from 'libsql';

/** A value as the engine takes or gives it. */
export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = readonly SqlValue[];

/** A prepared statement; rows are arrays in the order of the columns. */
export interface SqlStatement {
  run(...values: SqlValue[]): number;
  one(...values: SqlValue[]): SqlRow | undefined;
  all(...values: SqlValue[]): readonly SqlRow[];
}

/** Thin typed cover of one connection; the only module that names the vendor. Synchronous: used on a worker thread alone. */
export class SqlDatabase {
  private readonly db: LibsqlDatabase.Database;
  private readonly prepared = new Map<string, SqlStatement>();

  constructor(file: string) {
    // No wait for a lock: whoever has it keeps it.
    this.db = new LibsqlDatabase(file, { timeout: 0 });
  }

  /** Prepared once per text. */
  sql(text: string): SqlStatement {
    const known = this.prepared.get(text);
    if (known !== undefined) return known;
    const statement = this.db.prepare(text);
    if (statement.reader) statement.raw(true);
    const made: SqlStatement = {
      // All rows are read, so that no statement is left open.
      one: (...values) => (statement.all(values) as SqlRow[])[0],
      all: (...values) => statement.all(values) as SqlRow[],
      run: (...values) => statement.run(values).changes,
    };
    this.prepared.set(text, made);
    return made;
  }

  exec(text: string): void {
    this.db.exec(text);
  }

  /** First value of the first row of a pragma, not kept prepared. */
  pragma(text: string): SqlValue | undefined {
    return this.pragmaRow(text)?.[0];
  }

  pragmaRow(text: string): SqlRow | undefined {
    const statement = this.db.prepare(`PRAGMA ${text}`);
    if (statement.reader) return (statement.raw(true).all() as SqlRow[])[0];
    statement.run();
    return undefined;
  }

  /** All of `work`, or nothing of it. */
  transaction<Value>(work: () => Value): Value {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const value = work();
      this.db.exec('COMMIT');
      return value;
    } catch (error) {
      // Some errors have made the engine roll back by itself.
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }

  /** The lock on the file is held until the thread ends, or all statements are collected. */
  close(): void {
    this.prepared.clear();
    this.db.close();
  }
}

/** Code of an error of the engine, for example SQLITE_BUSY; undefined for any other error. */
export function sqlErrorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown }).code;
  return error instanceof Error && typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}
