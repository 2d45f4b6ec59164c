import { buildFrame } from '@arqonbus/envelope';
import { loadSettings } from '@arqonbus/config';
import { MemoryLiveHistory } from '@arqonbus/storage';
import { createLogger, MemoryAuditLog, Readiness, startTracing, type FinishedSpan } from '@arqonbus/telemetry';
import { compileGrants } from '@arqonbus/tenancy';
import { describe, expect, it } from 'vitest';
import { createBus, type Bus } from '../bus.js';
import type { SessionPort } from '../routing/index.js';
import { spineSettings } from '../settings.js';
import { publishSpans } from './publish-spans.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentId = 'b7ad6b7169203331';

describe('publishSpans()', () => {
  it('makes one span for the publish path of a sampled trace, child of the sender\'s, and none for another (N9)', () => {
    const spans: FinishedSpan[] = [];
    const tracing = startTracing({ service: 'spine', version: '0', exporter: 'none', sink: { onSpan: (span) => { spans.push(span); } } });
    const bus = busWith(publishSpans(tracing));
    publish(bus, `00-${traceId}-${parentId}-01`);
    publish(bus, `00-${traceId}-${parentId}-00`);
    publish(bus, 'not a traceparent');
    expect(spans).toMatchObject([{ traceId, parentSpanId: parentId, attributes: { 'arqon.tenant': 'acme' } }]);
    expect(bus.publisher.counters.events).toBe(3);
  });
});

function busWith(spans: ReturnType<typeof publishSpans>): Bus {
  const nothing = (): void => undefined;
  const environment = { ARQON_SPINE_LINK_KEY: 'x'.repeat(32), ARQON_SPINE_AUTH_ISSUER: 'i', ARQON_SPINE_AUTH_AUDIENCE: 'a' };
  return createBus({
    settings: loadSettings(spineSettings, { environment }), version: '0', nowMs: Date.now, spans,
    store: new MemoryLiveHistory({ maxBytes: 1 << 24, maxUnacknowledgedRuns: 64, producerIdleMs: 60_000, headroomBytes: 64 }),
    audit: new MemoryAuditLog(), readiness: new Readiness(nothing),
    verifier: { verify: () => Promise.reject(new Error('no token is refreshed here')), keysReachable: () => true, lastKeyError: undefined, close: nothing },
    logger: createLogger({ service: 'spine', nodeId: 'test', version: '0', level: 'CRITICAL' }),
    onTopicOpened: nothing, onTopicClosed: nothing, onTopicReset: nothing,
  });
}

function publish(bus: Bus, traceparent: string): void {
  const nothing = (): void => undefined;
  const port: SessionPort = {
    send: () => true, sendPage: () => true, subscribe: nothing, unsubscribe: nothing, subscribeRoom: nothing, unsubscribeRoom: nothing,
    close: nothing, tokenChanged: nothing,
  };
  const session = bus.sessions.get(1) ?? bus.sessions.open(1, {
    issuer: 'i', subject: 'writer', tenantId: 'acme', roles: new Set(['service'] as const), capabilities: [], publish: compileGrants(['*']),
    subscribe: compileGrants(['*']), expiresAtMs: Date.now() + 60_000, tokenHash: '',
  }, port);
  if (session === undefined) throw new Error('the session did not open');
  const frame = buildFrame([{
    room: 'plans', envelopes: [{ id: new Uint8Array(16).fill(7), traceparent, body: { case: 'event', value: { type: 'text/plain', payload: new Uint8Array(4) } } }],
  }]);
  bus.intake.handle(session, frame, 0, frame.length);
}
