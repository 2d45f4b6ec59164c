import ts from 'typescript';

import type { Row, SourceUnit, SyntaxSource } from '../fact-source.js';
import { textOf, type KnownText } from './expression-text.js';
import { bare, calleeName, eachNode, functionName, lastName, namesOf, receiverOf, type FileNames } from './file-names.js';
import { luaPlaces } from './lua-keys.js';
import { natsOptionPlaces, natsPlaces, placesOfCommand, redisPlaces, type StorePlace } from './store-operations.js';

const REDIS_MODULE = /^(ioredis|redis|iovalkey|@redis\/.+|@valkey\/.+|handy-redis|tedis|.*[-/](redis|valkey)([-/.].*)?)$/i;
const NATS_MODULE = /^(nats|nats\.ws|@nats-io\/.+|.*[-/]nats([-/.].*)?)$/i;
const REDIS_TYPE = /Redis|Valkey|Cluster\b|ChainableCommander/;
const NATS_TYPE = /Nats|JetStream|RequestInbox/;
const REDIS_NAME = /redis|valkey/i;
const NATS_NAME = /^(nc|js|jsm)$|nats|jetstream/i;
/** Names that mean a client in a file that works with an engine. */
const CLIENT_NAME = /^(this|client|connection|conn|commands?|pipeline|multi|tx|transaction|store|kv|cache|sub|pub|subscriber|publisher|inbox|db|link|bus|announcements)$/i;
const NAMING = /(key|subject|channel|stream)s?(name|prefix|pattern)?$/i;
const EXPIRES = /^(p?expire(at)?|p?setex|getex)$/;
const EXPIRY_OPTIONS = new Set(['EX', 'PX', 'EXAT', 'PXAT', 'KEEPTTL', 'expiration', 'ex', 'px']);
const WRITES = new Set(['append', 'decr', 'decrby', 'getset', 'hincrby', 'hmset', 'hset', 'hsetnx', 'incr', 'incrby', 'lpush', 'mset', 'psetex', 'rpush', 'sadd', 'set', 'setex', 'setnx', 'xadd', 'zadd']);

type Engine = 'redis' | 'nats';

const marks = {
  redis: { module: REDIS_MODULE, type: REDIS_TYPE, name: REDIS_NAME },
  nats: { module: NATS_MODULE, type: NATS_TYPE, name: NATS_NAME },
} as const satisfies Record<Engine, unknown>;

/** Which engines a file works with, and which of its names are clients of them. */
class Clients {
  private readonly inFile: ReadonlySet<Engine>;

  constructor(unit: SourceUnit, private readonly names: FileNames) {
    const modules = names.modules;
    const place = `${unit.file.project} ${unit.file.path}`;
    const found = new Set<Engine>();
    if (modules.some((module) => REDIS_MODULE.test(module)) || REDIS_NAME.test(place)) found.add('redis');
    if (modules.some((module) => NATS_MODULE.test(module)) || /nats/i.test(place)) found.add('nats');
    this.inFile = found;
  }

  works(engine: Engine): boolean {
    return this.inFile.has(engine);
  }

  isClient(engine: Engine, node: ts.Expression | undefined, depth = 0): boolean {
    if (node === undefined || depth > 6) return false;
    const at = bare(node);
    const { name, module } = marks[engine];
    const last = lastName(at);
    if (name.test(last) || (this.works(engine) && CLIENT_NAME.test(last))) return true;
    if (ts.isNewExpression(at) || (ts.isCallExpression(at) && receiverOf(at) === undefined)) return module.test(this.names.imports.get(calleeName(at))?.module ?? '') || name.test(calleeName(at));
    if (ts.isCallExpression(at)) return this.isClient(engine, receiverOf(at), depth + 1);
    if (ts.isIdentifier(at)) return this.isClientName(engine, at, depth);
    return ts.isPropertyAccessExpression(at) && this.isClientMember(engine, at, depth);
  }

  /** Command of Redis that a plain function is: `const { set } = redis`, `const put = redis.set.bind(redis)`. */
  methodTakenOff({ expression }: ts.CallExpression): string | undefined {
    const callee = bare(expression);
    const origin = ts.isIdentifier(callee) ? this.names.find(callee.text, callee) : undefined;
    if (origin?.kind !== 'value' || origin.path.length > 1) return undefined;
    const [member] = origin.path;
    const initializer = bare(origin.initializer);
    if (member !== undefined) return this.isClient('redis', initializer) ? member : undefined;
    const method = ts.isCallExpression(initializer) && calleeName(initializer) === 'bind' ? receiverOf(initializer) : initializer;
    return method !== undefined && ts.isPropertyAccessExpression(method) && this.isClient('redis', method.expression) ? method.name.text : undefined;
  }

