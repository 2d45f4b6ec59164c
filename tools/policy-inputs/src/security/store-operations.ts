import ts from 'typescript';

import { bare, calleeName, propertyName, propertyOf, receiverOf } from './file-names.js';

/** A place where a key, subject, channel or pattern is given to an engine. */
export interface StorePlace {
  readonly engine: 'redis' | 'nats';
  /** Lower-case command or method, such as `set`, `xadd`, `publish`. */
  readonly op: string;
  readonly role: 'key' | 'channel' | 'pattern' | 'subject' | 'stream';
  readonly value: ts.Expression;
  /** The text where `value` is the name of a property; without it the text is that of the expression. */
  readonly text?: string;
}

/** Commands that other objects have no method of that name for. */
const REDIS_ONLY = new Set([
  'bitcount', 'blpop', 'brpop', 'bzpopmax', 'bzpopmin', 'decrby', 'expireat', 'geoadd', 'getbit', 'getdel', 'getex', 'getrange', 'getset', 'hdel', 'hexists', 'hget',
  'hgetall', 'hincrby', 'hincrbyfloat', 'hkeys', 'hlen', 'hmget', 'hmset', 'hscan', 'hset', 'hsetnx', 'hvals', 'incrby', 'incrbyfloat', 'lindex', 'linsert', 'llen', 'lmove', 'lpop', 'lpos', 'lpush', 'lpushx',
  'lrange', 'lrem', 'lset', 'ltrim', 'mget', 'mset', 'msetnx', 'pexpire', 'pexpireat', 'pfadd', 'pfcount', 'psetex', 'psubscribe', 'pttl', 'punsubscribe', 'rpop', 'rpoplpush',
  'rpush', 'rpushx', 'sadd', 'scard', 'sdiff', 'setbit', 'setex', 'setnx', 'setrange', 'sinter', 'sismember', 'smembers', 'smismember', 'smove', 'spop', 'spublish', 'srandmember', 'srem', 'sscan', 'ssubscribe', 'strlen',
  'sunion', 'unlink', 'xack', 'xadd', 'xautoclaim', 'xclaim', 'xdel', 'xlen', 'xpending', 'xrange', 'xread', 'xreadgroup', 'xrevrange', 'xtrim', 'zadd', 'zcard', 'zcount',
  'zincrby', 'zpopmax', 'zpopmin', 'zrange', 'zrangebyscore', 'zrank', 'zrem', 'zremrangebyscore', 'zrevrange', 'zscan', 'zscore',
]);
/** Commands whose name is common. */
const REDIS_COMMON = new Set([
  'append', 'copy', 'decr', 'del', 'dump', 'eval', 'evalsha', 'eval_ro', 'evalsha_ro', 'exists', 'expire', 'fcall', 'get', 'incr', 'keys', 'persist', 'publish', 'pubsub', 'rename', 'renamenx', 'restore', 'scan', 'scanstream', 'set',
  'sort', 'subscribe', 'touch', 'ttl', 'type', 'unsubscribe', 'watch', 'xgroup', 'xinfo',
]);
const EVERY_ARGUMENT = new Set(['blpop', 'brpop', 'bzpopmax', 'bzpopmin', 'del', 'exists', 'mget', 'pfcount', 'rename', 'renamenx', 'rpoplpush', 'sdiff', 'sinter', 'subscribe', 'psubscribe', 'punsubscribe', 'ssubscribe', 'sunion', 'touch', 'unlink', 'unsubscribe', 'watch']);
const CHANNELS = new Set(['publish', 'spublish', 'subscribe', 'ssubscribe', 'unsubscribe']);
const PATTERNS = new Set(['keys', 'psubscribe', 'punsubscribe', 'pubsub', 'scan', 'scanstream']);
const SCRIPTS = new Set(['eval', 'evalsha', 'eval_ro', 'evalsha_ro', 'fcall']);
const NATS_METHODS = new Set(['publish', 'publishmessage', 'subscribe', 'request', 'requestmany']);
const NATS_SUBJECT_OPTIONS = new Set([
  'subjects', 'subject', 'filter', 'filter_subject', 'filter_subjects', 'filterSubject', 'filterSubjects', 'subjects_filter', 'last_by_subj', 'next_by_subj', 'deliver_subject', 'deliverSubject',
]);

