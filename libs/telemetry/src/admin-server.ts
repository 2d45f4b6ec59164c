import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { isArqonError } from '@arqonbus/errors';

import { createControlGate, type ControlGate } from './admin-control.js';
import { AdminRefusal, readJsonBody, sendJson, type AdminMethod, type AdminRequest, type AdminResponse, type AdminRoute } from './admin-routes.js';
import type { AuditLog } from './audit-log.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import type { Readiness } from './readiness.js';

const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_TIMEOUT_MS = 5_000;
const MAX_HEADER_BYTES = 16_384;
const MAX_CONNECTIONS = 128;
const CLOSE_GRACE_MS = 1_000;

/** Options of startAdminServer(). */
export interface AdminServerOptions {
  /** Address to bind; default 127.0.0.1 (M4). */
  readonly host?: string;
  /** Port; 0 picks a free one. */
  readonly port: number;
  readonly readiness: Readiness;
  /** Body of GET /status, built at each request. */
  readonly status: () => object | Promise<object>;
  /** Body of GET /version. */
  readonly version: object;
  /** Without it GET /metrics does not exist. */
  readonly metrics?: Pick<Metrics, 'handleScrape'>;
  /** Carried out, not awaited, by POST /drain, which answers 202. Without it the route does not exist. */
  readonly drain?: () => void | Promise<void>;
  /** At least 16 characters. Without it no control route exists. */
  readonly operatorKey?: string;
  readonly audit: AuditLog;
  readonly logger: Logger;
  readonly routes?: readonly AdminRoute[];
}

/** A running admin server. */
export interface AdminServer {
  readonly port: number;
  /** Stops listening, lets answers in progress end for at most a second, then cuts them. */
  close(): Promise<void>;
}

type ServedRoute = AdminRoute & { readonly raw?: (request: IncomingMessage, response: ServerResponse) => void };
/** Routes by path, then by method. */
type RouteTable = ReadonlyMap<string, ReadonlyMap<AdminMethod, ServedRoute>>;

function ok(body: unknown): AdminResponse {
  return { status: 200, body };
}

function builtInRoutes(options: AdminServerOptions): ServedRoute[] {
  const { readiness, metrics, drain } = options;
  const get = (path: string, handler: AdminRoute['handler']): ServedRoute => ({ method: 'GET', path, handler, control: false });
  const routes = [
    get('/health', () => ok({ status: 'ok' })),
    get('/ready', () => {
      const { state, reasons } = readiness;
      return { status: state === 'NotReady' ? 503 : 200, body: { state, reasons } };
    }),
    get('/status', async () => ok(await options.status())),
    get('/version', () => ok(options.version)),
  ];
  if (metrics !== undefined) {
    routes.push({ ...get('/metrics', () => ok(undefined)), raw: (request, response) => metrics.handleScrape(request, response) });
  }
  if (drain !== undefined) routes.push({ method: 'POST', path: '/drain', control: true, handler: () => startDrain(drain, options.logger) });
  return routes;
}

/** Answers before the drain ends, because the drain also closes this server. */
function startDrain(drain: () => void | Promise<void>, logger: Logger): AdminResponse {
  const run = async (): Promise<void> => {
    try {
      await drain();
    } catch (error) {
      logger.error({ error }, 'drain asked for by an operator failed');
    }
  };
  setImmediate(() => void run());
  return { status: 202, body: { status: 'draining' } };
}

function buildTable(options: AdminServerOptions): RouteTable {
  const table = new Map<string, Map<AdminMethod, ServedRoute>>();
  for (const route of [...builtInRoutes(options), ...(options.routes ?? [])]) {
    if (route.control && options.operatorKey === undefined) continue;
    const methods = table.get(route.path) ?? new Map<AdminMethod, ServedRoute>();
    if (methods.has(route.method)) throw new TypeError(`The admin route ${route.method} ${route.path} is given twice.`);
    table.set(route.path, methods.set(route.method, route));
  }
  return table;
}

function findRoute(table: RouteTable, method: string, path: string): ServedRoute {
  const methods = table.get(path);
  if (methods === undefined) throw new AdminRefusal(404, 'NOT_FOUND', 'No such path.');
  for (const [candidate, route] of methods) {
    if (candidate === method || (candidate === 'GET' && method === 'HEAD')) return route;
  }
  const allow = [...methods.keys()].flatMap((known) => (known === 'GET' ? ['GET', 'HEAD'] : [known])).join(', ');
  throw new AdminRefusal(405, 'METHOD_NOT_ALLOWED', `This path answers ${allow}.`, { allow });
}

async function serve(table: RouteTable, gate: ControlGate | undefined, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const route = findRoute(table, request.method ?? 'GET', path);
  if (route.raw !== undefined) {
    route.raw(request, response);
    return;
  }
  const action = `admin.${route.method} ${route.path}`;
  // The key is checked before a byte of the body is read.
  if (route.control) await gate?.admit(request, action);
  const told: AdminRequest = {
    method: route.method,
    path: route.path,
    query: new URLSearchParams(query),
    body: route.method === 'GET' ? undefined : await readJsonBody(request),
    actor: route.control ? 'operator' : 'anonymous',
  };
  const handle = async (): Promise<AdminResponse> => route.handler(told);
  const answer = route.control && gate !== undefined ? await gate.carryOut(request, action, handle) : await handle();
  sendJson(response, answer.status, answer.body);
}

function refuse(error: unknown, table: RouteTable, options: AdminServerOptions, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (error instanceof AdminRefusal) {
    const paths = error.status === 404 ? { paths: [...table.keys()] } : {};
    sendJson(response, error.status, { error: { code: error.code, message: error.message }, ...paths }, error.headers);
    return;
  }
  if (isArqonError(error)) {
    const status = error.code === 'AUDIT_UNAVAILABLE' ? 503 : 400;
    sendJson(response, status, { error: { code: error.code, message: error.message } });
    return;
  }
  options.logger.error({ error }, 'admin request failed');
  sendJson(response, 500, { error: { code: 'INTERNAL', message: 'The request failed; the log tells why.' } });
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/**
 * Starts the HTTP server for operators on a port of its own (M4): GET /health, /ready, /status, /version, /metrics,
 * POST /drain and the given routes, JSON for people, bounded in connections, bytes and time.
 * @throws Error of the listener when the address cannot be bound, TypeError when a route is given twice or the key is short.
 */
export async function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const table = buildTable(options);
  const gate = options.operatorKey === undefined ? undefined : createControlGate({ operatorKey: options.operatorKey, audit: options.audit });
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    serve(table, gate, request, response).catch((error: unknown) => refuse(error, table, options, response));
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.maxConnections = MAX_CONNECTIONS;
  const port = await listen(server, options.host ?? '127.0.0.1', options.port);
  server.on('error', (error) => options.logger.error({ error }, 'admin listener failed'));
  return { port, close: () => closeServer(server) };
}
