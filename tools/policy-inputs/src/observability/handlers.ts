import ts from 'typescript';

import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';
import { bare, calleeName, eachNode, functionName, lastName, namesOf, propertyName, propertyOf, receiverOf, type FileNames } from '../security/file-names.js';

const ROUTE_METHODS = /^(all|any|delete|del|get|head|options|patch|post|put|route|ws)$/;
const SERVER_EVENTS = new Set(['connect', 'connection', 'request', 'session', 'stream', 'upgrade']);
const SERVER_MAKERS = new Set(['createServer', 'createSecureServer', 'createHttpServer', 'createHttpsServer', 'serve']);
const DOOR_METHODS = new Set(['upgrade', 'open', 'message']);
const COUNTING = /^(inc|increment|add|record|observe|tally|set)$/;
const COUNTED = /count|metric|histogram|meter|tally|gauge/i;
const TRACING = /^(traceparent|trace_?id|correlation_?id|request_?id|span|start_?span|start_?active_?span|publish_?span|publishSpans?|spans)$/i;

/** Whether code counts something: `counters.x += 1`, `requests.add(1)`, `this.countFailure(…)`. */
function counts(node: ts.Node): boolean {
  let found = false;
  eachNode(node, (at) => {
    if (found) return;
    const target = ts.isBinaryExpression(at) && at.operatorToken.kind === ts.SyntaxKind.PlusEqualsToken ? at.left : (ts.isPostfixUnaryExpression(at) || ts.isPrefixUnaryExpression(at)) && at.operator === ts.SyntaxKind.PlusPlusToken ? at.operand : undefined;
    if (target !== undefined && ts.isPropertyAccessExpression(target)) found = COUNTED.test(target.getText());
    else if (ts.isCallExpression(at)) {
      const name = calleeName(at);
      found = /^#?count[A-Z]?/.test(name) || (COUNTING.test(name) && COUNTED.test(receiverOf(at)?.getText() ?? ''));
    }
  });
  return found;
}

function traces(node: ts.Node): boolean {
  let found = false;
  eachNode(node, (at) => { if (ts.isIdentifier(at) && TRACING.test(at.text)) found = true; });
  return found;
}

/** Members of a class by name, with what they call of their own class and of others. */
interface Member {
  readonly node: ts.Node;
  readonly own: ReadonlySet<string>;
  /** `receiver.method`, the receiver by its last name. */
  readonly others: readonly string[];
}

function membersOf(node: ts.ClassLikeDeclaration): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>();
  for (const member of node.members) {
    if (member.name === undefined || !(ts.isMethodDeclaration(member) || ts.isPropertyDeclaration(member) || ts.isAccessor(member))) continue;
    const own = new Set<string>();
    const others: string[] = [];
    eachNode(member, (at) => {
      if (!ts.isPropertyAccessExpression(at)) return;
      if (at.expression.kind === ts.SyntaxKind.ThisKeyword) own.add(at.name.text);
      else if (ts.isCallExpression(at.parent) && at.parent.expression === at) others.push(`${lastName(at.expression).replace(/^#/, '')}.${at.name.text}`);
    });
    members.set(member.name.getText(), { node: member, own, others });
  }
  return members;
}

/** The members that a member goes through, itself first. */
function reached(name: string, members: ReadonlyMap<string, Member>, seen = new Set<string>()): readonly Member[] {
  const member = members.get(name);
  if (member === undefined || seen.has(name)) return [];
  seen.add(name);
  return [member, ...[...member.own].flatMap((next) => reached(next, members, seen))];
}

/** Whether every way into a member of its class from outside passes something that counts. */
function isCountedOnEntry(name: string, members: ReadonlyMap<string, Member>, seen = new Set<string>()): boolean {
  const member = members.get(name);
  if (member === undefined || counts(member.node)) return member !== undefined;
  if (seen.has(name)) return false;
  seen.add(name);
  const callers = [...members].filter(([other, { own }]) => other !== name && own.has(name));
  return callers.length > 0 && callers.every(([other]) => isCountedOnEntry(other, members, seen));
}

