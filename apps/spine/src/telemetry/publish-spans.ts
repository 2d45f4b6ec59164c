import type { Tracing } from '@arqonbus/telemetry';
import type { PublishSpans } from '../routing/index.js';

/** One span for the publish path of a sampled trace (N9): right checked, stamped, held. */
export function publishSpans(tracing: Tracing): PublishSpans {
  return {
    start: (traceparent, topic) => {
      const end = tracing.publishSpan(traceparent, { 'messaging.system': 'arqonbus', 'messaging.operation.name': 'publish', 'arqon.tenant': topic.tenant.id });
      return end === undefined ? undefined : () => { end(); };
    },
  };
}
