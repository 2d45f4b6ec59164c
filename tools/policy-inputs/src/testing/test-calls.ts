import ts from 'typescript';

import type { SourceUnit } from '../fact-source.js';

import { bare, chainOf, originsOf, visitAll } from './test-code.js';

const TEST_ROOTS = new Set(['it', 'test', 'specify', 'bench', 'xit', 'xtest', 'fit', 'ftest']);
const SUITE_ROOTS = new Set(['describe', 'suite', 'xdescribe', 'fdescribe']);
const RUNNERS = /^(vitest|test|@jest\/globals|mocha|ava|@fast-check\/vitest|bun:test)$/;
const ALIASED_ROOT = /^(it|test|describe|suite|bench)$/;

/** A call that declares a test or a suite, with the names on its way: `['it', 'skip']`. */
export interface TestCall {
  readonly call: ts.CallExpression;
  readonly kind: 'test' | 'suite';
  readonly chain: readonly string[];
  readonly title: string;
  /** The body; undefined when it is not written in place. */
  readonly body: ts.ArrowFunction | ts.FunctionExpression | undefined;
  /** Whether anything stands where a body may stand. */
  readonly hasBody: boolean;
  readonly options: ts.ObjectLiteralExpression | undefined;
}

/** Local names that declare tests or suites, by what they are in the runner; empty for a namespace. */
export function testRoots(unit: SourceUnit): ReadonlyMap<string, string> {
  const roots = new Map([...TEST_ROOTS, ...SUITE_ROOTS].map((name) => [name, name]));
  for (const [local, { module, name }] of originsOf(unit)) {
    if (RUNNERS.test(module) && (ALIASED_ROOT.test(name) || name === '*')) roots.set(local, name !== '*' ? name : module === 'test' ? 'test' : '');
    // A name that something else is imported under is no test.
    else if (roots.has(local) && !RUNNERS.test(module) && !/fixture|contract|test/.test(module)) roots.delete(local);
  }
  return roots;
}

/** Names on the way to a test's call with the root as the runner calls it; empty when the callee is something else. */
export function testChain(expression: ts.Expression, roots: ReadonlyMap<string, string>): readonly string[] {
  const [root, ...rest] = chainOf(expression);
  const known = root === undefined ? undefined : roots.get(root);
  if (known === '') return ALIASED_ROOT.test(rest[0] ?? '') ? rest : [];
  return known === undefined ? [] : [known, ...rest];
}

function titleOf(call: ts.CallExpression): string {
  const [first] = call.arguments;
  if (first === undefined) return '';
  return ts.isStringLiteralLike(first) ? first.text : first.getText().replace(/\s+/g, ' ').slice(0, 120);
}

/** Calls that declare tests and suites; the outermost of `it.each(rows)(title, body)`. */
export function testCalls(unit: SourceUnit, roots = testRoots(unit)): TestCall[] {
  const found: TestCall[] = [];
  visitAll(unit, (node) => {
    if (!ts.isCallExpression(node)) return;
    const chain = testChain(node.expression, roots);
    const isInner = ts.isCallExpression(node.parent) && node.parent.expression === node;
    const [first] = node.arguments;
    if (chain.length === 0 || isInner || first === undefined) return;
    const isTitle = ts.isStringLiteralLike(first) || ts.isTemplateExpression(first) || node.arguments.length > 1;
    if (!isTitle) return;
    const others = node.arguments.slice(1).map(bare);
    const body = others.find((argument): argument is ts.ArrowFunction | ts.FunctionExpression => ts.isArrowFunction(argument) || ts.isFunctionExpression(argument));
    const options = others.find(ts.isObjectLiteralExpression);
    const hasBody = others.some((argument) => !ts.isObjectLiteralExpression(argument) && !ts.isNumericLiteral(argument));
    found.push({ call: node, kind: SUITE_ROOTS.has(chain[0] ?? '') ? 'suite' : 'test', chain, title: titleOf(node), body, hasBody, options });
  });
  return found;
}
