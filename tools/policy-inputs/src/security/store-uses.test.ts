import { describe, expect, it } from 'vitest';

import { parseUnit } from '../syntax-pass.js';
import { storeUseSource } from './store-uses.js';

function usesOf(text: string, path = 'libs/rooms/src/a.ts', project = '@arqonbus/rooms'): readonly string[] {
  const unit = parseUnit({ path, project, isTest: false, isGenerated: false }, text, []);
  return (storeUseSource.read(unit).store_uses ?? []).map(({ op, role, text: known, form }) => [op, role, known, form].map(String).join(' '));
}

function buildersIn(text: string): readonly string[] {
  const unit = parseUnit({ path: 'libs/tenancy/src/k.ts', project: '@arqonbus/tenancy', isTest: false, isGenerated: false }, text, []);
  return (storeUseSource.read(unit).store_builders ?? []).map((row) => [row.engine, row.name, row.exported, row.text].map(String).join(' '));
}

const redis = "import { Redis } from 'ioredis';\nconst redis = new Redis();\n";
const nats = "import { connect } from '@nats-io/transport-node';\nconst nc = await connect();\n";

describe('store uses', () => {
  it.each([
    ["redis.set('session:' + id, 1)", 'set key session:{} concat'],
    ['redis.hset(`room:${room}`, 1)', 'hset key room:{} template'],
    ["const K = 'a:'; redis.get(K + id)", 'get key a:{} concat'],
    ["redis.pipeline().set(['s', id].join(':'), 1)", 'set key s:{} concat'],
    ["redis.call('SET', 'x:y', 1)", 'set key x:y literal'],
    ["redis.multi([['del', `m:${id}`]])", 'del key m:{} template'],
    ["redis.mset({ 'a:b': 1, c: 2 })", 'mset key c literal'],
    ["redis.sendCommand(new Command('SET', ['all:1', '1']))", 'set key all:1 literal'],
    ["const { set } = redis; set('all:2', 1)", 'set key all:2 literal'],
    ["const put = redis.set.bind(redis); put('all:3', 1)", 'set key all:3 literal'],
    ["redis.eval('return 1', 1, 'k:' + id)", 'eval key k:{} concat'],
    ['redis.eval("redis.call(\'SET\', \'lua:\' .. ARGV[1], 1)", 0)', 'lua set key lua:{} literal'],
    ["redis.scanStream({ match: '*' })", 'scanstream pattern * literal'],
    ["function put(key: string) { redis.set(key, 1); } put('h:' + id)", 'set key h:{} concat'],
    ["redis.xread('BLOCK', 0, 'STREAMS', 'log:1', '$')", 'xread key log:1 literal'],
  ])('reads %s', (code, expected) => {
    expect(usesOf(redis + code)).toContain(expected);
  });

  it.each([
    ["nc.publish('orders.created')", 'publish subject orders.created literal'],
    ["nc.subscribe('>')", 'subscribe subject > literal'],
    ['nc.jetstream().publish(`t.${tenant}.x`)', 'publish subject t.{tenant}.x template'],
    ["manager.streams.add({ name: 'ALL', subjects: ['orders.>'] })", 'subjects subject orders.> literal'],
    ["manager.consumers.add('ALL', { filter_subject: 'o.*' })", 'filter_subject subject o.* literal'],
  ])('reads %s', (code, expected) => {
    expect(usesOf(nats + code)).toContain(expected);
  });

  it('knows what the tenancy library built', () => {
    const text = `${redis}import { redisTopicKeys } from '@arqonbus/tenancy';\nconst { meta } = redisTopicKeys('', key);\nredis.hget(meta, 'a');`;
    expect(usesOf(text)).toEqual(['hget key {builder} builder']);
  });

  it('knows a command of Redis on any object, and no method of a map', () => {
    expect(usesOf("export function f(client: Store, kept: Map<string, number>) { client.hset('k:1', 'f', 1); kept.get('a:b'); kept.delete('a:b'); }")).toEqual(['hset key k:1 literal']);
  });

  it('reads what builders make', () => {
    const text = 'export function natsAll(tenant: string) { return tenant === "" ? `t.*.x` : `t.${tenant}.x`; }';
    const unit = parseUnit({ path: 'libs/tenancy/src/k.ts', project: '@arqonbus/tenancy', isTest: false, isGenerated: false }, text, []);
    expect(storeUseSource.read(unit).store_builders?.map((row) => row.text)).toEqual(['t.*.x', 't.{tenant}.x']);
  });

  it.each([
    ['export const redisSeat = (seat: string): string => `seat:${seat}`;', 'redis redisSeat true seat:{}'],
    ['export const presenceKey = function (agent: string) { return `agent:${agent}` as Key; };', 'redis presenceKey true agent:{}'],
    ['export function roomSubject(room: string) { return ["r", room].join("."); }', 'nats roomSubject true r.{}'],
    ['function natsTokens(room: string) { return `r.${room}`; }', 'nats natsTokens false r.{}'],
  ])('reads the builder %s', (text, expected) => {
    expect(buildersIn(text)).toEqual([expected]);
  });

  it('takes no message of an error for a key', () => {
    expect(buildersIn("export function redisSeat(tenant: string) { if (tenant === '') throw new Failure({ message: 'a key: it begins with its tenant' }); return `tenant:${tenant}:seat`; }")).toEqual(['redis redisSeat true tenant:{tenant}:seat']);
  });
});