interface Handler {
  readonly node: ts.Node;
  readonly kind: 'command' | 'route' | 'server' | 'admin_route' | 'door';
  readonly name: string;
  /** Table of handlers that it stands in; empty for others. */
  readonly table: string;
  readonly counted: boolean;
  readonly traced: boolean;
  readonly through: readonly string[];
}

/** The body of a function given here or declared in this file; undefined when it is of another file. */
function bodyOf(node: ts.Expression | undefined, names: FileNames): ts.Node | undefined {
  if (node === undefined) return undefined;
  const at = bare(node);
  if (ts.isArrowFunction(at) || ts.isFunctionExpression(at)) return at.body;
  if (ts.isObjectLiteralExpression(at)) return at;
  if (!ts.isIdentifier(at)) return undefined;
  const origin = names.find(at.text, at);
  if (origin?.kind === 'function') return origin.declaration.body;
  return origin?.kind === 'value' && origin.path.length === 0 ? bodyOf(origin.initializer, names) : undefined;
}

/** Whether code, or a function of this file that it calls, satisfies a test. */
function within(node: ts.Node | undefined, names: FileNames, test: (node: ts.Node) => boolean, depth = 0): boolean {
  if (node === undefined) return false;
  if (test(node)) return true;
  if (depth > 2) return false;
  let found = false;
  eachNode(node, (at) => { if (!found && ts.isCallExpression(at) && ts.isIdentifier(at.expression)) found = within(bodyOf(at.expression, names), names, test, depth + 1); });
  return found;
}

function handlerOf(node: ts.Node, base: Pick<Handler, 'kind' | 'name'>, body: ts.Node | undefined, names: FileNames): Handler {
  return { node, ...base, table: '', counted: within(body, names, counts), traced: within(body, names, traces), through: [] };
}

/** Whether an expression is a function, given here or by name. */
function isFunction(node: ts.Expression, names: FileNames): boolean {
  const at = bare(node);
  if (ts.isFunctionLike(at) || ts.isObjectLiteralExpression(at)) return true;
  return ts.isIdentifier(at) && (bodyOf(at, names) !== undefined || names.find(at.text, at)?.kind === 'import');
}

/** `app.get('/x', …)`, `get('/x', …)` of a helper, and `app.route({ url: '/x', … })`. */
function routeOf(node: ts.CallExpression, names: FileNames): Handler | undefined {
  const method = calleeName(node);
  const [first, second] = node.arguments;
  const last = node.arguments.at(-1);
  if (first === undefined || last === undefined || !ROUTE_METHODS.test(method)) return undefined;
  const at = bare(first);
  if (method === 'route' && ts.isObjectLiteralExpression(at)) return handlerOf(node, { kind: 'route', name: propertyOf(at, 'url', 'path')?.getText() ?? 'route' }, at, names);
  if (second === undefined || !ts.isStringLiteralLike(at) || !/^(\/|\*$)/.test(at.text)) return undefined;
  const body = bodyOf(last, names);
  if (receiverOf(node) === undefined) return ts.isFunctionLike(bare(last)) ? handlerOf(node, { kind: 'admin_route', name: at.text }, body, names) : undefined;
  return method === 'ws' || isFunction(last, names) ? handlerOf(node, { kind: 'route', name: `${method} ${at.text}` }, body, names) : undefined;
}

/** A name of this file that holds a server, whatever it is called. */
function isMadeServer(node: ts.Expression | undefined, names: FileNames): boolean {
  if (node === undefined || !ts.isIdentifier(node)) return false;
  const origin = names.find(node.text, node);
  const made = origin?.kind === 'value' && origin.path.length === 0 ? bare(origin.initializer) : undefined;
  if (made === undefined) return false;
  return (ts.isCallExpression(made) && SERVER_MAKERS.has(calleeName(made))) || (ts.isNewExpression(made) && /Server$/.test(lastName(made.expression)));
}

