import ts from 'typescript';

import { namesOf as resolverOf, type NameResolver } from '../architecture/resolved-names.js';
import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';
import { textOf } from '../security/expression-text.js';
import { bare, calleeName, eachNode, lastName, namesOf, propertyName, receiverOf, type FileNames } from '../security/file-names.js';

const LOGGER_NAME = /^#?_?(log|logger|[a-z]\w*(Log|Logger))$/;
const LOGGER_MAKER = /^(createLogger|getLogger|makeLogger|pino|bunyan|winston|child)$/;
const LEVELS = new Set(['alert', 'critical', 'crit', 'debug', 'emerg', 'error', 'fatal', 'info', 'log', 'notice', 'silly', 'trace', 'verbose', 'warn', 'warning']);
/** Calls whose result shows what they are given. */
const SHOWING = new Set(['stringify', 'toString', 'decode', 'encode', 'String', 'from', 'inspect', 'toJson', 'toJsonString', 'slice', 'subarray', 'trim', 'entries', 'fromEntries']);
const CONSOLES = new Set(['console', 'node:console']);
const PROCESS_OUTPUT = /^(?:#process\.|process#)(stdout|stderr|emitWarning|_rawDebug)\b/;

/** Names of what a value shows: `body` of `request.body`, of `JSON.stringify(request.body)`. */
function shownNames(node: ts.Expression, depth = 0): readonly string[] {
  const at = bare(node);
  if (depth > 4) return [];
  if (ts.isCallExpression(at)) {
    if (!SHOWING.has(calleeName(at))) return [];
    const receiver = receiverOf(at);
    return [...at.arguments, ...(receiver === undefined ? [] : [receiver])].flatMap((part) => shownNames(part, depth + 1));
  }
  if (ts.isConditionalExpression(at)) return [at.whenTrue, at.whenFalse].flatMap((part) => shownNames(part, depth + 1));
  if (ts.isBinaryExpression(at)) return [at.left, at.right].flatMap((part) => shownNames(part, depth + 1));
  if (ts.isTemplateExpression(at)) return at.templateSpans.flatMap(({ expression }) => shownNames(expression, depth + 1));
  if (ts.isArrayLiteralExpression(at)) return at.elements.flatMap((part) => shownNames(part, depth + 1));
  const name = lastName(at);
  return /^(|this|JSON|Buffer|Object|String|Array|Date)$/.test(name) ? [] : [name];
}

interface Fields {
  readonly fields: string[];
  readonly values: string[];
  readonly spreads: string[];
}

function readProperties(node: ts.ObjectLiteralExpression, names: FileNames, into: Fields, depth: number): void {
  for (const property of node.properties) {
    if (ts.isSpreadAssignment(property)) {
      readFields(property.expression, names, into, depth + 1);
      continue;
    }
    into.fields.push(propertyName(property));
    if (ts.isShorthandPropertyAssignment(property)) {
      // `const { body: shown } = request` shows the body all the same.
      const origin = names.find(property.name.text, property);
      const shown = origin?.kind === 'value' ? origin.path.at(-1) : undefined;
      if (shown !== undefined && shown !== '' && shown !== property.name.text) into.values.push(shown);
    }
    if (!ts.isPropertyAssignment(property)) continue;
    const value = bare(property.initializer);
    if (ts.isObjectLiteralExpression(value)) readProperties(value, names, into, depth + 1);
    else into.values.push(...shownNames(value));
  }
}

function readFields(node: ts.Expression, names: FileNames, into: Fields, depth = 0): void {
  const at = bare(node);
  if (ts.isObjectLiteralExpression(at)) {
    readProperties(at, names, into, depth);
    return;
  }
  if (ts.isConditionalExpression(at)) {
    for (const part of [at.whenTrue, at.whenFalse]) readFields(part, names, into, depth + 1);
    return;
  }
  const origin = ts.isIdentifier(at) && depth < 4 ? names.find(at.text, at) : undefined;
  const value = origin?.kind === 'value' && origin.path.length === 0 ? bare(origin.initializer) : undefined;
  if (value !== undefined && ts.isObjectLiteralExpression(value)) readProperties(value, names, into, depth + 1);
  else if (!ts.isStringLiteralLike(at) && !ts.isTemplateExpression(at)) into.spreads.push(...(ts.isCallExpression(at) ? shownNames(at) : [lastName(at)].filter((name) => name !== '')));
}

function isLogger(node: ts.Expression | undefined, names: FileNames): boolean {
  if (node === undefined) return false;
  const at = bare(node);
  if (LOGGER_NAME.test(lastName(at))) return true;
  if (ts.isCallExpression(at)) return LOGGER_MAKER.test(calleeName(at)) && (calleeName(at) !== 'child' || isLogger(receiverOf(at), names));
  if (!ts.isIdentifier(at)) return ts.isPropertyAccessExpression(at) && /Logger\b/.test(names.typeOfMember(at.name.text));
  const origin = names.find(at.text, at);
  if (origin?.kind === 'parameter') return /(^|[^\w])(Adjustable)?Logger\b/.test(origin.type) && origin.path.length === 0;
  return origin?.kind === 'value' && origin.path.length === 0 && ts.isCallExpression(bare(origin.initializer)) && isLogger(origin.initializer, names);
}

/** Level of a call on a logger; undefined for others. */
function levelOf(node: ts.CallExpression, names: FileNames): string | undefined {
  const receiver = receiverOf(node);
  const name = calleeName(node);
  if (receiver !== undefined) return (LEVELS.has(name) || name === 'child') && isLogger(receiver, names) ? name : undefined;
  const origin = names.find(name, node);
  const level = origin?.kind === 'value' ? origin.path.at(-1) : undefined;
  return level !== undefined && LEVELS.has(level) && origin?.kind === 'value' && isLogger(origin.initializer, names) ? level : undefined;
}

/** constant: one text; built: put together from values; unknown: given by others; missing. */
function messageForm(node: ts.Expression | undefined, names: FileNames): string {
  if (node === undefined) return 'missing';
  const { text, form } = textOf(node, names);
  if (form === 'unknown' || form === 'builder') return ts.isCallExpression(bare(node)) || ts.isTemplateExpression(bare(node)) ? 'built' : 'unknown';
  return (form === 'template' || form === 'concat') && text.includes('{') ? 'built' : 'constant';
}

function logCall(unit: SourceUnit, node: ts.CallExpression, names: FileNames): Row | undefined {
  const level = levelOf(node, names);
  if (level === undefined) return undefined;
  const given = level === 'log' ? node.arguments.slice(1) : [...node.arguments];
  const texts = given.filter((argument) => ts.isStringLiteralLike(bare(argument)) || ts.isTemplateExpression(bare(argument)) || ts.isBinaryExpression(bare(argument)));
  const [first, second] = given;
  const isTextFirst = first !== undefined && texts.includes(first);
  const into: Fields = { fields: [], values: [], spreads: [] };
  for (const argument of given) if (argument !== (isTextFirst ? first : second)) readFields(argument, names, into);
  return { ...unit.at(node), level, first: isTextFirst ? 'text' : 'fields', message: level === 'child' ? 'constant' : messageForm(isTextFirst ? first : second, names), ...into, test: unit.file.isTest };
}

function isFree(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return /^(globalThis|global|window|self)$/.test(parent.expression.getText());
  return !((ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent) || ts.isPropertySignature(parent) || ts.isMethodDeclaration(parent) || ts.isBindingElement(parent)) && parent.name === node);
}

