import ts from 'typescript';

import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';

import { testCalls, testChain, testRoots } from './test-calls.js';
import { bare, briefText, chainOf, isTestCode, memberName, visitAll } from './test-code.js';

const DEBT_ID = /\bTD-\d+\b/g;
const MODIFIERS = new Set(['only', 'skip', 'todo', 'fails', 'failing', 'skipIf', 'runIf']);
const PREFIXED: Readonly<Record<string, string>> = { xit: 'skip', xtest: 'skip', xdescribe: 'skip', fit: 'only', ftest: 'only', fdescribe: 'only' };
const COMMENTED_TEST = /^[\s*]*(x|f)?(it|test|describe)(\.\w+)*(\([^)]*\))?\s*\(\s*(['"`]|async\b|\(\))/m;
const MIN_REASON_LENGTH = 10;

/** Ids of debts in the comments that stand directly above the statement of a node, and on its line. */
function debtsAt(unit: SourceUnit, node: ts.Node, title: string): string[] {
  let statement = node;
  while (statement.parent !== undefined && !ts.isBlock(statement.parent) && !ts.isSourceFile(statement.parent)) statement = statement.parent;
  const { text } = unit.source;
  const above = (ts.getLeadingCommentRanges(text, statement.getFullStart()) ?? []).map(({ pos, end }) => text.slice(pos, end));
  const lineEnd = text.indexOf('\n', node.getStart());
  const line = text.slice(node.getStart(), lineEnd === -1 ? undefined : lineEnd);
  return [...new Set([title, ...above, line.slice(line.indexOf('//') === -1 ? line.length : line.indexOf('//'))].flatMap((part) => part.match(DEBT_ID) ?? []))].sort();
}

/** Whether a condition is the same in every run. */
function isConstant(expression: ts.Expression | undefined): boolean {
  if (expression === undefined) return true;
  const node = bare(expression);
  if (ts.isPrefixUnaryExpression(node)) return isConstant(node.operand);
  if (ts.isBinaryExpression(node)) return isConstant(node.left) && isConstant(node.right);
  return ts.isLiteralExpression(node) || [ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword, ts.SyntaxKind.NullKeyword].includes(node.kind) || node.getText() === 'undefined';
}

interface Found {
  readonly node: ts.Node;
  readonly modifier: string;
  readonly title: string;
  readonly constant: boolean;
  readonly reason: string;
}

function titleAround(node: ts.Node): string {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) {
    if (!ts.isCallExpression(at)) continue;
    const [first] = at.arguments;
    if (first !== undefined && (ts.isStringLiteralLike(first) || ts.isTemplateExpression(first))) return first.getText().slice(1, -1);
    if (!ts.isCallExpression(at.parent) && !ts.isPropertyAccessExpression(at.parent)) break;
  }
  return '';
}

/** `it.skip`, `describe['only']`, also where it is not called: a name for it is as good as a call. */
function fromMember(node: ts.Node, roots: ReadonlyMap<string, string>): Found | undefined {
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return undefined;
  const modifier = memberName(node);
  if (modifier === undefined || !MODIFIERS.has(modifier) || testChain(node.expression, roots).length === 0) return undefined;
  const call = ts.isCallExpression(node.parent) && node.parent.expression === node ? node.parent : undefined;
  const isConditional = modifier === 'skipIf' || modifier === 'runIf';
  return { node, modifier, title: titleAround(node), constant: !isConditional || isConstant(call?.arguments[0]), reason: '' };
}

/** `xit(…)`, `fdescribe.each(…)`. */
function fromPrefix(node: ts.Node, roots: ReadonlyMap<string, string>): Found | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const modifier = PREFIXED[testChain(node.expression, roots)[0] ?? ''];
  const isInner = ts.isCallExpression(node.parent) && node.parent.expression === node;
  return modifier === undefined || isInner ? undefined : { node, modifier, title: titleAround(node), constant: true, reason: '' };
}

/** `context.skip('why')` and `({ skip }) => skip('why')` inside a test's body. */
function fromContext(node: ts.Node, contexts: ReadonlySet<string>): Found | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const chain = chainOf(node.expression);
  const isSkip = (chain.length === 2 && chain[1] === 'skip' && contexts.has(chain[0] ?? '')) || (chain.length === 1 && contexts.has(`{${chain[0] ?? ''}}`));
  if (!isSkip) return undefined;
  const reason = node.arguments.map(bare).find((argument) => ts.isStringLiteralLike(argument) || ts.isTemplateExpression(argument));
  const depth = ts.isExpressionStatement(node.parent) || ts.isReturnStatement(node.parent) ? node.parent.parent : node.parent;
  const isUnconditional = (ts.isBlock(depth) && (ts.isArrowFunction(depth.parent) || ts.isFunctionExpression(depth.parent))) || ts.isArrowFunction(depth);
  return { node, modifier: 'context_skip', title: briefText(node), constant: isUnconditional && isConstant(node.arguments.length > 1 ? node.arguments[0] : undefined), reason: reason === undefined ? '' : reason.getText().slice(1, -1) };
}