/** Lower-case command of a method name; ioredis' `…Buffer` variants are the command. */
function commandOf(method: string): string {
  return method.replace(/Buffer$/, '').toLowerCase();
}

/** Whether a method of that name is a command of Redis whatever it is called on. */
export function isRedisOnly(method: string): boolean {
  return REDIS_ONLY.has(commandOf(method));
}

/** The expressions in a place: elements of an array literal, else the expression itself. */
function elementsOf(node: ts.Expression): readonly ts.Expression[] {
  const at = bare(node);
  if (!ts.isArrayLiteralExpression(at)) return [at];
  return at.elements.flatMap((element) => (ts.isSpreadElement(element) ? elementsOf(element.expression) : elementsOf(element)));
}

function placesOfScript(op: string, call: readonly ts.Expression[]): StorePlace[] {
  const [, second] = call;
  if (second === undefined) return [];
  const at = bare(second);
  const options = ts.isObjectLiteralExpression(at) ? propertyOf(at, 'keys') : undefined;
  const count = ts.isNumericLiteral(at) ? Number(at.text) : call.length;
  const keys = options !== undefined ? elementsOf(options) : call.slice(2, 2 + count).flatMap(elementsOf);
  return keys.map((value) => ({ engine: 'redis', op, role: 'key', value }));
}

function afterWord(call: readonly ts.Expression[], word: string): readonly ts.Expression[] {
  const at = call.findIndex((argument) => ts.isStringLiteralLike(argument) && argument.text.toUpperCase() === word);
  return at < 0 ? [] : call.slice(at + 1);
}

function matchOption(call: readonly ts.Expression[]): readonly ts.Expression[] {
  const object = call.map(bare).find(ts.isObjectLiteralExpression);
  const given = object === undefined ? undefined : propertyOf(object, 'MATCH', 'match');
  return given === undefined ? afterWord(call, 'MATCH').slice(0, 1) : [given];
}

function keysOf(op: string, call: readonly ts.Expression[]): readonly ts.Expression[] {
  if (op === 'scan' || op === 'scanstream') return matchOption(call);
  if (op === 'xread' || op === 'xreadgroup') {
    const streams = afterWord(call, 'STREAMS');
    return streams.slice(0, Math.ceil(streams.length / 2));
  }
  if (op === 'xgroup' || op === 'xinfo' || op === 'pubsub') return call.slice(1, 2);
  if (op === 'mset' || op === 'msetnx') return call.filter((_argument, index) => index % 2 === 0);
  return EVERY_ARGUMENT.has(op) ? call : call.slice(0, 1);
}

/** Keys that are names of properties: `mset({ a: 1 })`. */
function placesOfProperties(op: string, given: ts.ObjectLiteralExpression): StorePlace[] {
  return given.properties.flatMap(({ name }): StorePlace[] => {
    if (name === undefined || ts.isPrivateIdentifier(name)) return [];
    if (ts.isComputedPropertyName(name)) return [{ engine: 'redis', op, role: 'key', value: name.expression }];
    return [{ engine: 'redis', op, role: 'key', value: name, text: name.text }];
  });
}

