import { createLinkKeyCheck, createTokenVerifier } from '@arqonbus/auth';
import { ArqonError } from '@arqonbus/errors';
import { DELIVER_HEADROOM_BYTES } from '@arqonbus/link';
import { MemoryLiveHistory } from '@arqonbus/storage';
import { openAuditLogFile, Readiness, startAdminServer, startMetrics, startTracing, type Logger } from '@arqonbus/telemetry';
import { startTransport } from '@arqonbus/transport';
import { randomBytes } from 'node:crypto';
import { createBus, type SpineSettings } from './bus.js';
import { openStore } from './compose-store.js';
import { casilRoutes } from './casil/index.js';
import { createLifecycle, type Lifecycle } from './lifecycle.js';
import { listenerOptions } from './listeners.js';
import { Timers } from './routing/index.js';
import { publishSpans, registerMetrics } from './telemetry/index.js';
import { LinkDoor, ServiceDoor } from './transport/index.js';

/** The composition root: the one place that names concrete adapters. */
export async function startSpine(settings: SpineSettings, version: string, logger: Logger): Promise<Lifecycle> {
  const nodeId = settings['node.id'];
  const { log: audit, recovery } = await openAuditLogFile({ path: settings['audit.file'], fsync: settings['audit.sync'] });
  if (recovery.tornLineMovedTo !== undefined) logger.warn({ moved_to: recovery.tornLineMovedTo }, 'audit log ended in a torn line, which was moved aside');
  const readiness = new Readiness((transition) => { logger.info(transition, 'readiness changed'); });
  const metrics = startMetrics({ service: 'spine', version, nodeId });
  const endpoint = settings['tracing.endpoint'];
  const tracing = startTracing({ service: 'spine', version, exporter: settings['tracing.exporter'], ...(endpoint === undefined ? {} : { endpoint }) });
  const verifier = createTokenVerifier({ keySource: keySourceOf(settings), issuer: settings['auth.issuer'], audience: settings['auth.audience'] });
  const store = new MemoryLiveHistory({
    maxBytes: settings['history.max_total_bytes'], maxUnacknowledgedRuns: settings['limits.max_unacknowledged_runs_count'],
    producerIdleMs: settings['history.producer_idle_ms'], headroomBytes: DELIVER_HEADROOM_BYTES, exposesInspection: settings['casil.enabled'] && settings['casil.expose_metadata_to_clients'],
  });
  const durable = await openStore(settings);
  const nowMs = Date.now;
  const bus = createBus({
    settings, version, store, durable, audit, verifier, readiness, logger, nowMs, spans: publishSpans(tracing),
    onTopicOpened: (topic) => { links.topicOpened(topic); },
    onTopicClosed: (topic) => { links.topicClosed(topic); },
    onTopicReset: (topic) => { links.topicReset(topic); },
  });
  const lifecycle = createLifecycle({ settings, bus, audit, readiness, logger, verifier, durable, closers: [() => durable?.backplane.close(), () => durable?.store.close(), () => metrics.shutdown(), () => tracing.shutdown(), () => audit.close()] });
  const shared = { verifier, logger, ...bus, nowMs, isDraining: () => lifecycle.isDraining() };
  const links: LinkDoor = new LinkDoor({
    ...shared, linkKeyMatches: createLinkKeyCheck(settings['link.key']), maxLinkBufferBytes: settings['limits.max_link_buffer_bytes'],
    welcome: {
      spineId: nodeId, version, heartbeatMs: settings.heartbeat_ms, maxFrameBytes: settings['limits.max_frame_bytes'],
      maxSessionBufferBytes: settings['limits.max_session_buffer_bytes'],
    },
  });
  const service = new ServiceDoor({ ...shared, newSessionId });
  const onWarning = (message: string): void => {
    readiness.set('fallback_transport', 'degraded');
    logger.warn({}, message);
  };
  const choice = { prefer: settings.transport, onWarning };
  const serviceListener = await startTransport(listenerOptions(settings, 'service'), service, choice);
  const linkListener = await startTransport(listenerOptions(settings, 'link'), links, choice);
  service.attach(serviceListener.server);
  links.attach(linkListener.server);
  bus.fanOut.attach({ direct: service, links });
  const heartbeat = (): void => {
    service.publishToAll(emptyFrame);
    links.publishToAll(emptyFrame);
  };
  const timers = new Timers({ heartbeatMs: settings.heartbeat_ms, quietMs: 1_000, quietRepeatMs: 30_000, sweepMs: 30_000 }, { ...bus, heartbeat }, nowMs);
  registerMetrics(metrics.meter, { bus, service, links, store, durable, logger });
  const operatorKey = settings['admin.operator_key'];
  const admin = await startAdminServer({
    host: settings['admin.host'], port: settings['admin.port'], readiness, audit, logger, metrics, version: { name: 'arqonbus-spine', version, node: process.version },
    status: () => lifecycle.describe(), drain: () => { lifecycle.requestStop(); }, routes: casilRoutes(bus.casil), ...(operatorKey === undefined ? {} : { operatorKey }),
  });
  lifecycle.begin({ servers: [serviceListener.server, linkListener.server], service, links, timers, admin, kind: serviceListener.kind });
  return lifecycle;
}

const emptyFrame = new Uint8Array(0);

/** Exact as a JavaScript number, never 0. */
function newSessionId(): number {
  const bytes = randomBytes(7);
  return (bytes.readUIntBE(0, 6) * 32 + (bytes.readUInt8(6) & 31)) || 1;
}

/** @throws ArqonError INVALID_ARGUMENT unless exactly one source of keys is set. */
function keySourceOf(settings: SpineSettings): { url: string } | { file: string } {
  const url = settings['auth.jwks_url'];
  const file = settings['auth.jwks_file'];
  if (url !== undefined && file === undefined) return { url };
  if (file !== undefined && url === undefined) return { file };
  throw new ArqonError('INVALID_ARGUMENT', { field: 'auth.jwks_url', message: 'set exactly one of auth.jwks_url and auth.jwks_file' });
}

