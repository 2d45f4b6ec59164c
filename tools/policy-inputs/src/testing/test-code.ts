import ts from 'typescript';

import type { SourceUnit } from '../fact-source.js';
import type { WorkspaceFile } from '../workspace.js';

const TEST_NAME = /[.-](test|spec|contract|fixture|e2e)\.[cm]?[jt]sx?$/;
const TEST_PLACE = /(^|\/)(tests?|__tests__|__mocks__|spec)\/|^libs\/testkit\//;

/**
 * Whether a file is code of tests: tests, what they share, their fixtures and the package that helps them. Benchmarks are not, nor are the
 * load programs that the end-to-end tests start.
 */
export function isTestCode({ path, isGenerated }: WorkspaceFile): boolean {
  return !isGenerated && (TEST_NAME.test(path) || TEST_PLACE.test(path));
}

/** Text of a node on one line, cut to a length that a message can hold. */
export function briefText(node: ts.Node, maxLength = 80): string {
  const text = node.getText().replace(/\s+/g, ' ');
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}

/** Takes parentheses, `as`, `satisfies` and `!` off. */
export function bare(node: ts.Expression): ts.Expression {
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isNonNullExpression(node) || ts.isTypeAssertionExpression(node)) {
    return bare(node.expression);
  }
  return node;
}

/** Name under which a member is reached: `a.b` or `a['b']`; undefined when it is computed. */
export function memberName(node: ts.Expression): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) return node.argumentExpression.text;
  return undefined;
}

/** An expression as names from its root: `it.skip.each(x)('t')` is `['it', 'skip', 'each']`; empty when its root is no name. */
export function chainOf(expression: ts.Expression): string[] {
  const names: string[] = [];
  let node = bare(expression);
  for (;;) {
    if (ts.isIdentifier(node)) return [node.text, ...names];
    if (node.kind === ts.SyntaxKind.ThisKeyword) return ['this', ...names];
    if (node.kind === ts.SyntaxKind.ImportKeyword || node.kind === ts.SyntaxKind.SuperKeyword) return [];
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
      names.unshift(memberName(node) ?? '');
      node = bare(node.expression);
    } else if (ts.isCallExpression(node)) node = bare(node.expression);
    else if (ts.isTaggedTemplateExpression(node)) node = bare(node.tag);
    else if (ts.isAwaitExpression(node)) node = bare(node.expression);
    else return [];
  }
}

function namedBy(node: ts.Node): string | undefined {
  if ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isClassDeclaration(node) || ts.isAccessor(node)) && node.name !== undefined) return node.name.getText();
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return undefined;
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent)) return parent.name.getText();
  if (!ts.isCallExpression(parent) || !['it', 'test', 'describe'].includes(chainOf(parent.expression)[0] ?? '')) return undefined;
  const [title] = parent.arguments;
  return title === undefined ? undefined : ts.isStringLiteralLike(title) ? title.text : briefText(title);
}

/** Name of the nearest function, method or class around a node, or title of the test, or `module`. */
export function symbolAround(node: ts.Node): string {
  for (let at: ts.Node | undefined = node.parent; at !== undefined; at = at.parent) {
    const name = namedBy(at);
    if (name !== undefined) return name;
  }
  return 'module';
}

/** Whether any node of the tree satisfies `matches`; function bodies inside are looked at too. */
export function some(root: ts.Node, matches: (node: ts.Node) => boolean): boolean {
  return matches(root) || (ts.forEachChild(root, (child) => some(child, matches) || undefined) ?? false);
}

/** Calls `visitor` for every node of a file. */
export function visitAll(unit: SourceUnit, visitor: (node: ts.Node) => void): void {
  const visit = (node: ts.Node): void => {
    visitor(node);
    ts.forEachChild(node, visit);
  };
  visit(unit.source);
}

/** What a local name stands for: the module it comes from and its name there; `*` for all of the module. */
export interface Origin {
  readonly module: string;
  readonly name: string;
}

