/**
 * Publishes `argv[2]` events of 128 B to one reader inside the Spine, without sockets and with CASIL off, and prints nanoseconds of CPU per event
 * of the second half. What the casil suite of tools/bench counts instructions of.
 */
import { MemoryLiveHistory } from '@arqonbus/storage';
import { compileGrants } from '@arqonbus/tenancy';
import { buildFrame } from '@arqonbus/envelope';
import { DELIVER_HEADROOM_BYTES } from '@arqonbus/link';
import { MemoryAuditLog, Readiness, createLogger } from '@arqonbus/telemetry';
import { loadSettings } from '@arqonbus/config';
import { createBus } from '../src/bus.js';
import { spineSettings } from '../src/settings.js';
import type { SessionPort } from '../src/routing/index.js';

const eventCount = Number(process.argv[2]);
const runLength = Number(process.argv[3] ?? 1);
const settings = loadSettings(spineSettings, { environment: { ARQON_SPINE_LINK_KEY: 'x'.repeat(32), ARQON_SPINE_AUTH_ISSUER: 'i', ARQON_SPINE_AUTH_AUDIENCE: 'a' } });
const nothing = (): void => undefined;
const fixedTimeMs = 1_780_000_000_000;
const nowMs = (): number => fixedTimeMs;
const store = new MemoryLiveHistory({ maxBytes: 1 << 24, maxUnacknowledgedRuns: 64, producerIdleMs: 600_000, headroomBytes: DELIVER_HEADROOM_BYTES });
const bus = createBus({
  settings, version: '0', store, audit: new MemoryAuditLog(), readiness: new Readiness(nothing), nowMs,
  verifier: { verify: () => Promise.reject(new Error('unused')), keysReachable: () => true, lastKeyError: undefined, close: nothing },
  logger: createLogger({ service: 'bench', nodeId: 'b', version: '0', level: 'ERROR' }),
  spans: { start: () => undefined }, onTopicOpened: nothing, onTopicClosed: nothing, onTopicReset: nothing,
});
let deliveredBytes = 0;
bus.fanOut.attach({ direct: { publish: (_topic, bytes) => { deliveredBytes += bytes.length; } }, links: { publish: nothing, flushQueued: nothing } });
const port: SessionPort = {
  send: () => true, sendPage: () => true, together: (work) => { work(); }, subscribe: (topic) => { topic.subscribers.direct += 1; }, unsubscribe: nothing, subscribeRoom: nothing,
  unsubscribeRoom: nothing, close: (row) => { throw new Error(row.reason); }, tokenChanged: nothing,
};
const claims = {
  issuer: 'i', subject: 'bench', tenantId: 'bench', roles: new Set(['service'] as const), capabilities: [], publish: compileGrants(['*']),
  subscribe: compileGrants(['*']), expiresAtMs: fixedTimeMs + 3_600_000, tokenHash: '',
};
const session = bus.sessions.open(1, claims, port);
const reader = bus.sessions.open(2, { ...claims, subject: 'reader' }, port);
if (session === undefined || reader === undefined) throw new Error('no session');
bus.subscriptions.addTopic(reader, bus.directory.openTopic(session.tenant, 'bench', 'main'));

const frame = buildFrame([{
  room: 'bench', channel: 'main',
  envelopes: Array.from({ length: runLength }, () => ({ id: new Uint8Array(16).fill(7), body: { case: 'event' as const, value: { type: 'application/octet-stream', payload: new Uint8Array(128) } } })),
}]);
const frameCount = Math.ceil(eventCount / runLength);
let before = process.cpuUsage();
for (let i = 0; i < frameCount; i += 1) {
  if (i === frameCount >> 1) before = process.cpuUsage();
  bus.intake.handle(session, frame, 0, frame.length);
  if (i % 300 === 0) {
    bus.fanOut.flushAll();
    session.turnBytes = 0;
  }
}
bus.fanOut.flushAll();
const used = process.cpuUsage(before);
if (deliveredBytes < eventCount * 128) throw new Error(`Only ${String(deliveredBytes)} bytes were fanned out`);
process.stdout.write(`${JSON.stringify({ nsPerEvent: ((used.user + used.system) * 1000) / (eventCount / 2), deliveredBytes })}\n`);
process.exit(0);
