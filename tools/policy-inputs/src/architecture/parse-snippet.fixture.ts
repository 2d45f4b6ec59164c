import type { Row, SyntaxSource } from '../fact-source.js';
import { parseUnit } from '../syntax-pass.js';

/** Where a snippet pretends to lie. */
export interface SnippetPlace {
  readonly path?: string;
  readonly tags?: readonly string[];
  readonly isTest?: boolean;
}

/** Rows that a source finds in a text, of one table. */
export function rowsIn(source: SyntaxSource, table: string, text: string, { path = 'apps/spine/src/a.ts', tags = [], isTest = false }: SnippetPlace = {}): readonly Row[] {
  return source.read(parseUnit({ path, project: 'p', isTest, isGenerated: false }, text, tags))[table] ?? [];
}

/** One column of these rows. */
export function columnIn(source: SyntaxSource, table: string, column: string, text: string, place?: SnippetPlace): unknown[] {
  return rowsIn(source, table, text, place).map((row) => row[column]);
}