function fromBinding(name: ts.BindingName, module: string, origins: Map<string, Origin>): void {
  if (ts.isIdentifier(name)) origins.set(name.text, { module, name: '*' });
  else if (ts.isObjectBindingPattern(name)) {
    for (const element of name.elements) {
      if (ts.isIdentifier(element.name)) origins.set(element.name.text, { module, name: (element.propertyName ?? element.name).getText().replace(/^['"]|['"]$/g, '') });
    }
  }
}

const GLOBAL_OBJECTS = ['globalThis', 'global', 'window', 'self'];
const FOLLOWED_MODULES = /^(timers(\/promises)?|vitest|test|@jest\/globals|sinon|testdouble)$/;
const FOLLOWED_GLOBALS = new Set([...GLOBAL_OBJECTS, 'setTimeout', 'setInterval', 'vi', 'vitest', 'jest']);

/** Other names of timers and of the runner's doubles: `const later = setTimeout`, `const { spyOn } = vi`, `setTimeout.bind(…)`. */
function fromAlias(name: ts.BindingName, initializer: ts.Expression, origins: Map<string, Origin>): void {
  const value = bare(initializer);
  const isBound = ts.isCallExpression(value) && ts.isPropertyAccessExpression(value.expression) && value.expression.name.text === 'bind';
  const source = isBound ? bare(value.expression.expression) : value;
  if (!ts.isIdentifier(source) && !ts.isPropertyAccessExpression(source) && !ts.isElementAccessExpression(source)) return;
  const [root = ''] = chainOf(source);
  const origin = origins.get(root);
  if (origin === undefined ? !FOLLOWED_GLOBALS.has(root) : origin.module !== '' && !FOLLOWED_MODULES.test(origin.module)) return;
  const found = resolveCallee(source, origins);
  const path = GLOBAL_OBJECTS.includes(found.name) ? '' : found.name;
  if (ts.isIdentifier(name)) origins.set(name.text, { module: found.module, name: path === '' ? '*' : path });
  else if (ts.isObjectBindingPattern(name)) {
    for (const element of name.elements) {
      if (!ts.isIdentifier(element.name)) continue;
      const member = (element.propertyName ?? element.name).getText().replace(/^['"]|['"]$/g, '');
      origins.set(element.name.text, { module: found.module, name: path === '' ? member : `${path}.${member}` });
    }
  }
}

/** Module of `require('m')`, `await import('m')` or `process.getBuiltinModule('m')`. */
export function loadedModule(expression: ts.Expression): string | undefined {
  const node = bare(expression);
  if (ts.isAwaitExpression(node)) return loadedModule(node.expression);
  if (!ts.isCallExpression(node)) return undefined;
  const isLoad = node.expression.kind === ts.SyntaxKind.ImportKeyword || ['require', 'getBuiltinModule'].includes(chainOf(node.expression).at(-1) ?? '');
  const [argument] = node.arguments;
  return isLoad && argument !== undefined && ts.isStringLiteralLike(argument) ? argument.text : undefined;
}

/** Local names that stand for something of another module. `node:` is taken off. */
export function originsOf(unit: SourceUnit): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  const plain = (module: string): string => module.replace(/^node:/, '');
  visitAll(unit, (node) => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const module = plain(node.moduleSpecifier.text);
      const clause = node.importClause;
      if (clause?.name !== undefined) origins.set(clause.name.text, { module, name: '*' });
      const bindings = clause?.namedBindings;
      if (bindings === undefined) return;
      if (ts.isNamespaceImport(bindings)) origins.set(bindings.name.text, { module, name: '*' });
      else for (const element of bindings.elements) origins.set(element.name.text, { module, name: (element.propertyName ?? element.name).text });
    } else if (ts.isVariableDeclaration(node) && node.initializer !== undefined) {
      const module = loadedModule(node.initializer);
      if (module !== undefined) fromBinding(node.name, plain(module), origins);
      else fromAlias(node.name, node.initializer, origins);
    }
  });
  return origins;
}

/**
 * What a callee is, as `module` and the path inside it: `timers.promises.setTimeout` of `import timers from 'node:timers'` is
 * `timers` and `promises.setTimeout`. A name that nothing imports is global: module is empty.
 */
export function resolveCallee(expression: ts.Expression, origins: ReadonlyMap<string, Origin>): Origin {
  const [root, ...rest] = chainOf(expression);
  if (root === undefined) return { module: inlineModule(expression) ?? '?', name: lastMember(expression) };
  const origin = origins.get(root);
  if (origin === undefined) {
    const path = GLOBAL_OBJECTS.includes(root) && rest.length > 0 ? rest : [root, ...rest];
    return { module: '', name: path.join('.') };
  }
  const path = [...(origin.name === '*' || origin.name === 'default' ? [] : [origin.name]), ...rest].filter((part) => part !== 'default');
  return { module: origin.module, name: path.join('.') };
}

function lastMember(expression: ts.Expression): string {
  return memberName(bare(expression)) ?? '';
}

/** Module of `(await import('m')).x` or `require('m').x`. */
function inlineModule(expression: ts.Expression): string | undefined {
  const node = bare(expression);
  const inner = ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) ? bare(node.expression) : undefined;
  return inner === undefined ? undefined : (loadedModule(inner) ?? inlineModule(inner))?.replace(/^node:/, '');
}