/** The function that a server calls for each request or connection. */
function serverOf(node: ts.CallExpression, names: FileNames): Handler | undefined {
  const method = calleeName(node);
  if (SERVER_MAKERS.has(method)) {
    const given = node.arguments.map((argument) => bare(argument)).filter((argument) => ts.isFunctionLike(argument) || ts.isIdentifier(argument)).map((argument) => bodyOf(argument, names));
    const body = given.find((one) => one !== undefined && !ts.isObjectLiteralExpression(one));
    return body === undefined ? undefined : handlerOf(node, { kind: 'server', name: method }, body, names);
  }
  const [first] = node.arguments;
  if (!/^(on|once|addListener|prependListener)$/.test(method) || first === undefined || !ts.isStringLiteralLike(first) || !SERVER_EVENTS.has(first.text)) return undefined;
  const receiver = receiverOf(node);
  const isServer = /server|http|wss?$|sockets?$/i.test(receiver?.getText() ?? '') || isMadeServer(receiver, names);
  return isServer ? handlerOf(node, { kind: 'server', name: first.text }, bodyOf(node.arguments.at(-1), names), names) : undefined;
}

function ofCall(node: ts.CallExpression, names: FileNames): Handler | undefined {
  return routeOf(node, names) ?? serverOf(node, names);
}

