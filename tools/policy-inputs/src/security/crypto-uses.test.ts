import { describe, expect, it } from 'vitest';

import { parseUnit } from '../syntax-pass.js';
import { cryptoUseSource } from './crypto-uses.js';
import { unsafeTextSource } from './unsafe-texts.js';

const imports = "import { createHash, createCipheriv } from 'node:crypto';\nimport { jwtVerify, decodeJwt } from 'jose';\n";

function rowsOf(text: string): readonly object[] {
  const unit = parseUnit({ path: 'libs/auth/src/a.ts', project: '@arqonbus/auth', isTest: false, isGenerated: false }, imports + text, []);
  const tables = { ...cryptoUseSource.read(unit), ...unsafeTextSource.read(unit) };
  return Object.entries(tables).flatMap(([table, rows]) => rows.map(({ file: _file, line: _line, project: _project, test: _test, ...row }) => ({ table, ...row })));
}

describe('uses of cryptography', () => {
  it.each([
    ['const o = { rejectUnauthorized: false };', { table: 'tls_settings', option: 'rejectUnauthorized', value: 'false' }],
    ['const strict = x(); const o = { rejectUnauthorized: strict };', { table: 'tls_settings', option: 'rejectUnauthorized', value: 'computed' }],
    ["process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';", { table: 'tls_settings', option: 'NODE_TLS_REJECT_UNAUTHORIZED', value: '0' }],
    ['const o = { checkServerIdentity: () => undefined };', { table: 'tls_settings', option: 'checkServerIdentity', value: 'function' }],
    ["const A = 'MD5'; createHash(A);", { table: 'crypto_uses', api: 'createHash', algorithm: 'md5', fixed: false }],
    ["import { createHash as h } from 'node:crypto'; h('md5');", { table: 'crypto_uses', api: 'createHash', algorithm: 'md5', fixed: false }],
    ['const m = Math;', { table: 'random_uses', within: [] }],
    ["createCipheriv('aes-256-cbc', key, Buffer.alloc(16));", { table: 'crypto_uses', api: 'createCipheriv', algorithm: 'aes-256-cbc', fixed: true }],
    ['function newId() { return Math.random(); }', { table: 'random_uses', within: ['newId'] }],
    ['jwtVerify(t, k);', { table: 'jwt_uses', api: 'jwtVerify', options: [], algorithms: [] }],
    ["const o = { algorithms: ['none'], issuer: 'i' }; jwtVerify(t, k, o);", { table: 'jwt_uses', api: 'jwtVerify', options: ['algorithms', 'issuer'], algorithms: ['none'] }],
    ["import * as crypto from 'node:crypto'; const make = crypto.createHash; make('md5');", { table: 'crypto_uses', api: 'createHash', algorithm: 'md5', fixed: false }],
    ['const readers = { decodeJwt };', { table: 'jwt_uses', api: 'decodeJwt', options: [], algorithms: [] }],
    ["export { decodeJwt as read } from 'jose';", { table: 'jwt_uses', api: 'decodeJwt', options: [], algorithms: [] }],
    ['export { decodeJwt };', { table: 'jwt_uses', api: 'decodeJwt', options: [], algorithms: [] }],
    ["import * as jose from 'jose'; tokens.map(jose.decodeJwt);", { table: 'jwt_uses', api: 'decodeJwt', options: [], algorithms: [] }],
    ["const f = async () => { const jose = await import('jose'); jose.decodeJwt(t); };", { table: 'jwt_uses', api: 'decodeJwt', options: [], algorithms: [] }],
    ["import read from 'jwt-decode'; read(t);", { table: 'jwt_uses', api: 'jwtDecode', options: [], algorithms: [] }],
    ['decodeJwt(t);', { table: 'jwt_uses', api: 'decodeJwt', options: [], algorithms: [] }],
    ["export const accepted = ['none', 'RS256', 'HS256'] as const;", { table: 'jwt_uses', api: 'list', options: [], algorithms: ['none', 'RS256', 'HS256'] }],
    ["const accepted = new Set(['HS512']);", { table: 'jwt_uses', api: 'list', options: [], algorithms: ['HS512'] }],
    ["const p = token.split('.')[1];", { table: 'jwt_uses', api: 'split', options: [], algorithms: [] }],
    ['const same = given === settings.operatorKey;', { table: 'secret_comparisons', name: 'operatorKey', operator: '===' }],
    ['Object.is(token, given);', { table: 'secret_comparisons', name: 'token', operator: 'is' }],
    ['isDeepStrictEqual(settings.secret, given);', { table: 'secret_comparisons', name: 'secret', operator: 'isDeepStrictEqual' }],
    ["const u = [base, '?token=', t].join('');", { table: 'url_tokens', form: 'url', name: 'token' }],
    ["const u = base.concat('?token=', t);", { table: 'url_tokens', form: 'url', name: 'token' }],
    ["db.query('SELECT 1 WHERE n = $NAME'.replace('$NAME', n));", { table: 'sql_texts', op: 'query', statement: 'select' }],
    ["const host = ['0', '0', '0', '0'].join('.'); server.listen({ port: 1, host });", { table: 'open_binds', host: '0.0.0.0', form: 'listen' }],
    ['function run(request) { const { payload: { tenant_id: owner } } = request; }', { table: 'sent_tenants', source: 'request.payload.tenant', function: 'run' }],
    ['mac.equals(other);', { table: 'secret_comparisons', name: 'mac', operator: 'equals' }],
    ['const u = `wss://x/?token=${t}`;', { table: 'url_tokens', form: 'url', name: 'token' }],
    ["url.searchParams.set('access_token', t);", { table: 'url_tokens', form: 'set', name: 'access_token' }],
    ['db.query(`SELECT 1 WHERE n = ${n}`);', { table: 'sql_texts', op: 'query', statement: 'select' }],
    ["const s = 'DELETE FROM t WHERE n = ' + n; db.exec(s);", { table: 'sql_texts', op: 'exec', statement: 'delete' }],
    ['server.listen(8080);', { table: 'open_binds', host: '', form: 'listen' }],
    ["const host = '0.0.0.0';", { table: 'open_binds', host: '0.0.0.0', form: 'literal' }],
    ['function run(value) { use(value.tenantId); }', { table: 'sent_tenants', source: 'value.tenantId', function: 'run' }],
    ['const other = async (call) => { const { tenant } = call.args as Args; };', { table: 'sent_tenants', source: 'call.args.tenant', function: 'other' }],
    ['function run(payload) { const { tenant } = payload; }', { table: 'sent_tenants', source: 'payload.tenant', function: 'run' }],
  ])('reads %s', (text, expected) => {
    expect(rowsOf(text)).toContainEqual(expected);
  });

  it.each([
    "if (token === '') stop();", 'if (secret !== undefined) go();', 'const t = session.tenant.id;', 'db.query(`SELECT ${COLUMNS} FROM t`); const COLUMNS = "a, b";',
    "server.listen(port, '127.0.0.1');", 'server.listen({ host, port });', 'const r = Math.floor(1.5);',
  ])('passes %s', (text) => {
    expect(rowsOf(text)).toEqual([]);
  });
});
