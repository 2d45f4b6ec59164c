export { createLogger, logLevels, type AdjustableLogger, type Logger, type LoggerOptions, type LogLevel } from './logger.js';
export { redactFields, redactText } from './redact.js';
export { Readiness, type ReadinessSeverity, type ReadinessTransition } from './readiness.js';
export { observeCounters, startMetrics, type Metrics, type MetricsOptions, type Observation, type ObservedCounter } from './metrics.js';
export { startTransportMetrics, type TransportMetrics } from './transport-metrics.js';
export { observeProcess } from './process-metrics.js';
export {
  startTracing, type EndSpan, type FinishedSpan, type SpanAttributes, type SpanSink, type Tracing, type TracingOptions,
} from './tracing.js';
export { parseTraceParent, type TraceParent } from './traceparent.js';
export { startAdminServer, type AdminServer, type AdminServerOptions } from './admin-server.js';
export { AdminRefusal, type AdminMethod, type AdminRequest, type AdminResponse, type AdminRoute } from './admin-routes.js';
export { type AuditEntry, type AuditLog, type AuditOutcome } from './audit-log.js';
export { openAuditLogFile, type AuditLogFileOptions, type AuditRecovery } from './audit-log-file.js';
export { MemoryAuditLog } from './audit-log-memory.js';
export { type AuditRecord } from './audit-record.js';
export { verifyAuditFile, type AuditVerification } from './verify-audit-file.js';
export {
  auditEntryOf, transportConfigReloaded, transportPolicyChanged, transportReadinessTransition,
  type TransportAuditEvent, type TransportConfigReloaded, type TransportPolicyChanged, type TransportReadinessTransition,
} from './audit-events.js';
export { processExitCodes, runUntilSignal, type ProcessLife, type ProcessLifeOptions } from './process-life.js';
