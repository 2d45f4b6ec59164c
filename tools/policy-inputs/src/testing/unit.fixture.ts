import type { Row, SyntaxSource } from '../fact-source.js';
import { parseUnit } from '../syntax-pass.js';

/** Rows of one table that a source reads in a snippet, without their place but the line. */
export function readSnippet(source: SyntaxSource, table: string, text: string, path = 'libs/x/test/a.test.ts'): Record<string, unknown>[] {
  const unit = parseUnit({ path, project: '@arqonbus/x', isTest: path.includes('test'), isGenerated: false }, text, []);
  return (source.read(unit)[table] ?? []).map(({ file: _file, project: _project, ...columns }: Row) => columns);
}
