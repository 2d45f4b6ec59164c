import type { EndSpan, Tracing } from '@arqonbus/telemetry';

/** One span per event of a sampled trace, from its arrival to its commit (N9). */
export type ProjectionSpans = (traceparent: string, tenantId: string) => EndSpan | undefined;

export function projectionSpans(tracing: Tracing): ProjectionSpans {
  return (traceparent, tenantId) => (traceparent === '' ? undefined
    : tracing.publishSpan(traceparent, { 'messaging.system': 'arqonbus', 'messaging.operation.name': 'process', 'arqon.tenant': tenantId }));
}