/** Keys of one command with its arguments. */
export function placesOfCommand(method: string, call: readonly ts.Expression[]): StorePlace[] {
  const op = commandOf(method);
  if (!REDIS_ONLY.has(op) && !REDIS_COMMON.has(op)) return [];
  if (SCRIPTS.has(op)) return placesOfScript(op, call);
  const [first] = call;
  const given = first === undefined ? undefined : bare(first);
  if ((op === 'mset' || op === 'msetnx') && given !== undefined && ts.isObjectLiteralExpression(given)) return placesOfProperties(op, given);
  const role = CHANNELS.has(op) ? 'channel' : PATTERNS.has(op) ? 'pattern' : 'key';
  const values = keysOf(op, call).flatMap((value) => elementsOf(ts.isSpreadElement(value) ? value.expression : value));
  return values.filter((value) => !ts.isFunctionLike(value)).map((value) => ({ engine: 'redis', op, role, value }));
}

/** `new Command('SET', [key])` of ioredis. */
function placesOfMade({ arguments: [command, args] = ts.factory.createNodeArray<ts.Expression>() }: ts.NewExpression): StorePlace[] | undefined {
  const name = command === undefined ? undefined : bare(command);
  return name !== undefined && ts.isStringLiteralLike(name) && args !== undefined ? placesOfCommand(name.text, elementsOf(args)) : undefined;
}

/** Commands that are given by name: `call('SET', key)`, `sendCommand(['SET', key])`, `multi([['set', key, 1]])`. */
function placesOfNamed(node: ts.CallExpression): StorePlace[] | undefined {
  const name = calleeName(node);
  if (!/^(command|call|callBuffer|sendCommand|customCommand|send|multi|pipeline|run|runScript|addCommand)$/.test(name)) return undefined;
  const [first, second, third] = node.arguments;
  if (first === undefined) return undefined;
  if ((name === 'run' || name === 'runScript') && second !== undefined && third !== undefined && ts.isArrayLiteralExpression(bare(second))) {
    return elementsOf(second).map((value) => ({ engine: 'redis', op: 'eval', role: 'key', value }));
  }
  const at = bare(first);
  if (ts.isNewExpression(at)) return placesOfMade(at);
  if (ts.isStringLiteralLike(at)) return placesOfCommand(at.text, node.arguments.slice(1));
  if (!ts.isArrayLiteralExpression(at)) return undefined;
  const rows = at.elements.some(ts.isArrayLiteralExpression) ? at.elements.filter(ts.isArrayLiteralExpression) : [at];
  return rows.flatMap(({ elements: [command, ...rest] }) => (command !== undefined && ts.isStringLiteralLike(command) ? placesOfCommand(command.text, rest) : []));
}

/** Keys and channels that a call gives to Redis or Valkey. `onClient` tells whether the receiver is known to be a client. */
export function redisPlaces(node: ts.CallExpression, { onClient }: { readonly onClient: boolean }): StorePlace[] {
  const named = onClient ? placesOfNamed(node) : undefined;
  if (named !== undefined) return named;
  const method = calleeName(node);
  if (receiverOf(node) === undefined || (!onClient && !isRedisOnly(method))) return [];
  return placesOfCommand(method, node.arguments);
}

/** Subjects that a call gives to NATS as its first argument. */
export function natsPlaces(node: ts.CallExpression): StorePlace[] {
  const op = calleeName(node).toLowerCase();
  const [first] = node.arguments;
  if (!NATS_METHODS.has(op) || first === undefined || receiverOf(node) === undefined) return [];
  return elementsOf(first).map((value) => ({ engine: 'nats', op, role: 'subject', value }));
}

/** Subjects and stream names in the options of streams and consumers. */
export function natsOptionPlaces(node: ts.ObjectLiteralExpression): StorePlace[] {
  const places = node.properties.flatMap((property): StorePlace[] => {
    const name = propertyName(property);
    const value = propertyOf(node, name);
    if (value === undefined || !NATS_SUBJECT_OPTIONS.has(name)) return [];
    return elementsOf(value).map((element) => ({ engine: 'nats', op: name, role: 'subject', value: element }));
  });
  const stream = propertyOf(node, 'name');
  if (stream !== undefined && propertyOf(node, 'subjects') !== undefined) places.push({ engine: 'nats', op: 'stream', role: 'stream', value: stream });
  return places;
}
