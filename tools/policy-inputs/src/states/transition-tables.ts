import ts from 'typescript';

import { unwrap } from '../architecture/resolved-names.js';
import { declaredName, isStateName, literalResults } from './state-names.js';

const TABLE_NAME = /transitions$/i;

export interface FoundTable {
  readonly [column: string]: string | boolean | readonly string[];
  readonly name: string;
  readonly states: readonly string[];
  readonly arrows: readonly string[];
  readonly is_whole: boolean;
}

/** Properties of an object literal; undefined when some are computed or spread. */
function propertiesOf(node: ts.Expression): readonly (readonly [string, ts.Expression])[] | undefined {
  const literal = unwrap(node);
  if (!ts.isObjectLiteralExpression(literal)) return undefined;
  const properties = literal.properties.map((property) => (ts.isPropertyAssignment(property) ? ([declaredName(property.name), property.initializer] as const) : undefined));
  const known = properties.filter((property) => property !== undefined && property[0] !== '');
  return known.length === properties.length ? known.filter((property) => property !== undefined) : undefined;
}

/** A variable called `…Transitions` that holds `{ from: { event: 'to' } }`. */
export function readTable(node: ts.VariableDeclaration): FoundTable | undefined {
  const name = declaredName(node.name);
  if (!TABLE_NAME.test(name) || node.initializer === undefined) return undefined;
  const states: string[] = [];
  const arrows: string[] = [];
  let isWhole = true;
  const rows = propertiesOf(node.initializer);
  if (rows === undefined) return { name, states, arrows, is_whole: false };
  for (const [from, row] of rows) {
    states.push(from);
    const cells = propertiesOf(row);
    if (cells === undefined) isWhole = false;
    for (const [event, to] of cells ?? []) {
      const target = unwrap(to);
      if (ts.isStringLiteralLike(target)) arrows.push(`${from} ${event} ${target.text}`);
      else isWhole = false;
    }
  }
  return { name, states, arrows, is_whole: isWhole };
}

/** Names of tables that a node looks into: `table[…]`. */
export function usedTables(node: ts.Node): string[] {
  if (!ts.isElementAccessExpression(node)) return [];
  const base = unwrap(node.expression);
  return ts.isIdentifier(base) && TABLE_NAME.test(base.text) ? [base.text] : [];
}

function looksIntoTable(node: ts.Node): boolean {
  return usedTables(node).length > 0 || ts.forEachChild(node, (child) => (looksIntoTable(child) ? true : undefined)) === true;
}

/** Value that a variable of the function around got where it was declared. */
function declaredValue(name: string, from: ts.Node): ts.Expression | undefined {
  let scope: ts.Node = from;
  while (!ts.isSourceFile(scope) && !ts.isFunctionLike(scope)) scope = scope.parent;
  let value: ts.Expression | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && declaredName(node.name) === name) value = node.initializer;
    ts.forEachChild(node, visit);
  };
  visit(scope);
  return value;
}

function isByTable(value: ts.Expression): boolean {
  const node = unwrap(value);
  if (ts.isIdentifier(node)) {
    const declared = declaredValue(node.text, node);
    return declared !== undefined && looksIntoTable(declared);
  }
  // `table[state][event] ?? state` stays where it is when the table knows nothing.
  if (ts.isBinaryExpression(node)) return looksIntoTable(node) && literalResults(node).length === 0;
  return ts.isElementAccessExpression(node) && looksIntoTable(node);
}

interface FoundWrite {
  readonly [column: string]: string | boolean | readonly string[];
  readonly field: string;
  readonly values: readonly string[];
  readonly by_table: boolean;
}

function writtenName(target: ts.Expression): string {
  const node = unwrap(target);
  if (ts.isPropertyAccessExpression(node)) return declaredName(node.name);
  if (ts.isElementAccessExpression(node)) return declaredName(node.argumentExpression);
  return ts.isIdentifier(node) ? node.text : '';
}

const toWrite = (field: string, value: ts.Expression): FoundWrite => ({ field, values: literalResults(value), by_table: isByTable(value) });

/** `Object.assign(x, { state: … })`, `Reflect.set(x, 'state', …)` and `Object.defineProperty(x, 'state', { value: … })`. */
function callWrites(node: ts.CallExpression): FoundWrite[] {
  const callee = node.expression.getText();
  if (callee === 'Object.assign') {
    return node.arguments.slice(1).flatMap((source) => propertiesOf(source) ?? []).filter(([name]) => isStateName(name)).map(([name, value]) => toWrite(name, value));
  }
  const [, key, value] = node.arguments;
  if ((callee !== 'Reflect.set' && callee !== 'Object.defineProperty' && callee !== 'Reflect.defineProperty') || key === undefined || value === undefined) return [];
  const name = declaredName(unwrap(key));
  const written = callee === 'Reflect.set' ? value : (propertiesOf(value) ?? []).find(([property]) => property === 'value')?.[1];
  return isStateName(name) && written !== undefined ? [toWrite(name, written)] : [];
}

/** Writes to fields and variables whose name is one for states; the first value of a declaration is none. */
export function writeOf(node: ts.Node): FoundWrite[] {
  if (ts.isCallExpression(node)) return callWrites(node);
  if (!ts.isBinaryExpression(node)) return [];
  const kind = node.operatorToken.kind;
  if (kind < ts.SyntaxKind.FirstAssignment || kind > ts.SyntaxKind.LastAssignment) return [];
  const field = writtenName(node.left);
  return isStateName(field) ? [toWrite(field, node.right)] : [];
}