  private isClientName(engine: Engine, node: ts.Identifier, depth: number): boolean {
    const origin = this.names.find(node.text, node);
    if (origin?.kind === 'parameter') return marks[engine].type.test(origin.type);
    if (origin?.kind === 'import') return marks[engine].module.test(origin.module);
    return origin?.kind === 'value' && this.isClient(engine, origin.initializer, depth + 1);
  }

  private isClientMember(engine: Engine, node: ts.PropertyAccessExpression, depth: number): boolean {
    if (node.expression.kind !== ts.SyntaxKind.ThisKeyword) return this.isClient(engine, node.expression, depth + 1);
    const member = node.name.text;
    return marks[engine].type.test(this.names.typeOfMember(member)) || this.names.assignedTo(member).some((value) => this.isClient(engine, value, depth + 1));
  }
}

/** The same place at each call of the function within the file whose parameter it is; itself when it is no parameter. */
function throughCalls(place: StorePlace, names: FileNames): readonly StorePlace[] {
  const at = bare(place.value);
  if (!ts.isIdentifier(at)) return [place];
  const origin = names.find(at.text, at);
  if (origin?.kind !== 'parameter' || origin.path.length > 0) return [place];
  const calls = names.callsOf(functionName(origin.owner));
  const given = calls.flatMap((call) => call.arguments[origin.index] ?? []);
  return given.length === 0 ? [place] : given.flatMap(alternatives).map((value) => ({ ...place, value }));
}

function hasExpiry(call: ts.CallExpression): boolean {
  return call.arguments.some((argument) => {
    const at = bare(argument);
    if (ts.isStringLiteralLike(at)) return EXPIRY_OPTIONS.has(at.text.toUpperCase());
    return ts.isObjectLiteralExpression(at) && at.properties.some((property) => property.name !== undefined && EXPIRY_OPTIONS.has(property.name.getText()));
  });
}

interface Found {
  readonly place: StorePlace;
  readonly known: KnownText;
  readonly node: ts.Node;
  readonly hasExpiry: boolean;
}

function rowOf(unit: SourceUnit, { place, known, node, hasExpiry: expires }: Found, expiring: ReadonlySet<string>): Row {
  const writes = WRITES.has(place.op);
  return {
    ...unit.at(node), engine: place.engine, op: place.op, role: place.role, text: known.text, form: known.form, builder: known.builder, writes,
    expires: expires || EXPIRES.test(place.op) || expiring.has(place.value.getText()) || expiring.has(known.text), test: unit.file.isTest,
  };
}

/** Constants, properties and functions named after keys or subjects in files that work with an engine. */
function namedPlaces(node: ts.Node, clients: Clients): readonly StorePlace[] {
  if (!ts.isVariableDeclaration(node) && !ts.isPropertyDeclaration(node) && !ts.isPropertyAssignment(node)) return [];
  const engine = clients.works('nats') ? 'nats' : clients.works('redis') ? 'redis' : undefined;
  const name = node.name.getText();
  if (engine === undefined || node.initializer === undefined || !NAMING.test(name)) return [];
  const value = bare(ts.isArrowFunction(node.initializer) && !ts.isBlock(node.initializer.body) ? node.initializer.body : node.initializer);
  if (!ts.isStringLiteralLike(value) && !ts.isTemplateExpression(value) && !ts.isBinaryExpression(value)) return [];
  return [{ engine, op: 'name', role: engine === 'nats' ? 'subject' : 'key', value }];
}

function looksPut(known: KnownText): boolean {
  return known.form !== 'unknown' && known.form !== 'builder' && /^[^\s/]*[:.][^\s]*$/.test(known.text) && !/^[^:.]*[:.]\/\//.test(known.text) && !/^\.|\.(js|ts|json|lua)$/.test(known.text);
}

function read(unit: SourceUnit): readonly Row[] {
  const names = namesOf(unit.source);
  const clients = new Clients(unit, names);
  const found: Found[] = [];
  const take = (places: readonly StorePlace[], call: ts.Node, expires: boolean): void => {
    for (const place of places.flatMap((one) => alternatives(one.value).map((value) => ({ ...one, value }))).flatMap((one) => throughCalls(one, names))) {
      const known: KnownText = place.text === undefined ? textOf(place.value, names) : { text: place.text, form: 'literal', builder: '' };
      if (place.op === 'name' && !looksPut(known)) continue;
      found.push({ place, known, node: place.value.pos < 0 ? call : place.value, hasExpiry: expires });
    }
  };
  eachNode(unit.source, (node) => {
    if (ts.isCallExpression(node)) {
      const receiver = receiverOf(node);
      const subjects = clients.isClient('nats', receiver) ? natsPlaces(node) : [];
      const taken = clients.methodTakenOff(node);
      if (subjects.length > 0) take(subjects, node, false);
      else if (taken !== undefined) take(placesOfCommand(taken, node.arguments).filter(isPlausible), node, hasExpiry(node));
      else take(redisPlaces(node, { onClient: clients.isClient('redis', receiver) }).filter(isPlausible), node, hasExpiry(node));
    } else if (ts.isObjectLiteralExpression(node) && clients.works('nats')) take(natsOptionPlaces(node), node, false);
    else take(namedPlaces(node, clients), node, false);
  });
  const expiring = new Set(found.filter(({ place }) => EXPIRES.test(place.op)).flatMap(({ place, known }) => [place.value.getText(), known.text]).filter((text) => text !== '{}'));
  const lua = luaPlaces(unit.source).map(({ node, command, text }) => ({
    ...unit.at(node), engine: 'redis', op: command, role: 'key', text, form: 'literal', builder: '', writes: false, expires: true, test: unit.file.isTest,
  }));
  return distinct([...found.map((one) => rowOf(unit, one, expiring)), ...lua]);
}

