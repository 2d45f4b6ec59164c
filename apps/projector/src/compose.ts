import { ArqonError, connect } from '@arqonbus/sdk';
import { createEpisodeStore } from '@arqonbus/storage-postgres';
import { openAuditLogFile, Readiness, startAdminServer, startMetrics, startTracing, type Logger } from '@arqonbus/telemetry';
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { startBackfills } from './backfill/index.js';
import { databaseOf } from './compose-database.js';
import { listenForCalls } from './control/index.js';
import { RunningProjector } from './projector.js';
import type { ProjectorSettings } from './settings.js';
import { projectionSpans } from './telemetry/projection-spans.js';
import { ProjectorMetrics } from './telemetry/projector-metrics.js';
import { ProjectorReadiness } from './telemetry/projector-readiness.js';
import { TenantHealth } from './tenant/tenant-health.js';
import { readTokenFile } from './tenant/token-file.js';

/** Short enough that a token file or a Spine that comes back is noticed soon. */
const reconnectDelays = { minDelayMs: 100, maxDelayMs: 3_000 };

/** The composition root: the one place that names concrete adapters. Resolves once the admin server listens. */
export async function startProjector(settings: ProjectorSettings, version: string, logger: Logger): Promise<RunningProjector> {
  const nodeId = settings['node.id'];
  const { log: audit, recovery } = await openAuditLogFile({ path: settings['audit.file'], fsync: settings['audit.sync'] });
  if (recovery.tornLineMovedTo !== undefined) logger.warn({ moved_to: recovery.tornLineMovedTo }, 'audit log ended in a torn line, which was moved aside');
  const processReadiness = new Readiness((transition) => { logger.info(transition, 'readiness changed'); });
  const otel = startMetrics({ service: 'projector', version, nodeId });
  const endpoint = settings['tracing.endpoint'];
  const exporter = settings['tracing.exporter'];
  const tracing = startTracing({ service: 'projector', version, exporter, spanName: 'arqonbus project', ...(endpoint === undefined ? {} : { endpoint }) });
  const tenantHealth = new Map(settings.tenants.map((tenantId) => [tenantId, new TenantHealth()]));
  const ca = await readCertificates(settings['bus.ca_file']);
  const { store, open: openStore } = createEpisodeStore({ database: databaseOf(settings), migrate: settings['database.migrate'], instance: nodeId });
  const projector = new RunningProjector({
    settings, logger, tenantHealth, processReadiness, startBackfills, startControl: listenForCalls, random, nowMs: Date.now,
    spans: exporter === 'none' ? undefined : projectionSpans(tracing),
    metrics: new ProjectorMetrics(otel.meter), readiness: new ProjectorReadiness(processReadiness, [...tenantHealth.values()]),
    store, openStore,
    connect: (tenantId, signal) => connect({
      url: settings['bus.url'], ca, signal, reconnect: reconnectDelays, getToken: () => readTokenFile(settings['bus.token_dir'], tenantId),
    }),
    closers: [() => tracing.shutdown(), () => otel.shutdown(), () => audit.close()],
  });
  const operatorKey = settings['admin.operator_key'];
  projector.begin(await startAdminServer({
    host: settings['admin.host'], port: settings['admin.port'], readiness: processReadiness, audit, logger, metrics: otel,
    version: { name: 'arqonbus-projector', version, node: process.version }, status: () => projector.describe(),
    drain: () => { projector.requestStop(); }, ...(operatorKey === undefined ? {} : { operatorKey }),
  }));
  return projector;
}

/** From 0 to 1. */
function random(): number {
  return randomInt(1 << 30) / (1 << 30);
}

/** Rejects with ArqonError INVALID_ARGUMENT for a file that cannot be read. */
async function readCertificates(path: string | undefined): Promise<Buffer | undefined> {
  try {
    return path === undefined ? undefined : await readFile(path);
  } catch (cause) {
    throw new ArqonError('INVALID_ARGUMENT', { field: 'bus.ca_file', message: 'The file of certificates cannot be read.', cause });
  }
}
