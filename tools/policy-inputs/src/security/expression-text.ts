import ts from 'typescript';

import { bare, calleeName, propertyOf, receiverOf, type FileNames } from './file-names.js';

/** How a text comes about: written out, put together here, given by a builder of another module, or not known from this file. */
export type TextForm = 'literal' | 'template' | 'concat' | 'builder' | 'unknown';

/** A text as far as it is known from one file. */
export interface KnownText {
  /** Known parts as written; unknown ones as `{}`, or `{tenant}`, `{prefix}`, `{inbox}`, `{builder}` where that is what they are. */
  readonly text: string;
  readonly form: TextForm;
  /** Name of the builder that gave it, or its first part; empty without. */
  readonly builder: string;
}

const TENANCY = '@arqonbus/tenancy';
const MAX_DEPTH = 8;
const UNKNOWN: KnownText = { text: '{}', form: 'unknown', builder: '' };
const SAME_TEXT_METHODS = new Set(['toString', 'toLowerCase', 'toUpperCase', 'trim', 'valueOf', 'normalize', 'slice', 'replace', 'replaceAll']);

/** Follows an expression through the constants, members and small functions of its file. */
export function textOf(node: ts.Expression, names: FileNames, depth = 0): KnownText {
  const at = bare(node);
  if (depth > MAX_DEPTH) return UNKNOWN;
  if (ts.isStringLiteralLike(at)) return { text: at.text, form: 'literal', builder: '' };
  if (ts.isNumericLiteral(at)) return { text: at.text, form: 'literal', builder: '' };
  if (ts.isTemplateExpression(at)) return ofTemplate(at, names, depth);
  if (ts.isTaggedTemplateExpression(at)) return ts.isTemplateExpression(at.template) ? ofTemplate(at.template, names, depth) : textOf(at.template, names, depth);
  if (ts.isBinaryExpression(at)) return ofBinary(at, names, depth);
  if (ts.isConditionalExpression(at)) return plainer(textOf(at.whenTrue, names, depth + 1), textOf(at.whenFalse, names, depth + 1));
  if (ts.isIdentifier(at)) return ofIdentifier(at, [], names, depth);
  if (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) return ofMember(at, names, depth);
  if (ts.isCallExpression(at)) return ofCall(at, names, depth);
  return UNKNOWN;
}

/** Of two alternatives the one that is known to be made here. */
function plainer(a: KnownText, b: KnownText): KnownText {
  const order: readonly TextForm[] = ['concat', 'template', 'literal', 'unknown', 'builder'];
  const areWritten = order.indexOf(a.form) < 3 && order.indexOf(b.form) < 3;
  if (areWritten && a.text.includes('{tenant}') !== b.text.includes('{tenant}')) return a.text.includes('{tenant}') ? b : a;
  return order.indexOf(a.form) <= order.indexOf(b.form) ? a : b;
}

function hole(node: ts.Expression, names: FileNames, depth: number): string {
  const known = textOf(node, names, depth + 1);
  if (known.form === 'builder') return /inbox/i.test(known.builder) ? '{inbox}' : '{builder}';
  if (known.form !== 'unknown') return known.text;
  const source = node.getText();
  if (/tenant/i.test(source)) return '{tenant}';
  return /prefix/i.test(source) ? '{prefix}' : '{}';
}

function ofTemplate(node: ts.TemplateExpression, names: FileNames, depth: number): KnownText {
  const parts = node.templateSpans.map((span) => hole(span.expression, names, depth) + span.literal.text);
  return { text: node.head.text + parts.join(''), form: 'template', builder: '' };
}

function ofBinary(node: ts.BinaryExpression, names: FileNames, depth: number): KnownText {
  const { kind } = node.operatorToken;
  if (kind === ts.SyntaxKind.PlusToken) return { text: hole(node.left, names, depth) + hole(node.right, names, depth), form: 'concat', builder: '' };
  if (kind === ts.SyntaxKind.QuestionQuestionToken || kind === ts.SyntaxKind.BarBarToken) return plainer(textOf(node.left, names, depth + 1), textOf(node.right, names, depth + 1));
  return UNKNOWN;
}

function ofIdentifier(node: ts.Identifier, path: readonly string[], names: FileNames, depth: number): KnownText {
  const origin = names.find(node.text, node);
  if (origin?.kind !== 'value' || origin.initializer.end >= node.pos && origin.initializer.pos <= node.pos) return UNKNOWN;
  return ofPath(origin.initializer, [...origin.path, ...path], names, depth + 1);
}

/** The text at a path of properties of an expression. */
function ofPath(node: ts.Expression, path: readonly string[], names: FileNames, depth: number): KnownText {
  const at = bare(node);
  const [first, ...rest] = path;
  if (first === undefined) return textOf(at, names, depth);
  if (depth > MAX_DEPTH) return UNKNOWN;
  if (ts.isObjectLiteralExpression(at)) {
    const value = propertyOf(at, first);
    return value === undefined ? UNKNOWN : ofPath(value, rest, names, depth + 1);
  }
  if (ts.isCallExpression(at)) {
    const made = ofCall(at, names, depth);
    if (made.form === 'builder') return made;
    const returned = returnedBy(at, names);
    return returned === undefined ? UNKNOWN : ofPath(returned, path, names, depth + 1);
  }
  if (ts.isIdentifier(at)) return ofIdentifier(at, path, names, depth);
  return UNKNOWN;
}

