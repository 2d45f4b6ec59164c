import { createTokenVerifier } from '@arqonbus/auth';
import {
  auditEntryOf, MemoryAuditLog, openAuditLogFile, Readiness, startAdminServer, startMetrics, transportReadinessTransition, type Logger,
} from '@arqonbus/telemetry';
import { startTransport } from '@arqonbus/transport';
import { assertSettings, connectionLimitsOf, keySourceOf, listenerOptionsOf } from './check-settings.js';
import { AuthFailureLog } from './door/auth-failure-log.js';
import { ClientDoor } from './door/client-door.js';
import { ConnectionLimits } from './door/connection-limits.js';
import { FloodPenalties } from './door/flood-penalties.js';
import { assertPrivateKeyFile } from './door/private-key-file.js';
import { UpgradeGate } from './door/upgrade-gate.js';
import { watchKeys } from './door/watch-keys.js';
import { FanOut } from './fan-out/fan-out.js';
import { LinkSessions } from './link/link-sessions.js';
import { SpineLink } from './link/spine-link.js';
import { Uplink } from './link/uplink.js';
import { registerMetrics } from './register-metrics.js';
import { RunningShield } from './running-shield.js';
import { SessionTable } from './session-table.js';
import type { ShieldSettings } from './settings.js';
import { ShieldCounters } from './shield-counters.js';

/** The composition root: the one place that names concrete adapters. Raises ArqonError when the Shield may not or cannot start. */
export async function startShield(settings: ShieldSettings, version: string, logger: Logger): Promise<RunningShield> {
  assertSettings(settings);
  const keySource = keySourceOf(settings);
  await assertPrivateKeyFile(settings['tls.key_file']);
  const nodeId = settings['node.id'];
  const nowMs = (): number => performance.now();
  const auditFile = settings['audit.file'];
  const audit = auditFile === undefined ? new MemoryAuditLog() : (await openAuditLogFile({ path: auditFile })).log;
  const readiness = new Readiness((transition) => {
    logger.info(transition, 'readiness changed');
    audit.append(auditEntryOf(transportReadinessTransition(transition))).catch((error: unknown) => logger.error({ error }, 'audit log cannot be written'));
  });
  const metrics = startMetrics({ service: 'shield', version, nodeId });
  const verifier = createTokenVerifier({ keySource, issuer: settings['auth.issuer'], audience: settings['auth.audience'] });
  const counters = new ShieldCounters();
  const sessions = new SessionTable();
  const limits = new ConnectionLimits(connectionLimitsOf(settings), nowMs);
  const penalties = new FloodPenalties(nowMs);
  const uplink = new Uplink({
    get isUp() { return link.isUp; },
    get bufferedBytes() { return link.bufferedBytes; },
    send: (bytes) => { link.send(bytes); },
  });
  const fanOut = new FanOut({ sessions, uplink, counters, maxBufferedBytes: settings['limits.max_session_buffer_bytes'] });
  const linkSessions = new LinkSessions({
    sessions, fanOut, penalties, uplink, counters, readiness, logger, nowMs, graceMs: settings['link.grace_ms'],
    flow: { pause: () => { link.pause(); }, resume: () => { link.resume(); }, fail: (reason) => { link.fail(reason); } }, welcomeTimeoutMs: settings['link.welcome_timeout_ms'],
  });
  const link: SpineLink = new SpineLink({ urls: settings['link.urls'], key: settings['link.key'], shieldId: nodeId, version }, linkSessions);
  const gate = new UpgradeGate({
    verifier, limits, penalties, counters, nowMs, failures: new AuthFailureLog(logger, nowMs), origins: new Set(settings.origins),
    isLinkUp: () => link.isUp, isTaken: (id) => sessions.has(id),
  });
  const recordHandshake = registerMetrics(metrics.meter, { counters, sessions, limits, fanOut, link, backend: () => listener.kind });
  const door = new ClientDoor({
    gate, limits, penalties, sessions, fanOut, uplink, counters, nowMs, maxFrameBytes: settings['limits.max_frame_bytes'],
    bytesPerTurn: settings['limits.max_bytes_per_turn_bytes'], serviceBytesPerTurn: settings['limits.max_service_bytes_per_turn_bytes'], handshakeEnded: recordHandshake,
    upgradeFailed: (error) => { logger.error({ error }, 'upgrade failed'); },
  });
  const onWarning = (message: string): void => {
    readiness.set('fallback_transport', 'degraded');
    logger.warn({}, message);
  };
  const listener = await startTransport(listenerOptionsOf(settings), door, { prefer: settings.transport, onWarning });
  fanOut.attach(listener.server);
  const operatorKey = settings['admin.operator_key'];
  const shield = new RunningShield({ settings, server: listener.server, sessions, fanOut, link, linkSessions, readiness, logger, version });
  const admin = await startAdminServer({
    host: settings['admin.host'], port: settings['admin.port'], readiness, audit, logger, metrics,
    version: { name: 'arqonbus-shield', version, node: process.version }, status: () => shield.describe(),
    drain: () => { shield.requestStop(); }, ...(operatorKey === undefined ? {} : { operatorKey }),
  });
  const stopWatching = watchKeys(verifier, readiness, logger);
  shield.begin({ adminPort: admin.port, closers: [stopWatching, () => verifier.close(), () => admin.close(), () => metrics.shutdown(), () => audit.close()] });
  return shield;
}