/** Names under which the bodies of a file's tests get the context; a destructured one in braces. */
function contextNames(unit: SourceUnit, roots: ReadonlyMap<string, string>): Set<string> {
  const names = new Set<string>();
  const parameters = testCalls(unit, roots).flatMap(({ body }) => (body === undefined ? [] : [...body.parameters]));
  for (const { name } of parameters) {
    if (ts.isIdentifier(name)) names.add(name.text);
    const elements = ts.isObjectBindingPattern(name) ? name.elements : [];
    for (const element of elements.filter((each) => (each.propertyName ?? each.name).getText() === 'skip')) names.add(`{${element.name.getText()}}`);
  }
  visitAll(unit, (node) => {
    if (ts.isParameter(node) && /\b(TestContext|TaskContext|ExtendedContext)\b/.test(node.type?.getText() ?? '')) names.add(node.name.getText());
  });
  return names;
}

/** `if (process.env.CI) return;` among the first statements of a test: it passes without having run. */
function fromReturn(unit: SourceUnit, roots: ReadonlyMap<string, string>): Found[] {
  return testCalls(unit, roots).flatMap(({ kind, title, body }): Found[] => {
    if (kind !== 'test' || body === undefined || !ts.isBlock(body.body)) return [];
    const left = body.body.statements.filter((statement): statement is ts.IfStatement => ts.isIfStatement(statement) && /\bprocess\b/.test(statement.expression.getText()) && returnsAtOnce(statement.thenStatement));
    return left.map((node) => ({ node, modifier: 'return', title, constant: false, reason: '' }));
  });
}

function returnsAtOnce(statement: ts.Statement): boolean {
  const first = ts.isBlock(statement) ? statement.statements[0] : statement;
  return first !== undefined && ts.isReturnStatement(first) && first.expression === undefined;
}

function fromOptions(unit: SourceUnit, roots: ReadonlyMap<string, string>): Found[] {
  return testCalls(unit, roots).flatMap(({ call, kind, title, hasBody, options, chain }): Found[] => {
    const set = (options?.properties ?? []).flatMap((property): Found[] => {
      const name = property.name?.getText().replace(/['"]/g, '') ?? '';
      if (!ts.isPropertyAssignment(property) || !MODIFIERS.has(name) || property.initializer.kind === ts.SyntaxKind.FalseKeyword) return [];
      return [{ node: property, modifier: name, title, constant: isConstant(property.initializer), reason: '' }];
    });
    const isPending = kind === 'test' && !hasBody && !chain.some((name) => ['each', 'for', 'extend', 'scoped', 'override', 'todo', 'beforeEach', 'afterEach', 'beforeAll', 'afterAll', 'aroundEach'].includes(name));
    return isPending && ts.isStringLiteralLike(call.arguments[0] ?? call) ? [...set, { node: call, modifier: 'pending', title, constant: true, reason: '' }] : set;
  });
}

/** Comments that hold a test. */
function commentedTests(unit: SourceUnit): Row[] {
  const { text } = unit.source;
  if (!/(\/\/|\*)[^\n]*\b[xf]?(it|test|describe)\b/.test(text)) return [];
  const rows = new Map<number, Row>();
  visitAll(unit, (node) => {
    for (const range of [...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []), ...(ts.getTrailingCommentRanges(text, node.getEnd()) ?? [])]) {
      if (rows.has(range.pos) || text.startsWith('/**', range.pos)) continue;
      const comment = text.slice(range.pos + 2, range.end);
      if (!COMMENTED_TEST.test(comment)) continue;
      const line = unit.source.getLineAndCharacterOfPosition(range.pos).line + 1;
      rows.set(range.pos, { file: unit.file.path, line, project: unit.file.project, modifier: 'commented', title: '', constant: true, reason: '', td: comment.match(DEBT_ID) ?? [] });
    }
  });
  return [...rows.values()];
}

/** Tests and suites that are run alone, left out, awaited to fail, or only named. */
export const testModifierSource: SyntaxSource = {
  name: 'test modifiers',
  tables: {
    /**
     * modifier: as the runner names it, or pending (no body), context_skip, return (it ends where the process
     * is another) or commented; constant: it holds in every run;
     * reason: the text given to context.skip; td: ids of debts in the title and the comment above.
     */
    test_modifiers: ['modifier', 'title', 'constant', 'reason', 'td'],
  },
  selects: isTestCode,
  read: (unit) => {
    const roots = testRoots(unit);
    const contexts = contextNames(unit, roots);
    const found: Found[] = [...fromOptions(unit, roots), ...fromReturn(unit, roots)];
    visitAll(unit, (node) => {
      const one = fromMember(node, roots) ?? fromPrefix(node, roots) ?? fromContext(node, contexts);
      if (one !== undefined) found.push(one);
    });
    const rows = found.map(({ node, modifier, title, constant, reason }): Row => ({
      ...unit.at(node), modifier, title, constant, reason: reason.length < MIN_REASON_LENGTH ? '' : reason, td: debtsAt(unit, node, title),
    }));
    return { test_modifiers: [...rows, ...commentedTests(unit)] };
  },
};