/** `console` in any use but that of a property of its name; `globalThis.console` too. */
function consoleUse(node: ts.Identifier): string | undefined {
  if (node.text !== 'console' || !isFree(node) || ts.isImportSpecifier(node.parent) || ts.isImportClause(node.parent)) return undefined;
  const object = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node ? node.parent : node;
  const { parent } = object;
  return ts.isPropertyAccessExpression(parent) && parent.expression === object ? `console.${parent.name.text}` : 'console';
}

function importedOutput(node: ts.ImportDeclaration): string | undefined {
  if (!ts.isStringLiteral(node.moduleSpecifier)) return undefined;
  const module = node.moduleSpecifier.text;
  if (CONSOLES.has(module) || module === 'debug') return module;
  return /^(node:)?process$/.test(module) && /\b(stdout|stderr)\b/.test(node.importClause?.getText() ?? '') ? 'process streams' : undefined;
}

function calledOutput(node: ts.CallExpression, names: FileNames): string | undefined {
  const name = calleeName(node);
  if (name === 'debuglog') return 'debuglog';
  const [first] = node.arguments;
  if (!/^(writeSync|writeFileSync|appendFileSync|createWriteStream)$/.test(name) || first === undefined) return undefined;
  return /^([12]|\/dev\/(stdout|stderr))$/.test(textOf(first, names).text) ? name : undefined;
}

/** Whether an access has `console` in it as a name. */
function writesConsole(node: ts.Node): boolean {
  for (let at = node; ;) {
    if (ts.isIdentifier(at)) return at.text === 'console';
    if (ts.isPropertyAccessExpression(at) && at.name.text === 'console') return true;
    if (!ts.isPropertyAccessExpression(at) && !ts.isElementAccessExpression(at)) return false;
    at = bare(at.expression);
  }
}

/** What writes beside the log: console, the standard streams, and debug output of the runtime. */
function outputOf(node: ts.Node, names: FileNames, resolver: NameResolver): string | undefined {
  const written = ts.isIdentifier(node) ? consoleUse(node) : ts.isImportDeclaration(node) ? importedOutput(node) : ts.isCallExpression(node) ? calledOutput(node, names) : undefined;
  if (written !== undefined) return written;
  const name = ts.isBindingElement(node) ? resolver.nameOfBinding(node) : resolver.isAccess(node) ? resolver.nameOf(node) : undefined;
  if (name === undefined) return undefined;
  const stream = PROCESS_OUTPUT.exec(name)?.[1];
  if (stream !== undefined) return `process.${stream}`;
  // Where the name itself is written, it was counted already; a text such as `globalThis['console']` was not.
  return /^#console(\.|$)/.test(name) && !ts.isBindingElement(node) && !writesConsole(node) ? name.slice(1) : undefined;
}

/** Lines of the log, and output beside it. */
export const logCallSource: SyntaxSource = {
  name: 'log-calls',
  tables: {
    /**
     * level: method called, `child` for a logger with further fields; first: what the first argument is, fields or text; message: constant, built, unknown or missing; fields: names given; values:
     * last names of the values shown; spreads: names of objects given whole; test: in test code.
     */
    log_calls: ['level', 'first', 'message', 'fields', 'values', 'spreads', 'test'],
    /** api: `console.log`, `console` where it is used otherwise, `process.stdout` and so on; test. */
    output_calls: ['api', 'test'],
  },
  selects: (file) => !file.isGenerated,
  read: (unit) => {
    const names = namesOf(unit.source);
    const resolver = resolverOf(unit);
    const rows = { log_calls: [] as Row[], output_calls: [] as Row[] };
    eachNode(unit.source, (node) => {
      const call = ts.isCallExpression(node) ? logCall(unit, node, names) : undefined;
      if (call !== undefined) rows.log_calls.push(call);
      const api = outputOf(node, names, resolver);
      if (api !== undefined) rows.output_calls.push({ ...unit.at(node), api, test: unit.file.isTest });
    });
    return rows;
  },
};
