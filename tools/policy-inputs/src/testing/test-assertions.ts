import ts from 'typescript';

import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';

import { testCalls, testRoots } from './test-calls.js';
import { bare, briefText, chainOf, isTestCode, some, visitAll } from './test-code.js';

/** Calls that fail the test by themselves: assertions, functions named for one, and waits for a condition with an upper time. */
const ASSERTING_NAME = /^(expect|assert|check|verify|ensure|must|should|require|demand|prove|waitFor|waitUntil|until|within|eventually|poll|fail|refuses?|rejects|throws)([A-Z].*|s)?$/;
const LITERAL_KINDS = new Set([ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword, ts.SyntaxKind.NullKeyword, ts.SyntaxKind.RegularExpressionLiteral]);
const TRUE_MATCHERS = new Set(['toBe', 'toEqual', 'toStrictEqual', 'toBeTruthy', 'toBeFalsy', 'toBeDefined', 'toBeUndefined', 'toBeNull', 'toMatchObject', 'toContain', 'toHaveLength', 'toBeGreaterThan', 'toBeGreaterThanOrEqual', 'toBeLessThan', 'toBeLessThanOrEqual', 'toMatch', 'toSatisfy', 'toBeTypeOf', 'toBeInstanceOf']);
const SAME_MATCHERS = new Set(['toBe', 'toEqual', 'toStrictEqual', 'toMatchObject', 'toContain', 'toBeGreaterThanOrEqual', 'toBeLessThanOrEqual', 'equal', 'strictEqual', 'deepEqual', 'deepStrictEqual']);

type FunctionNode = ts.FunctionDeclaration | ts.MethodDeclaration | ts.ArrowFunction | ts.FunctionExpression;

/** Functions of a file by name; of two with one name, both. */
function functionsOf(unit: SourceUnit): Map<string, FunctionNode[]> {
  const found = new Map<string, FunctionNode[]>();
  const add = (name: string, node: FunctionNode): void => { found.set(name, [...(found.get(name) ?? []), node]); };
  visitAll(unit, (node) => {
    if ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && node.name !== undefined && node.body !== undefined) add(node.name.getText(), node);
    else if ((ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node)) && node.initializer !== undefined) {
      const value = bare(node.initializer);
      if (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) add(node.name.getText(), value);
    }
  });
  return found;
}

/** Tells which calls assert: by their name, or because a function of the file that they name does. */
function asserter(functions: ReadonlyMap<string, readonly FunctionNode[]>): (root: ts.Node) => boolean {
  const known = new Map<string, boolean>();
  const asserts = (root: ts.Node): boolean => some(root, (node) => {
    if (ts.isThrowStatement(node) && root !== node) return isOwnThrow(node);
    if (!ts.isCallExpression(node) && !ts.isTaggedTemplateExpression(node)) return false;
    const chain = chainOf(ts.isCallExpression(node) ? node.expression : node.tag);
    if (chain.some((name) => ASSERTING_NAME.test(name))) return true;
    const passed = ts.isCallExpression(node) ? node.arguments.map(bare).filter(ts.isIdentifier).map(({ text }) => text) : [];
    return [chain.at(-1) ?? '', ...passed].some((name) => functionAsserts(name));
  });
  const functionAsserts = (name: string): boolean => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const declared = functions.get(name);
    if (declared === undefined) return false;
    known.set(name, false);
    const result = declared.some(({ body }) => body !== undefined && asserts(body));
    known.set(name, result);
    return result;
  };
  return asserts;
}

/** A `throw` that can fail the test: it says `new Error(…)` or throws what it got, outside a catch that hides it. */
function isOwnThrow(node: ts.ThrowStatement): boolean {
  return ts.isNewExpression(bare(node.expression)) || ts.isIdentifier(bare(node.expression));
}

type Body = ts.ConciseBody;

const isEmpty = (body: Body): boolean => ts.isBlock(body) && body.statements.length === 0;

/** Whether what asserts in a body does so only in a catch clause that nothing makes run. */
function assertsOnlyInCatch(body: Body, asserts: (root: ts.Node) => boolean): boolean {
  if (!ts.isBlock(body)) return false;
  return body.statements.every((statement) => !asserts(statement) || (ts.isTryStatement(statement) && !asserts(statement.tryBlock) && (statement.finallyBlock === undefined || !asserts(statement.finallyBlock)) && statement.catchClause !== undefined))
    && !some(body, (node) => ts.isCallExpression(node) && ['assertions', 'hasAssertions'].includes(chainOf(node.expression)[1] ?? ''));
}

