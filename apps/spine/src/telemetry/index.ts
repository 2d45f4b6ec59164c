export { publishSpans } from './publish-spans.js';
export { registerMetrics } from './spine-metrics.js';
