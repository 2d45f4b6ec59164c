import { buildFrame } from '@arqonbus/envelope';
import { startTracing, type FinishedSpan } from '@arqonbus/telemetry';
import { describe, expect, it } from 'vitest';
import { createUnitBus, openUnitSession } from '../../test/bus.fixture.js';
import type { Bus } from '../bus.js';
import type { Session } from '../routing/index.js';
import { publishSpans } from './publish-spans.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentId = 'b7ad6b7169203331';

describe('publishSpans()', () => {
  it('makes one span for the publish path of a sampled trace, child of the sender\'s, and none for another (N9)', () => {
    const spans: FinishedSpan[] = [];
    const tracing = startTracing({ service: 'spine', version: '0', exporter: 'none', sink: { onSpan: (span) => { spans.push(span); } } });
    const bus = createUnitBus({ spans: publishSpans(tracing) });
    const { session } = openUnitSession(bus, 1, { roles: ['service'] });
    publish(bus, session, `00-${traceId}-${parentId}-01`);
    publish(bus, session, `00-${traceId}-${parentId}-00`);
    publish(bus, session, 'not a traceparent');
    expect(spans).toMatchObject([{ traceId, parentSpanId: parentId, attributes: { 'arqon.tenant': 'acme' } }]);
    expect(bus.publisher.counters.events).toBe(3);
  });
});

function publish(bus: Bus, session: Session, traceparent: string): void {
  const frame = buildFrame([{
    room: 'plans', envelopes: [{ id: new Uint8Array(16).fill(7), traceparent, body: { case: 'event', value: { type: 'text/plain', payload: new Uint8Array(4) } } }],
  }]);
  bus.intake.handle(session, frame, 0, frame.length);
}