/** Whether every assertion of a body stands in a try block whose catch clause goes on as if it held. */
function areSwallowed(body: Body, asserts: (root: ts.Node) => boolean): boolean {
  if (!ts.isBlock(body)) return false;
  return body.statements.every((statement) => {
    if (!asserts(statement)) return true;
    if (!ts.isTryStatement(statement) || statement.catchClause === undefined) return false;
    const { block } = statement.catchClause;
    const tells = some(block, (node) => ts.isThrowStatement(node) || ts.isReturnStatement(node) || ts.isBinaryExpression(node));
    return asserts(statement.tryBlock) && !asserts(block) && !tells && (statement.finallyBlock === undefined || !asserts(statement.finallyBlock));
  });
}

function constantText(expression: ts.Expression | undefined): string | undefined {
  if (expression === undefined) return undefined;
  const node = bare(expression);
  if (ts.isLiteralExpression(node) || LITERAL_KINDS.has(node.kind)) return node.getText();
  if (ts.isIdentifier(node) && ['undefined', 'NaN', 'Infinity'].includes(node.text)) return node.text;
  if (ts.isPrefixUnaryExpression(node)) return constantText(node.operand) === undefined ? undefined : node.getText();
  if (ts.isArrayLiteralExpression(node)) return node.elements.every((element) => constantText(element) !== undefined) ? node.getText() : undefined;
  if (ts.isBinaryExpression(node)) {
    const [left, right] = [constantText(node.left), constantText(node.right)];
    const isDecided = node.operatorToken.kind === ts.SyntaxKind.BarBarToken && (left === 'true' || right === 'true');
    if (isDecided) return 'true';
    return left === undefined || right === undefined ? undefined : node.getText();
  }
  return undefined;
}

/** Whether reading an expression twice gives the same: names and members, no calls. */
function isPlainRead(expression: ts.Expression): boolean {
  const node = bare(expression);
  if (ts.isIdentifier(node) || node.kind === ts.SyntaxKind.ThisKeyword) return true;
  if (ts.isPropertyAccessExpression(node)) return isPlainRead(node.expression);
  return ts.isElementAccessExpression(node) && isPlainRead(node.expression) && (constantText(node.argumentExpression) !== undefined || isPlainRead(node.argumentExpression));
}

const isSameRead = (a: ts.Expression | undefined, b: ts.Expression | undefined): boolean => a !== undefined && b !== undefined && isPlainRead(a) && isPlainRead(b) && bare(a).getText() === bare(b).getText();

interface Expectation {
  readonly subject: ts.Expression | undefined;
  readonly matcher: string;
  readonly args: readonly ts.Expression[];
  readonly isNegated: boolean;
}

/** `expect(subject).not.matcher(args)`. */
function expectationOf(call: ts.CallExpression): Expectation | undefined {
  const chain = chainOf(call.expression);
  if (chain[0] !== 'expect' || chain.length < 2) return undefined;
  let inner: ts.Expression = call.expression;
  while (ts.isPropertyAccessExpression(inner)) inner = inner.expression;
  if (!ts.isCallExpression(inner) || chainOf(inner.expression).at(-1) === 'extend') return undefined;
  const root = chainOf(inner.expression);
  return root.length > 2 || root[0] !== 'expect' ? undefined : { subject: inner.arguments[0], matcher: chain.at(-1) ?? '', args: call.arguments, isNegated: chain.includes('not') };
}

function holds(matcher: string, subject: string, args: readonly (string | undefined)[]): boolean {
  const isFalsy = ['false', '0', "''", '""', 'null', 'undefined', 'NaN'].includes(subject);
  if (matcher === 'toBeTruthy') return !isFalsy;
  if (matcher === 'toBeFalsy') return isFalsy;
  if (matcher === 'toBeDefined') return subject !== 'undefined';
  if (matcher === 'toBeUndefined') return subject === 'undefined';
  if (matcher === 'toBeNull') return subject === 'null';
  if (SAME_MATCHERS.has(matcher)) return args[0] === subject;
  return TRUE_MATCHERS.has(matcher) && args.every((argument) => argument !== undefined);
}

/** An object, list or function that stands in the assertion itself. */
function isMadeHere(node: ts.Expression): boolean {
  return ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node) || ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isClassExpression(node);
}

