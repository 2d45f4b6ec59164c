import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

interface ExportedNames {
  readonly types: string[];
  readonly values: string[];
}

const HEADER = '// Generated from proto/ by `npm run generate`: every message type, schema and enum of the wire and link protocols.\n';

function isExported(statement: ts.Statement): boolean {
  return ts.canHaveModifiers(statement) && (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
}

function addNames(statement: ts.Statement, names: ExportedNames): void {
  if (ts.isTypeAliasDeclaration(statement) || ts.isInterfaceDeclaration(statement)) names.types.push(statement.name.text);
  if (ts.isEnumDeclaration(statement)) names.values.push(statement.name.text);
  if (!ts.isVariableStatement(statement)) return;
  for (const { name } of statement.declarationList.declarations) {
    // `file_…` describes a whole file; users name messages.
    if (ts.isIdentifier(name) && !name.text.startsWith('file_')) names.values.push(name.text);
  }
}

function exportedNames(source: ts.SourceFile): ExportedNames {
  const names: ExportedNames = { types: [], values: [] };
  for (const statement of source.statements) {
    if (isExported(statement)) addNames(statement, names);
  }
  return names;
}

function exportBlock(keyword: string, names: readonly string[], specifier: string): string {
  return names.length === 0 ? '' : `${keyword} {\n${names.map((name) => `  ${name},\n`).join('')}} from '${specifier}';\n`;
}

/**
 * Writes the public API of `libs/proto`: one list of named exports per generated file, in file and declaration order.
 *
 * @param genFolder absolute path of the generated code (`libs/proto/src/gen`, or a copy of it)
 * @returns the text of `libs/proto/src/index.ts`
 */
export function renderProtoIndex(genFolder: string): string {
  const files = readdirSync(genFolder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('_pb.ts'))
    .sort();
  const blocks = files.map((file) => {
    const text = readFileSync(join(genFolder, file), 'utf8');
    const { types, values } = exportedNames(ts.createSourceFile(file, text, ts.ScriptTarget.ES2023));
    const specifier = `./gen/${file.replace(/\.ts$/, '.js')}`;
    return exportBlock('export type', types, specifier) + exportBlock('export', values, specifier);
  });
  return HEADER + blocks.join('');
}
