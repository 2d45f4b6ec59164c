import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';

import { ArqonError } from '@arqonbus/errors';
import { afterEach, describe, expect, it } from 'vitest';

import {
  AdminRefusal, createLogger, MemoryAuditLog, observeProcess, Readiness, startAdminServer, startMetrics,
  type AdminRoute, type AdminServer, type AdminServerOptions, type AuditLog,
} from '../src/index.js';
import { parsePrometheusText } from './prometheus-text.js';

const operatorKey = 'an-operator-key-of-some-length';
const bearer = { authorization: `Bearer ${operatorKey}` };
const servers: AdminServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

interface Setup {
  readonly server: AdminServer;
  readonly url: string;
  readonly readiness: Readiness;
  readonly audit: MemoryAuditLog;
  log(): string;
}

async function setUp(options: Partial<AdminServerOptions> = {}): Promise<Setup> {
  const destination = new PassThrough();
  const logger = createLogger({ service: 'spine', nodeId: 'n', version: '1', level: 'DEBUG', destination });
  const readiness = new Readiness(() => undefined);
  const audit = new MemoryAuditLog();
  const server = await startAdminServer({ port: 0, readiness, status: () => ({ sessions: 3n }), version: { version: '1.2.3' }, audit, logger, ...options });
  servers.push(server);
  return { server, url: `http://127.0.0.1:${server.port}`, readiness, audit, log: () => String(destination.read() ?? '') };
}

async function sendRaw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString();
  });
  socket.write(text);
  await new Promise((resolve) => socket.once('close', resolve));
  return answer;
}

function route(path: string, handler: AdminRoute['handler'], options: Partial<AdminRoute> = {}): AdminRoute {
  return { method: 'GET', path, handler, control: false, ...options };
}