function ofMember(node: ts.PropertyAccessExpression | ts.ElementAccessExpression, names: FileNames, depth: number): KnownText {
  const path: string[] = [];
  let at: ts.Expression = node;
  while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) {
    if (ts.isPropertyAccessExpression(at)) path.unshift(at.name.text);
    else path.unshift(ts.isStringLiteralLike(at.argumentExpression) ? at.argumentExpression.text : '');
    at = bare(at.expression);
  }
  if (at.kind === ts.SyntaxKind.ThisKeyword) {
    const [member = '', ...rest] = path;
    const known = names.assignedTo(member).map((value) => ofPath(value, rest, names, depth + 1));
    return known.reduce<KnownText | undefined>((best, one) => (best === undefined ? one : plainer(best, one)), undefined) ?? UNKNOWN;
  }
  return ofPath(at, path, names, depth + 1);
}

/** The one expression that a function of this file returns. */
export function returnedBy(call: ts.CallExpression, names: FileNames): ts.Expression | undefined {
  const callee = bare(call.expression);
  let body: ts.ConciseBody | undefined;
  if (ts.isIdentifier(callee)) {
    const origin = names.find(callee.text, callee);
    if (origin?.kind === 'function') body = origin.declaration.body;
    else if (origin?.kind === 'value' && (ts.isArrowFunction(origin.initializer) || ts.isFunctionExpression(origin.initializer))) body = origin.initializer.body;
  } else if (ts.isPropertyAccessExpression(callee) && callee.expression.kind === ts.SyntaxKind.ThisKeyword) {
    body = methodOf(call, callee.name.text)?.body;
  }
  if (body === undefined || !ts.isBlock(body)) return body;
  const last = body.statements.at(-1);
  return last !== undefined && ts.isReturnStatement(last) ? last.expression : undefined;
}

function methodOf(node: ts.Node, name: string): ts.MethodDeclaration | undefined {
  let at: ts.Node = node;
  while (!ts.isSourceFile(at) && !ts.isClassLike(at)) at = at.parent;
  if (!ts.isClassLike(at)) return undefined;
  return at.members.find((member): member is ts.MethodDeclaration => ts.isMethodDeclaration(member) && member.name.getText() === name);
}

/** The builder that a call is of: a function of the tenancy library, or an inbox of NATS. */
function builderOf(node: ts.CallExpression, names: FileNames): string {
  const callee = bare(node.expression);
  const root = ts.isPropertyAccessExpression(callee) ? callee.expression : callee;
  const imported = ts.isIdentifier(root) ? names.imports.get(root.text) : undefined;
  const name = calleeName(node);
  return imported?.module === TENANCY || (name === 'createInbox' && /nats/.test(imported?.module ?? '')) ? name : '';
}

/** Text of the calls that put texts together; undefined for others. */
function ofJoining(node: ts.CallExpression, names: FileNames, depth: number): KnownText | undefined {
  const receiver = receiverOf(node);
  const [first] = node.arguments;
  switch (calleeName(node)) {
    case 'join': {
      if (receiver === undefined || !ts.isArrayLiteralExpression(receiver)) return undefined;
      const separator = first === undefined ? ',' : textOf(first, names, depth + 1).text;
      return { text: receiver.elements.map((element) => hole(element, names, depth)).join(separator), form: 'concat', builder: '' };
    }
    case 'concat':
      return receiver === undefined ? undefined : { text: [receiver, ...node.arguments].map((part) => hole(part, names, depth)).join(''), form: 'concat', builder: '' };
    case 'format':
      return first !== undefined && ts.isStringLiteralLike(first) ? { text: first.text.replace(/%[sdijoO]/g, '{}'), form: 'template', builder: '' } : undefined;
    default:
      return undefined;
  }
}

/** What a call gives back unchanged as far as its text goes. */
function passedThrough(node: ts.CallExpression): ts.Expression | undefined {
  const name = calleeName(node);
  const receiver = receiverOf(node);
  if (SAME_TEXT_METHODS.has(name)) return receiver;
  return name === 'String' || name === 'encode' || (name === 'from' && receiver?.getText() === 'Buffer') ? node.arguments[0] : undefined;
}

function ofCall(node: ts.CallExpression, names: FileNames, depth: number): KnownText {
  const builder = builderOf(node, names);
  if (builder !== '') return { text: '{builder}', form: 'builder', builder };
  const joined = ofJoining(node, names, depth);
  if (joined !== undefined) return joined;
  const inner = passedThrough(node) ?? returnedBy(node, names);
  return inner === undefined ? UNKNOWN : textOf(inner, names, depth + 1);
}
