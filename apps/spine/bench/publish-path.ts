/** Message layer of the bench: what one frame costs inside the Spine, without sockets. Prints nanoseconds per event. */
import { MemoryLiveHistory } from '@arqonbus/storage';
import { compileGrants } from '@arqonbus/tenancy';
import { buildFrame } from '@arqonbus/envelope';
import { DELIVER_HEADROOM_BYTES } from '@arqonbus/link';
import { MemoryAuditLog, Readiness, createLogger } from '@arqonbus/telemetry';
import { loadSettings } from '@arqonbus/config';
import { createBus } from '../src/bus.js';
import { spineSettings } from '../src/settings.js';
import type { SessionPort } from '../src/routing/index.js';

const settings = loadSettings(spineSettings, { environment: { ARQON_SPINE_LINK_KEY: 'x'.repeat(32), ARQON_SPINE_AUTH_ISSUER: 'i', ARQON_SPINE_AUTH_AUDIENCE: 'a' } });
const nothing = (): void => undefined;
const store = new MemoryLiveHistory({ maxBytes: 1 << 30, maxUnacknowledgedRuns: 64, producerIdleMs: 600_000, headroomBytes: DELIVER_HEADROOM_BYTES });
const bus = createBus({
  settings, version: '0', store, audit: new MemoryAuditLog(), readiness: new Readiness(nothing), nowMs: Date.now,
  verifier: { verify: () => Promise.reject(new Error('unused')), keysReachable: () => true, lastKeyError: undefined, close: nothing },
  logger: createLogger({ service: 'bench', nodeId: 'b', version: '0', level: 'ERROR' }),
  spans: { start: () => undefined }, onTopicOpened: nothing, onTopicClosed: nothing, onTopicReset: nothing,
});
let delivered = 0;
bus.fanOut.attach({ direct: { publish: (_topic, bytes) => { delivered += bytes.length; } }, links: { publish: nothing, flushQueued: nothing } });
const port: SessionPort = {
  send: () => true, sendPage: () => true, together: (work) => { work(); }, subscribe: (topic) => { topic.subscribers.direct += 1; }, unsubscribe: nothing, subscribeRoom: nothing,
  unsubscribeRoom: nothing, close: (row) => { throw new Error(row.reason); }, tokenChanged: nothing,
};
const claims = {
  issuer: 'i', subject: 'bench', tenantId: 'bench', roles: new Set(['service'] as const), capabilities: [], publish: compileGrants(['*']),
  subscribe: compileGrants(['*']), expiresAtMs: Date.now() + 3_600_000, tokenHash: '',
};
const session = bus.sessions.open(1, claims, port);
const reader = bus.sessions.open(2, { ...claims, subject: 'reader' }, port);
if (session === undefined || reader === undefined) throw new Error('no session');
const topic = bus.directory.openTopic(session.tenant, 'bench', 'main');
bus.subscriptions.addTopic(reader, topic);

for (const events of [1, 64, 256]) {
  const frame = buildFrame([{
    room: 'bench', channel: 'main',
    envelopes: Array.from({ length: events }, () => ({ id: new Uint8Array(16).fill(7), body: { case: 'event' as const, value: { type: 'application/octet-stream', payload: new Uint8Array(128) } } })),
  }]);
  const frames = Math.ceil(3_000_000 / events);
  for (const pass of ['warm', 'measured']) {
    const before = process.cpuUsage();
    for (let i = 0; i < frames; i += 1) {
      bus.intake.handle(session, frame, 0, frame.length);
      if (i % 300 === 0) {
        bus.fanOut.flushAll();
        session.turnBytes = 0;
      }
    }
    const used = process.cpuUsage(before);
    if (pass === 'measured') process.stdout.write(`runs of ${String(events)}: ${((used.user + used.system) * 1000 / (frames * events)).toFixed(0)} ns per event\n`);
  }
}
process.stdout.write(`${String(delivered)} bytes fanned out\n`);
process.exit(0);