describe('startAdminServer()', () => {
  it('answers /health, /status and /version with JSON for people that no cache keeps', async () => {
    const { url } = await setUp();
    for (const [path, body] of [['/health', { status: 'ok' }], ['/status', { sessions: '3' }], ['/version', { version: '1.2.3' }]] as const) {
      const response = await fetch(url + path);
      const text = await response.text();
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(text).toBe(`${JSON.stringify(body, null, 2)}\n`);
    }
  });

  it('answers /ready 503 when NotReady, 200 when Degraded or Ready, with state and reasons (G9)', async () => {
    const { url, readiness } = await setUp();
    const ready = async (): Promise<unknown> => {
      const response = await fetch(`${url}/ready`);
      return [response.status, await response.json()];
    };
    expect(await ready()).toEqual([503, { state: 'NotReady', reasons: ['starting'] }]);
    readiness.set('store_unavailable', 'degraded');
    readiness.clear('starting');
    expect(await ready()).toEqual([200, { state: 'Degraded', reasons: ['store_unavailable'] }]);
    readiness.clear('store_unavailable');
    expect(await ready()).toEqual([200, { state: 'Ready', reasons: [] }]);
  });

  it('answers /metrics in the Prometheus text format', async () => {
    const metrics = startMetrics({ service: 's', version: '1', nodeId: 'n' });
    observeProcess(metrics.meter);
    const { url } = await setUp({ metrics });
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(parsePrometheusText(await response.text()).map(({ name }) => name)).toContain('process_uptime_seconds');
    await metrics.shutdown();
  });

  it('answers HEAD as GET without a body', async () => {
    const { url } = await setUp();
    const response = await fetch(`${url}/ready`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([503, '']);
  });

  it('answers an unknown path 404 with the list of paths', async () => {
    const { url } = await setUp({ drain: () => undefined, operatorKey });
    const response = await fetch(`${url}/nope?x=1`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'NOT_FOUND' }, paths: ['/health', '/ready', '/status', '/version', '/drain'] });
    expect((await fetch(`${url}//`)).status).toBe(404);
  });

  it('answers a wrong method 405 with Allow', async () => {
    const { url } = await setUp({ drain: () => undefined, operatorKey });
    const posted = await fetch(`${url}/health`, { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const got = await fetch(`${url}/drain`);
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('has no control route without an operator key (M4)', async () => {
    const { url, audit } = await setUp({ drain: () => undefined, routes: [route('/kick', () => ({ status: 200, body: {} }), { method: 'POST', control: true })] });
    expect((await fetch(`${url}/drain`, { method: 'POST', headers: bearer })).status).toBe(404);
    expect((await fetch(`${url}/kick`, { method: 'POST', headers: bearer })).status).toBe(404);
    expect(audit.records).toEqual([]);
  });

  it.each([[{}], [{ authorization: 'Bearer wrong' }], [{ authorization: `Basic ${operatorKey}` }], [{ authorization: `Bearer ${operatorKey}x` }]])(
    'refuses control with %j and records the refusal', async (headers) => {
      let drained = false;
      const { url, audit } = await setUp({ operatorKey, drain: () => { drained = true; } });
      const response = await fetch(`${url}/drain`, { method: 'POST', headers });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(drained).toBe(false);
      expect(audit.records).toEqual([
        expect.objectContaining({ action: 'admin.POST /drain', actor: 'anonymous', outcome: 'refused', code: 'UNAUTHENTICATED', detail: { remote_address: '127.0.0.1' } }),
      ]);
    });

  it('drains for the operator, recorded before it is done', async () => {
    const events = new EventEmitter();
    const context = await setUp({ operatorKey, drain: () => void events.emit('drain', context.audit.records.length) });
    const drained = once(events, 'drain');
    const response = await fetch(`${context.url}/drain`, { method: 'POST', headers: bearer });
    expect([response.status, await response.json()]).toEqual([202, { status: 'draining' }]);
    expect(await drained).toEqual([1]);
    expect(context.audit.records[0]).toMatchObject({ action: 'admin.POST /drain', actor: 'operator', outcome: 'done' });
  });

  it('refuses control with 503 AUDIT_UNAVAILABLE when nothing can be recorded', async () => {
    let drained = false;
    const audit: AuditLog = { append: () => Promise.reject(new ArqonError('AUDIT_UNAVAILABLE')), close: () => Promise.resolve() };
    const { url } = await setUp({ operatorKey, audit, drain: () => { drained = true; } });
    for (const headers of [bearer, {}]) {
      const response = await fetch(`${url}/drain`, { method: 'POST', headers });
      expect([response.status, await response.json()]).toMatchObject([503, { error: { code: 'AUDIT_UNAVAILABLE' } }]);
    }
    expect(drained).toBe(false);
  });

  it('bounds the records that wrong keys can cause, and still admits the right one', async () => {
    const { url, audit } = await setUp({ operatorKey, drain: () => undefined });
    const statuses = new Map<number, number>();
    for (let index = 0; index < 70; index += 1) {
      const { status } = await fetch(`${url}/drain`, { method: 'POST', headers: { authorization: 'Bearer guess' } });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses]).toEqual([[401, 60], [429, 10]]);
    expect((await fetch(`${url}/drain`, { method: 'POST', headers: bearer })).status).toBe(202);
    expect(audit.records).toHaveLength(61);
    expect(audit.records.at(-1)?.detail).toEqual({ remote_address: '127.0.0.1', unrecorded_refusals: 10 });
  });

  it('serves further routes with query, body and actor', async () => {
    const echo: AdminRoute['handler'] = ({ query, body, actor, method }) => ({ status: 201, body: { a: query.get('a'), body, actor, method } });
    const { url } = await setUp({ operatorKey, routes: [route('/open', echo), route('/kick', echo, { method: 'POST', control: true })] });
    expect(await (await fetch(`${url}/open?a=1`)).json()).toEqual({ a: '1', actor: 'anonymous', method: 'GET' });
    const response = await fetch(`${url}/kick`, { method: 'POST', headers: bearer, body: '{"x":[1]}' });
    expect([response.status, await response.json()]).toEqual([201, { a: null, body: { x: [1] }, actor: 'operator', method: 'POST' }]);
  });

  it('records a failed action behind its grant and tells the code', async () => {
    const fail = (): never => {
      throw new ArqonError('NOT_PERMITTED');
    };
    const { url, audit } = await setUp({ operatorKey, routes: [route('/kick', fail, { method: 'POST', control: true })] });
    const response = await fetch(`${url}/kick`, { method: 'POST', headers: bearer });
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'NOT_PERMITTED' } }]);
    expect(audit.records.map(({ outcome, code }) => [outcome, code])).toEqual([['done', undefined], ['failed', 'NOT_PERMITTED']]);
  });

  it('answers 500 without details when a handler fails, and logs them redacted (M7)', async () => {
    const context = await setUp({
      routes: [route('/bad', () => { throw new Error('inside Bearer canary-secret'); }), route('/gone', () => { throw new AdminRefusal(410, 'GONE', 'Gone.'); })],
    });
    const response = await fetch(`${context.url}/bad`);
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('inside');
    const log = context.log();
    expect(log).toContain('inside');
    expect(log).not.toContain('canary');
    expect((await fetch(`${context.url}/gone`)).status).toBe(410);
  });

  it('refuses a body over 64 KiB with 413 and one that is not JSON with 400', async () => {
    const { url } = await setUp({ routes: [route('/put', ({ body }) => ({ status: 200, body: { body } }), { method: 'PUT' })] });
    const put = async (body: string): Promise<number> => (await fetch(`${url}/put`, { method: 'PUT', body })).status;
    expect(await put(`"${'x'.repeat(65_534)}"`)).toBe(200);
    expect(await put(`"${'x'.repeat(65_535)}"`)).toBe(413);
    expect(await put('x'.repeat(1_000_000))).toBe(413);
    expect(await put('{')).toBe(400);
    expect(await put('')).toBe(200);
  });

  it('refuses headers over 16 KiB with 431 and nonsense with 400', async () => {
    const { server } = await setUp();
    expect(await sendRaw(server.port, `GET /health HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431/);
    expect(await sendRaw(server.port, '\0\0\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
  });

  it('refuses a port that is taken, a route given twice and a short operator key', async () => {
    const { server } = await setUp();
    await expect(setUp({ port: server.port })).rejects.toThrow('EADDRINUSE');
    await expect(setUp({ routes: [route('/health', () => ({ status: 200, body: {} }))] })).rejects.toThrow(TypeError);
    await expect(setUp({ operatorKey: 'short' })).rejects.toThrow(TypeError);
  });

  it('closes while a client holds an open connection', async () => {
    const { server } = await setUp();
    const socket = connect(server.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write('GET /health HTTP/1.1\r\nhost: x\r\n');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await server.close();
    await closed;
    expect(socket.closed).toBe(true);
  });
});