/** Why `expect(…)` cannot fail. */
function constantExpectation({ subject, matcher, args, isNegated }: Expectation): string | undefined {
  const constant = constantText(subject);
  if (constant !== undefined) {
    const isTrue = holds(matcher, constant, args.map(constantText));
    return (isNegated ? !isTrue && SAME_MATCHERS.has(matcher) : isTrue) ? 'constant' : undefined;
  }
  if (isNegated) return undefined;
  if ((matcher === 'toBeTruthy' || matcher === 'toBeDefined') && subject !== undefined && isMadeHere(bare(subject))) return 'constant';
  if (SAME_MATCHERS.has(matcher) && isSameRead(subject, args[0])) return 'same';
  const isBound = matcher === 'toBeGreaterThanOrEqual' && constantText(args[0]) === '0' && /\.(length|size|byteLength)$/.test(subject?.getText() ?? '');
  return isBound ? 'bound' : undefined;
}

/** Why `assert…(…)` cannot fail. */
function constantAssert(name: string, [first, second]: readonly ts.Expression[]): string | undefined {
  if (name === 'ok' || name === 'isTrue') return ['true', '1'].includes(constantText(first) ?? '') ? 'constant' : undefined;
  if (!/^(strict|deep)?(Strict)?[eE]qual$/.test(name)) return undefined;
  if (isSameRead(first, second)) return 'same';
  return constantText(first) !== undefined && constantText(first) === constantText(second) ? 'constant' : undefined;
}

/** Why an assertion cannot fail; undefined when it can. */
function constantForm(call: ts.CallExpression): string | undefined {
  const found = expectationOf(call);
  if (found !== undefined) return constantExpectation(found);
  const chain = chainOf(call.expression);
  return chain[0] === 'assert' && chain.length <= 2 ? constantAssert(chain[1] ?? 'ok', call.arguments) : undefined;
}

/** An assertion that is begun and never made: `expect(x);`, `expect(x).toBe;`, or a promise of one that nobody awaits. */
function unmadeForm(node: ts.Node): string | undefined {
  if (!ts.isExpressionStatement(node)) return undefined;
  const made = bare(node.expression);
  const expression = ts.isVoidExpression(made) ? bare(made.expression) : made;
  const chain = chainOf(expression);
  if (chain[0] !== 'expect') return undefined;
  const isCallOfExpect = ts.isCallExpression(expression) && (chain.length === 1 || (chain.length === 2 && chain[1] === 'soft'));
  if (isCallOfExpect || (ts.isPropertyAccessExpression(expression) && chain.length > 1)) return 'no_matcher';
  return ts.isCallExpression(expression) && (chain.includes('resolves') || chain.includes('rejects') || chain[1] === 'poll') ? 'not_awaited' : undefined;
}

/** Tests that assert nothing, and assertions that cannot fail. */
export const testAssertionSource: SyntaxSource = {
  name: 'test assertions',
  tables: {
    // form: empty, no_assertion (also where a catch clause swallows all that fail) or only_in_catch.
    unasserting_tests: ['title', 'form'],
    // form: constant, same (both sides are one name), bound (a length is never negative), no_matcher or not_awaited.
    constant_assertions: ['text', 'form'],
  },
  selects: isTestCode,
  read: (unit) => {
    const asserts = asserter(functionsOf(unit));
    const tests: Row[] = [];
    for (const { kind, chain, title, body, call } of testCalls(unit, testRoots(unit))) {
      if (kind !== 'test' || body === undefined || chain[0] === 'bench' || chain.some((name) => ['extend', 'beforeEach', 'afterEach', 'beforeAll', 'afterAll', 'aroundEach', 'scoped', 'override', 'todo'].includes(name))) continue;
      const form = isEmpty(body.body) ? 'empty' : !asserts(body.body) || areSwallowed(body.body, asserts) ? 'no_assertion' : assertsOnlyInCatch(body.body, asserts) ? 'only_in_catch' : undefined;
      if (form !== undefined) tests.push({ ...unit.at(call), title, form });
    }
    const assertions: Row[] = [];
    visitAll(unit, (node) => {
      const form = ts.isCallExpression(node) ? constantForm(node) : unmadeForm(node);
      if (form !== undefined) assertions.push({ ...unit.at(node), text: briefText(node), form });
    });
    return { unasserting_tests: tests, constant_assertions: assertions };
  },
};
