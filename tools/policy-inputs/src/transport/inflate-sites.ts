import ts from 'typescript';

import { isWholeAccess, namesOf } from '../architecture/resolved-names.js';
import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';

const INFLATE = /^zlib#(create)?(Inflate|InflateRaw|Gunzip|Unzip|BrotliDecompress|ZstdDecompress|inflate|inflateRaw|gunzip|unzip|brotliDecompress|zstdDecompress)(Sync)?$/;

/** Whole-module names and named bindings of an import: local name by imported name. */
function bindingsOf(clause: ts.ImportClause): { readonly whole: readonly string[]; readonly named: readonly (readonly [imported: string, local: string])[] } {
  const whole = clause.name === undefined ? [] : [clause.name.text];
  if (clause.namedBindings === undefined) return { whole, named: [] };
  if (ts.isNamespaceImport(clause.namedBindings)) return { whole: [...whole, clause.namedBindings.name.text], named: [] };
  return { whole, named: clause.namedBindings.elements.map(({ name, propertyName }) => [(propertyName ?? name).text, name.text] as const) };
}

/** Local names under which a file has the client socket of ws. */
function readSockets(source: ts.SourceFile): ReadonlySet<string> {
  const sockets = new Set<string>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier) || statement.importClause === undefined) continue;
    const { whole, named } = bindingsOf(statement.importClause);
    if (statement.moduleSpecifier.text !== 'ws') continue;
    for (const name of whole) sockets.add(name);
    for (const [imported, local] of named) if (imported === 'WebSocket') sockets.add(local);
  }
  return sockets;
}

/** Where something that inflates is called, or handed on without a call: `promisify(gunzip)`. */
function inflating(node: ts.Node, unit: SourceUnit): { readonly text: string; readonly isBounded: boolean } | undefined {
  if (!isWholeAccess(node) || !/zlib|Decompression/.test(unit.source.text)) return undefined;
  const name = namesOf(unit).nameOf(node) ?? '';
  if (!INFLATE.test(name) && name !== '#DecompressionStream') return undefined;
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) || ts.isBindingElement(parent)) return undefined;
  const isCalled = (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression === node;
  return { text: node.getText(), isBounded: isCalled && hasOption(parent, 'maxOutputLength') };
}

function hasOption(node: ts.CallExpression | ts.NewExpression, option: string): boolean {
  return (node.arguments ?? []).some((one) => ts.isObjectLiteralExpression(one) && one.properties.some((property) => property.name?.getText() === option));
}

function takesNamedOptions(node: ts.NewExpression): boolean {
  return (node.arguments ?? []).some((one) => !ts.isObjectLiteralExpression(one) && /options?$/i.test(one.getText()));
}

/** Whether a node is within a test that does not run. */
function isSkipped(node: ts.Node): boolean {
  for (let at = node.parent as ts.Node | undefined; at !== undefined; at = at.parent) {
    if (ts.isCallExpression(at) && /\.(skip|todo|skipIf|runIf|fails)\b/.test(at.expression.getText())) return true;
  }
  return false;
}

/** `expect(….extensions).toBe('')`: a peer that offers compression is not granted it. */
function isGuardTest(node: ts.CallExpression): boolean {
  const { expression } = node;
  if (!ts.isPropertyAccessExpression(expression) || !/^(toBe|toEqual|toStrictEqual)$/.test(expression.name.text)) return false;
  const [expected] = node.arguments;
  if (expected === undefined || !ts.isStringLiteral(expected) || expected.text !== '' || !ts.isCallExpression(expression.expression)) return false;
  const [actual] = expression.expression.arguments;
  return expression.expression.expression.getText() === 'expect' && actual !== undefined && ts.isPropertyAccessExpression(actual) && actual.name.text === 'extensions';
}

function readSites(unit: SourceUnit): Row[] {
  const rows: Row[] = [];
  const sockets = readSockets(unit.source);
  const { isTest } = unit.file;
  const note = (node: ts.Node, kind: string, value: string, isSafe: boolean): void => {
    rows.push({ ...unit.at(node), kind, value, safe: isSafe, test: isTest });
  };
  const visit = (node: ts.Node): void => {
    const inflate = inflating(node, unit);
    if (inflate !== undefined) note(node, 'inflate', inflate.text, inflate.isBounded);
    if (ts.isPropertyAssignment(node)) {
      const name = node.name.getText();
      const value = node.initializer.getText();
      if (name === 'perMessageDeflate') note(node, 'per_message_deflate', value, node.initializer.kind === ts.SyntaxKind.FalseKeyword);
      else if (name === 'compression' && /\/transport/.test(unit.file.path)) note(node, 'engine_compression', value, value === '0' || /\bDISABLED$/.test(value));
    } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const isSocket = ts.isNewExpression(node) && ts.isIdentifier(node.expression) && sockets.has(node.expression.text);
      if (isSocket && !hasOption(node, 'perMessageDeflate') && !takesNamedOptions(node)) note(node, 'per_message_deflate', 'not set', false);
      if (isTest && ts.isCallExpression(node) && isGuardTest(node)) note(node, 'guard_test', 'extensions', !isSkipped(node));
    }
    ts.forEachChild(node, visit);
  };
  visit(unit.source);
  return rows;
}

/** Where compressed input could be inflated, and the tests that none is. */
export const inflateSource: SyntaxSource = {
  name: 'inflate-sites',
  tables: {
    // `kind`: per_message_deflate (an option of ws, `value` its text or `not set` for a client socket without it), engine_compression (of the native engine),
    // inflate (what inflates, called or handed on), guard_test (an assertion that no compression was granted). `safe`: off, bounded by maxOutputLength, or a test that runs.
    inflate_sites: ['kind', 'value', 'safe', 'test'],
  },
  selects: ({ path, isGenerated }) => !isGenerated && /^(apps|libs)\//.test(path) && /\.[cm]?[jt]sx?$/.test(path),
  read: (unit) => ({ inflate_sites: readSites(unit) }),
};
