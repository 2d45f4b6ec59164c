import { startTracing, type FinishedSpan } from '@arqonbus/telemetry';
import { describe, expect, it } from 'vitest';
import { projectionSpans } from './projection-spans.js';

describe('projectionSpans()', () => {
  it('makes a span for an event of a sampled trace, and none for another (N9)', () => {
    const finished: FinishedSpan[] = [];
    const tracing = startTracing({ service: 'projector', version: '0', exporter: 'none', spanName: 'arqonbus project', sink: { onSpan: (span) => { finished.push(span); } } });
    const spans = projectionSpans(tracing);
    for (const traceparent of ['', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`, `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`]) spans(traceparent, 'acme')?.();
    expect(finished).toMatchObject([{ name: 'arqonbus project', traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16), attributes: { 'arqon.tenant': 'acme' } }]);
  });
});