/** Entries of tables of handlers (`{ run, needs }`), and routes of the admin server (`{ method, path, handler }`). */
function ofObject(node: ts.ObjectLiteralExpression, names: FileNames): Handler | undefined {
  const [path, handler, run] = [propertyOf(node, 'path'), propertyOf(node, 'handler'), propertyOf(node, 'run')];
  const has = (name: string): boolean => node.properties.some((property) => propertyName(property) === name);
  if (path !== undefined && has('handler') && has('method')) {
    return handlerOf(node, { kind: 'admin_route', name: path.getText().replace(/['"`]/g, '') }, bodyOf(handler, names), names);
  }
  const entry = node.parent;
  if (!has('run') || !has('needs') || !ts.isPropertyAssignment(entry) || !ts.isVariableDeclaration(entry.parent.parent)) return undefined;
  if (run !== undefined && ts.isStringLiteralLike(bare(run))) return undefined;
  return { ...handlerOf(node, { kind: 'command', name: propertyName(entry) }, bodyOf(run, names), names), table: entry.parent.parent.name.getText() };
}

function ofClass(node: ts.ClassLikeDeclaration): readonly Handler[] {
  const isDoor = node.heritageClauses?.some(({ types }) => types.some(({ expression }) => /^(TransportHandlers|ConnectionHandler|WebSocketBehavior)$/.test(lastName(expression)))) === true;
  if (!isDoor) return [];
  const members = membersOf(node);
  return [...members].filter(([name, { node: member }]) => DOOR_METHODS.has(name) && ts.isMethodDeclaration(member)).map(([name, member]) => {
    const way = reached(name, members);
    return {
      node: member.node, kind: 'door', name: `${node.name?.text ?? ''}.${name}`, table: '', counted: way.some((one) => counts(one.node)), traced: way.some((one) => traces(one.node)),
      through: [...new Set(way.flatMap(({ others }) => others))].sort(),
    };
  });
}

/** Where a table of handlers is looked up: `commandTable[name]` in a class or function. */
function dispatchOf(node: ts.Node, tables: ReadonlySet<string>): { readonly table: string; readonly by: string; readonly counted: boolean; readonly traced: boolean } | undefined {
  const isIndexed = ts.isElementAccessExpression(node) && ts.isIdentifier(node.expression);
  const isNamed = ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression);
  if (!isIndexed && !isNamed) return undefined;
  const table = node.expression.getText();
  if (!tables.has(table)) return undefined;
  let member: ts.Node = node;
  while (!ts.isSourceFile(member.parent) && !ts.isClassLike(member.parent)) member = member.parent;
  if (!ts.isClassLike(member.parent)) return { table, by: functionName(member), counted: counts(member), traced: traces(member) };
  const members = membersOf(member.parent);
  const name = ts.isClassElement(member) ? (member.name?.getText() ?? 'constructor') : '';
  return { table, by: `${member.parent.name?.text ?? ''}.${name}`, counted: isCountedOnEntry(name, members), traced: [...members.values()].some((one) => traces(one.node)) };
}

/** Functions that are declared as handlers of commands, and calls of such functions by name. */
function handlerUse(node: ts.Node, names: FileNames): { readonly name: string; readonly use: 'declared' | 'called' } | undefined {
  if (ts.isVariableDeclaration(node) && node.type !== undefined && /^CommandHandler</.test(node.type.getText())) return { name: node.name.getText(), use: 'declared' };
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const [first, second] = node.arguments;
  const isCommand = first !== undefined && second !== undefined && /context$/i.test(lastName(first)) && /call$/i.test(lastName(second)) && node.arguments.length >= 2;
  const origin = names.find(node.expression.text, node.expression);
  return isCommand && origin !== undefined && origin.kind !== 'parameter' ? { name: node.expression.text, use: 'called' } : undefined;
}

function read(unit: SourceUnit): Record<string, Row[]> {
  const names = namesOf(unit.source);
  const test = unit.file.isTest;
  const rows = { handlers: [] as Row[], dispatches: [] as Row[], handler_uses: [] as Row[], counting_methods: [] as Row[] };
  const tables = new Set([...names.imports].filter(([, { module }]) => module.startsWith('.')).map(([name]) => name).filter((name) => /table|commands|handlers|routes/i.test(name)));
  const push = (handler: Handler | undefined): void => {
    if (handler === undefined) return;
    const { node, ...columns } = handler;
    rows.handlers.push({ ...unit.at(node), ...columns, test });
  };
  eachNode(unit.source, (node) => {
    if (ts.isCallExpression(node)) push(ofCall(node, names));
    else if (ts.isObjectLiteralExpression(node)) push(ofObject(node, names));
    else if (ts.isClassLike(node)) {
      for (const handler of ofClass(node)) push(handler);
      const name = node.name?.text ?? '';
      for (const [method, member] of membersOf(node)) {
        if (ts.isMethodDeclaration(member.node) && reached(method, membersOf(node)).some((one) => counts(one.node))) rows.counting_methods.push({ ...unit.at(member.node), key: `${name.charAt(0).toLowerCase()}${name.slice(1)}.${method}`, test });
      }
    }
    const use = handlerUse(node, names);
    if (use !== undefined) rows.handler_uses.push({ ...unit.at(node), ...use, test });
    const dispatch = dispatchOf(node, tables);
    if (dispatch !== undefined) rows.dispatches.push({ ...unit.at(node), ...dispatch, test });
  });
  return rows;
}

/** Who answers clients and operators, and whether somebody counts it. */
export const handlerSource: SyntaxSource = {
  name: 'handlers',
  tables: {
    /**
     * kind: command (entry of a table), route, server (callback of an HTTP server), admin_route or door (method of a transport's handlers); name; table: the
     * table of a command; counted, traced: it counts, or carries a trace or correlation id, itself or in functions of its file; through: methods of other
     * objects that a door goes through, `receiver.method`; test: in test code.
     */
    handlers: ['kind', 'name', 'table', 'counted', 'traced', 'through', 'test'],
    /** table: table of handlers looked up; by: class and method; counted: every way there counts; traced: the class carries a correlation id; test. */
    dispatches: ['table', 'by', 'counted', 'traced', 'test'],
    /** name: of a function; use: declared as CommandHandler, or called with a context and a call; test. */
    handler_uses: ['name', 'use', 'test'],
    /** key: `class.method`, the class with a small first letter, of methods that count, themselves or by others of their class; test. */
    counting_methods: ['key', 'test'],
  },
  selects: (file) => !file.isGenerated && /^(apps|libs)\//.test(file.path),
  read,
};
