import ts from 'typescript';

import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';
import { namesOf, type NameResolver, unwrap } from './resolved-names.js';

/** Files and functions shorter than this are of no interest to any rule. */
const notableFileLines = 300;
const notableFunctionLines = 50;
const notableParameters = 5;
const stages = new Set(['production', 'prod', 'staging', 'stage', 'development', 'dev', 'test', 'testing', 'preview', 'sandbox']);
const stageOperand = /env|stage|mode|profile|deployment|tier/i;
const plainStages = new Set(['production', 'staging', 'development']);

const evaluators: readonly (readonly [RegExp, string])[] = [
  [/^#eval(\.(call|apply|bind))?$/, 'eval'],
  [/^#Function(\.(call|apply|bind))?$/, 'new_function'],
  [/^vm#/, 'vm'],
  [/^(#|buffer#)Buffer\.allocUnsafe(Slow)?(\.(call|apply|bind))?$/, 'alloc_unsafe'],
  [/^#process\.(binding|dlopen)$|^process#(binding|dlopen)$/, 'native'],
];

// In two parts: the directive itself may stand only where it works and says why.
const disable = ['eslint', 'disable'].join('-');
const directives: readonly (readonly [RegExp, string])[] = [
  [/@ts-ignore\b/, 'ts_ignore'],
  [/@ts-nocheck\b/, 'ts_nocheck'],
  [/@ts-expect-error\b/, 'ts_expect_error'],
  [new RegExp(`\\b${disable}(-next-line|-line)?\\b`), 'eslint_disable'],
  // A block that sets rules for its file.
  [/^\/\*\s*eslint\s+[\w@"'-]/, 'eslint_disable'],
];

/** The reason that follows a directive: `-- why`, or after the name for the compiler's. */
function hasReason(text: string, kind: string): boolean {
  const reason = kind === 'eslint_disable' ? /--\s*(.+)/s.exec(text)?.[1] : /@ts-[a-z-]+[\s:—-]*(.+)/s.exec(text)?.[1];
  return (reason ?? '').replace(/\*\/$/, '').trim().length >= 10;
}

function* commentsOf(source: ts.SourceFile): Generator<{ readonly pos: number; readonly text: string }> {
  const { text } = source;
  if (!text.includes('@ts-') && !/\/\*\s*eslint\b|\beslint-/.test(text)) return;
  const seen = new Set<number>();
  const positions: number[] = [];
  const visit = (node: ts.Node): void => {
    positions.push(node.pos, node.end);
    // Tokens such as the closing brace carry comments too.
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  for (const position of positions) {
    for (const range of [...(ts.getLeadingCommentRanges(text, position) ?? []), ...(ts.getTrailingCommentRanges(text, position) ?? [])]) {
      if (seen.has(range.pos)) continue;
      seen.add(range.pos);
      yield { pos: range.pos, text: text.slice(range.pos, range.end) };
    }
  }
}

function isNothing(expression: ts.Expression): boolean {
  const node = unwrap(expression);
  return ts.isVoidExpression(node) || node.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(node) && node.text === 'undefined')
    || (ts.isObjectLiteralExpression(node) && node.properties.length === 0);
}

function doesNothing(statement: ts.Statement): boolean {
  if (ts.isEmptyStatement(statement)) return true;
  if (ts.isExpressionStatement(statement)) return ts.isVoidExpression(statement.expression) || ts.isIdentifier(statement.expression) || ts.isLiteralExpression(statement.expression);
  return ts.isReturnStatement(statement) && (statement.expression === undefined || isNothing(statement.expression));
}

/** Whether a handler, written in place or elsewhere in the file, lets what it gets disappear. */
function isSilent(names: NameResolver, expression: ts.Expression, depth = 0): boolean {
  const node = unwrap(expression);
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return isNothing(node.body);
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return ts.isBlock(node.body) && node.body.statements.every(doesNothing);
  if (!ts.isIdentifier(node) || depth > 3) return false;
  const declaration = names.declarationOf(node);
  if (declaration === undefined) return false;
  if (ts.isFunctionDeclaration(declaration)) return declaration.body?.statements.every(doesNothing) === true;
  return ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined && isSilent(names, declaration.initializer, depth + 1);
}

/** Name of a method that is called, also where it is computed. */
function methodOf(names: NameResolver, callee: ts.Expression): string | undefined {
  if (ts.isPropertyAccessExpression(callee)) return callee.name.text;
  return ts.isElementAccessExpression(callee) ? names.textOf(callee.argumentExpression) : undefined;
}

function swallowed(names: NameResolver, node: ts.Node): string | undefined {
  if (ts.isCatchClause(node)) {
    const { statements } = node.block;
    return statements.every((statement) => !ts.isReturnStatement(statement) && doesNothing(statement)) ? 'catch' : undefined;
  }
  // `socket.onerror = () => {}`.
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) return methodOf(names, node.left) === 'onerror' && isSilent(names, node.right) ? 'event' : undefined;
  if (!ts.isCallExpression(node)) return undefined;
  const method = methodOf(names, node.expression);
  const [first, second] = node.arguments;
  if (method === 'catch' && first !== undefined && isSilent(names, first)) return 'promise';
  if (method === 'then' && second !== undefined && isSilent(names, second)) return 'promise';
  return isUnread(names, node) ? 'settled' : silencedEvent(names, node, method);
}

/** A handler of failures that does nothing. */
function silencedEvent(names: NameResolver, { arguments: [first, second] }: ts.CallExpression, method: string | undefined): string | undefined {
  const event = /^(on|once|addListener|prependListener|prependOnceListener|addEventListener)$/.test(method ?? '') && first !== undefined ? names.textOf(first) ?? '' : '';
  if (second === undefined || !/^(error|uncaughtException|unhandledRejection)$/.test(event) || !isSilent(names, second)) return undefined;
  return event === 'error' ? 'event' : 'process';
}

/** `Promise.allSettled(…)` of which nobody reads what it says: awaited or dropped as a statement, or followed by a function that takes nothing. */
function isUnread(names: NameResolver, node: ts.CallExpression): boolean {
  if (names.nameOf(node.expression) !== '#Promise.allSettled') return false;
  let at: ts.Node = node;
  for (;;) {
    const { parent } = at;
    if (ts.isExpressionStatement(parent)) return true;
    const isWrapped = ts.isAwaitExpression(parent) || ts.isVoidExpression(parent) || ts.isParenthesizedExpression(parent);
    if (isWrapped) at = parent;
    else if (ts.isPropertyAccessExpression(parent) && parent.name.text === 'then' && ts.isCallExpression(parent.parent) && parent.parent.expression === parent) {
      const [handler] = parent.parent.arguments;
      if (handler === undefined || !(ts.isArrowFunction(handler) || ts.isFunctionExpression(handler)) || handler.parameters.length > 0) return false;
      at = parent.parent;
    } else return false;
  }
}

/** A comparison of something with the name of an environment. */
function environmentBranch(names: NameResolver, node: ts.Node): { literal: string; operand: string } | undefined {
  const judge = (literal: ts.Expression | undefined, operand: ts.Expression): { literal: string; operand: string } | undefined => {
    const text = literal === undefined ? undefined : names.textOf(literal)?.toLowerCase();
    if (text === undefined || !stages.has(text) || names.textOf(operand) !== undefined) return undefined;
    return plainStages.has(text) || stageOperand.test(operand.getText()) ? { literal: text, operand: operand.getText().slice(0, 80) } : undefined;
  };
  if (ts.isBinaryExpression(node) && [ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken, ts.SyntaxKind.EqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsToken].includes(node.operatorToken.kind)) {
    return judge(node.right, node.left) ?? judge(node.left, node.right);
  }
  if (ts.isCaseClause(node)) return judge(node.expression, node.parent.parent.expression);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression) || !/^(startsWith|includes|endsWith|has|localeCompare)$/.test(node.expression.name.text)) return undefined;
  const [argument] = node.arguments;
  if (argument === undefined) return undefined;
  const receiver = unwrap(node.expression.expression);
  if (!ts.isArrayLiteralExpression(receiver)) return judge(argument, receiver);
  return receiver.elements.map((element) => judge(element, argument)).find((found) => found !== undefined);
}

function exportForm(node: ts.Node): { form: string; module: string } | undefined {
  if (ts.isExportDeclaration(node) && (node.exportClause === undefined || ts.isNamespaceExport(node.exportClause))) {
    return { form: 'star', module: node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : '' };
  }
  if (ts.isExportDeclaration(node) && node.exportClause !== undefined && ts.isNamedExports(node.exportClause) && node.exportClause.elements.some((element) => element.name.text === 'default')) return { form: 'default', module: '' };
  if (ts.isExportAssignment(node)) return { form: 'default', module: '' };
  const isDefault = ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) === true;
  return isDefault ? { form: 'default', module: '' } : undefined;
}

class FormReader {
  readonly rows = { unsafe_code: [] as Row[], swallowed_errors: [] as Row[], environment_branches: [] as Row[], export_forms: [] as Row[], sizes: [] as Row[] };
  private readonly names: NameResolver;

  constructor(private readonly unit: SourceUnit) {
    this.names = namesOf(unit);
  }

  read(): FormReader['rows'] {
    const { source, file } = this.unit;
    const lines = source.getLineAndCharacterOfPosition(source.end).line + (source.text.endsWith('\n') ? 0 : 1);
    if (lines >= notableFileLines) this.rows.sizes.push({ file: file.path, line: 1, project: file.project, kind: 'file', name: file.path, size: lines, test: file.isTest });
    for (const { pos, text } of commentsOf(source)) this.readComment(source.getLineAndCharacterOfPosition(pos).line + 1, text);
    const visit = (node: ts.Node): void => {
      this.readNode(node);
      ts.forEachChild(node, visit);
    };
    visit(source);
    return this.rows;
  }

  private readComment(line: number, text: string): void {
    const { path: file, project, isTest } = this.unit.file;
    for (const [pattern, kind] of directives) {
      if (pattern.test(text)) this.rows.unsafe_code.push({ file, line, project, kind, reasoned: hasReason(text, kind), test: isTest });
    }
  }

  private readNode(node: ts.Node): void {
    const { unit } = this;
    const kind = this.unsafeKind(node);
    const test = unit.file.isTest;
    if (kind !== undefined) this.rows.unsafe_code.push({ ...unit.at(node), kind, reasoned: false, test });
    const form = swallowed(this.names, node);
    if (form !== undefined) this.rows.swallowed_errors.push({ ...unit.at(node), form, test });
    const branch = environmentBranch(this.names, node);
    if (branch !== undefined) this.rows.environment_branches.push({ ...unit.at(node), ...branch, test });
    const exported = exportForm(node);
    if (exported !== undefined) this.rows.export_forms.push({ ...unit.at(node), ...exported, test });
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) this.readFunction(node);
  }

  private readFunction(node: ts.SignatureDeclaration): void {
    const { source, file } = this.unit;
    const start = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
    const lines = source.getLineAndCharacterOfPosition(node.end).line - start + 1;
    const name = node.name?.getText() ?? '(anonymous)';
    if (lines >= notableFunctionLines) this.rows.sizes.push({ ...this.unit.at(node), kind: 'function', name, size: lines, test: file.isTest });
    if (node.parameters.length >= notableParameters) this.rows.sizes.push({ ...this.unit.at(node), kind: 'parameters', name, size: node.parameters.length, test: file.isTest });
  }

  private unsafeKind(node: ts.Node): string | undefined {
    if (node.kind === ts.SyntaxKind.AnyKeyword) return 'any';
    if (ts.isNonNullExpression(node)) return 'non_null';
    if (ts.isAsExpression(node) || ts.isTypeAssertionExpression(node)) {
      const inner = ts.isParenthesizedExpression(node.expression) ? node.expression.expression : node.expression;
      const isDouble = (ts.isAsExpression(inner) || ts.isTypeAssertionExpression(inner)) && [ts.SyntaxKind.UnknownKeyword, ts.SyntaxKind.NeverKeyword, ts.SyntaxKind.AnyKeyword].includes(inner.type.kind);
      return isDouble ? 'double_cast' : node.type.kind === ts.SyntaxKind.NeverKeyword ? 'cast_to_never' : undefined;
    }
    const evaluated = ts.isCallExpression(node) ? this.evaluatedText(node) : undefined;
    if (evaluated !== undefined || !this.names.isAccess(node)) return evaluated;
    const name = this.names.nameOf(node);
    return name === undefined ? undefined : evaluators.find(([pattern]) => pattern.test(name))?.[1];
  }

  /** `setTimeout('code')`, `x.constructor('code')` and `x.constructor.call(x, 'code')`. */
  private evaluatedText(node: ts.CallExpression): string | undefined {
    const [first] = node.arguments;
    if (first === undefined) return undefined;
    if (/^#(setTimeout|setInterval|setImmediate)$/.test(this.names.nameOf(node.expression) ?? '') && this.names.textOf(first) !== undefined) return 'eval';
    const callee = unwrap(node.expression);
    const isApplied = /^(call|apply|bind)$/.test(methodOf(this.names, callee) ?? '') && (ts.isPropertyAccessExpression(callee) || ts.isElementAccessExpression(callee));
    return methodOf(this.names, isApplied ? unwrap(callee.expression) : callee) === 'constructor' ? 'new_function' : undefined;
  }
}

/** Forms of code that rules restrict, in every script of the workspace. */
export const codeFormSource: SyntaxSource = {
  name: 'code forms',
  tables: {
    /**
     * kind: any, non_null, double_cast, cast_to_never, eval, new_function, vm, alloc_unsafe, native, ts_ignore, ts_nocheck, ts_expect_error or
     * eslint_disable; reasoned: a directive that says why.
     */
    unsafe_code: ['kind', 'reasoned', 'test'],
    /**
     * form: catch (an empty one), promise (a rejection handler that does nothing), process (the same for what nobody caught), event (the same for the event
     * `error`), settled (outcomes of Promise.allSettled that nobody reads).
     */
    swallowed_errors: ['form', 'test'],
    // literal: the name of an environment; operand: what is compared with it.
    environment_branches: ['literal', 'operand', 'test'],
    // form: star or default.
    export_forms: ['form', 'module', 'test'],
    // kind: file (lines, from 300), function (lines, from 50) or parameters (of one function, from 5).
    sizes: ['kind', 'name', 'size', 'test'],
  },
  selects: ({ isGenerated }) => !isGenerated,
  read: (unit) => ({ ...new FormReader(unit).read() }),
};