function distinct(rows: readonly Row[]): readonly Row[] {
  return [...new Map(rows.map((row) => [`${String(row.line)} ${String(row.op)} ${String(row.text)}`, row])).values()];
}

/** A command's first argument is a text: numbers, functions and objects belong to methods of the same name. */
function isPlausible({ value }: StorePlace): boolean {
  return !ts.isNumericLiteral(value) && !ts.isObjectLiteralExpression(value) && !ts.isFunctionLike(value) && value.kind !== ts.SyntaxKind.TrueKeyword;
}

/** Both sides of each condition. */
function alternatives(node: ts.Expression): readonly ts.Expression[] {
  const at = bare(node);
  return ts.isConditionalExpression(at) ? [...alternatives(at.whenTrue), ...alternatives(at.whenFalse)] : [at];
}

/** The engine that a function of the tenancy library builds for, by its name; empty for one that builds no key and no subject. */
function builtFor(name: string): string {
  if (/^redis|Keys?$/i.test(name)) return 'redis';
  return /^nats|(Subjects?|StreamName)$/i.test(name) ? 'nats' : '';
}

function isExported(node: ts.Node): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

/** What a node gives back as the value, or as a part of the value, of the function around it. */
function givenBack(node: ts.Node): ts.Expression | undefined {
  if (ts.isReturnStatement(node)) return node.expression;
  if (ts.isArrowFunction(node)) return ts.isBlock(node.body) ? undefined : node.body;
  return ts.isPropertyAssignment(node) ? node.initializer : undefined;
}

/** What the builders of the tenancy library give: every text that one of their functions puts together. */
function readBuilders(unit: SourceUnit): readonly Row[] {
  const names = namesOf(unit.source);
  const rows: Row[] = [];
  const readFunction = (name: string, exported: boolean, body: ts.Node): void => {
    const engine = builtFor(name);
    const visit = (node: ts.Node): void => {
      // What is thrown is a text for people.
      if (ts.isThrowStatement(node)) return;
      const given = givenBack(node);
      for (const value of given === undefined ? [] : alternatives(given)) {
        const known = textOf(value, names);
        if (known.form !== 'unknown' && known.form !== 'builder' && /[:.]/.test(known.text)) rows.push({ ...unit.at(value), engine, name, exported, text: known.text, test: unit.file.isTest });
      }
      ts.forEachChild(node, visit);
    };
    if (engine !== '') visit(body);
  };
  for (const statement of unit.source.statements) {
    if (ts.isFunctionDeclaration(statement)) readFunction(functionName(statement), isExported(statement), statement);
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) if (initializer !== undefined) readFunction(name.getText(), isExported(statement), initializer);
  }
  return rows;
}

/** Keys, channels and subjects given to Redis, Valkey and NATS, and what the builders of them make. */
export const storeUseSource: SyntaxSource = {
  name: 'store-uses',
  tables: {
    /**
     * engine: redis or nats; op: command or method, `name` for a named constant; role: key, channel, pattern, subject or stream; text: what is known of it,
     * unknown parts as {…}; form: literal, template, concat, builder or unknown; builder: function of @arqonbus/tenancy that made it; writes: the
     * command stores a value; expires: the value has a time to live; test: in test code.
     */
    store_uses: ['engine', 'op', 'role', 'text', 'form', 'builder', 'writes', 'expires', 'test'],
    /** What functions of the tenancy library return: engine by the function's name, name, whether the module exports it, text with {tenant} where the tenant stands. */
    store_builders: ['engine', 'name', 'exported', 'text', 'test'],
  },
  selects: (file) => !file.isGenerated,
  read: (unit) => ({ store_uses: read(unit), store_builders: unit.file.project === '@arqonbus/tenancy' ? readBuilders(unit) : [] }),
};
