import { join } from 'node:path';

import type { Row, Rows, SyntaxSource, TableColumns, WorkspaceSource } from './fact-source.js';
import type { Keeping } from './kept-file.js';
import { openKeptRows } from './kept-rows.js';
import { mergeRows, readSyntax } from './syntax-pass.js';
import type { Workspace } from './workspace.js';

/** Shape of the document that rules judge; raised when a table's meaning changes. */
export const factsSchemaVersion = 1;

/** What rules get as `input`: `meta`, and one array of rows per table. */
export interface Facts {
  readonly meta: {
    readonly schema: number;
    /** UTC date, `YYYY-MM-DD`; rules have no clock of their own. */
    readonly now: string;
    readonly base: 'commit' | 'committed';
    readonly labels: readonly string[];
    /** Rows per table. */
    readonly counts: Readonly<Record<string, number>>;
  };
  readonly [table: string]: unknown;
}

/** The sources of facts, and where to keep what was read. */
export interface CollectOptions {
  readonly syntaxSources: readonly SyntaxSource[];
  readonly workspaceSources: readonly WorkspaceSource[];
  /** Default `.cache/policy/syntax.json` of the workspace. */
  readonly keptPath?: string;
  /** Workspace sources that are not read again when nothing that they read has changed; default none. */
  readonly kept?: { readonly sources: ReadonlySet<WorkspaceSource>; readonly keeping: Keeping };
}

/** Columns of every table. @throws Error when two sources declare one table */
export function declaredTables(sources: readonly { readonly name: string; readonly tables: TableColumns }[]): TableColumns {
  const tables: Record<string, readonly string[]> = {};
  for (const source of sources) {
    for (const [table, columns] of Object.entries(source.tables)) {
      if (table in tables || table === 'meta') throw new Error(`${source.name} declares the table ${table}, which is taken`);
      tables[table] = columns;
    }
  }
  return tables;
}

function checkRow(table: string, columns: readonly string[], row: Row): void {
  const expected = ['file', 'line', 'project', ...columns];
  const missing = expected.filter((column) => row[column] === undefined || (row[column] as unknown) === null);
  const unknown = Object.keys(row).filter((column) => !expected.includes(column));
  if (missing.length + unknown.length > 0) {
    throw new Error(`${table} at ${row.file}:${String(row.line)}: missing ${missing.join(', ') || 'nothing'}, unknown ${unknown.join(', ') || 'nothing'}`);
  }
}

function byPlace(a: Row, b: Row): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line;
}

/** Makes the document of rows: every declared table is there, sorted by place. @throws Error when a row has not its table's columns */
export function makeFacts(workspace: Pick<Workspace, 'now' | 'base' | 'labels'>, tables: TableColumns, rows: Rows): Facts {
  const stray = Object.keys(rows).filter((table) => !(table in tables));
  if (stray.length > 0) throw new Error(`Rows of undeclared tables: ${stray.join(', ')}`);
  const sorted = Object.fromEntries(Object.entries(tables).map(([table, columns]) => {
    const found = [...(rows[table] ?? [])].sort(byPlace);
    for (const row of found) checkRow(table, columns, row);
    return [table, found];
  }));
  const counts = Object.fromEntries(Object.entries(sorted).map(([table, found]) => [table, found.length]));
  return { meta: { schema: factsSchemaVersion, now: workspace.now, base: workspace.base.kind, labels: workspace.labels, counts }, ...sorted };
}

/**
 * Reads all facts of a workspace.
 *
 * @throws Error when any input is unreadable: what is not known is not judged
 */
export async function collectFacts(workspace: Workspace, options: CollectOptions): Promise<Facts> {
  const { syntaxSources, workspaceSources } = options;
  const tables = declaredTables([...syntaxSources, ...workspaceSources]);
  const syntaxRows = readSyntax(workspace, syntaxSources, options.keptPath ?? join(workspace.root, '.cache/policy/syntax.json'));
  const keeper = options.kept === undefined ? undefined : openKeptRows(workspace, syntaxRows, options.kept.keeping);
  const others = await Promise.all(workspaceSources.map(async (source) => (
    keeper !== undefined && options.kept?.sources.has(source) === true ? keeper.read(source) : source.read(workspace, syntaxRows)
  )));
  keeper?.save();
  const inner = new Set(syntaxSources.flatMap((source) => source.inner ?? []));
  const shown = <T>(all: Readonly<Record<string, T>>): Record<string, T> => Object.fromEntries(Object.entries(all).filter(([table]) => !inner.has(table)));
  return makeFacts(workspace, shown(tables), shown(mergeRows([syntaxRows, ...others])));
}
