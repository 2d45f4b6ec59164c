import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resources, tracing as sdk } from '@opentelemetry/sdk-node';

import { parseTraceParent } from './traceparent.js';

const PUBLISH_SPAN = 'arqonbus publish';
/** Spans that wait for the exporter; over it they are dropped (N5). */
const MAX_QUEUED_SPANS = 2_048;
const EXPORT_TIMEOUT_MS = 5_000;
const SHUTDOWN_TIMEOUT_MS = 2_000;

/** What a span may carry: identifiers and numbers, never payloads (N4). */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** Ends the span; with a code it ends as failed. Later calls do nothing. */
export type EndSpan = (errorCode?: string) => void;

/** A span as it left the process. */
export interface FinishedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly attributes: SpanAttributes;
  readonly durationMs: number;
  /** Error code when the span failed. */
  readonly errorCode: string | undefined;
}

/** Receives finished spans in the process, in place of an exporter over the network. */
export interface SpanSink {
  onSpan(span: FinishedSpan): void;
}

/** Options of startTracing(). */
export interface TracingOptions {
  readonly service: string;
  readonly version: string;
  /** `otlp`: OTLP over HTTP in Protobuf to `endpoint`; `none`: only to `sink`, if given. */
  readonly exporter: 'none' | 'otlp';
  /** URL of the collector's traces path; default of OTLP: http://localhost:4318/v1/traces. */
  readonly endpoint?: string;
  readonly sink?: SpanSink;
  /** Name of the spans; default `arqonbus publish`. */
  readonly spanName?: string;
}

/** Tracing of the publish path (N9). */
export interface Tracing {
  /**
   * Starts the one span of the publish path as a child of the given traceparent. Undefined when
   * nothing is exported, or the traceparent is malformed or not sampled. Never throws, never waits.
   */
  publishSpan(traceparent: string, attributes: SpanAttributes): EndSpan | undefined;
  /** Flushes for at most 2 s; never rejects. */
  shutdown(): Promise<void>;
}

function plainAttributes(attributes: Attributes): SpanAttributes {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[key, value] as const] : [],
    ),
  );
}

function finishedSpan(span: sdk.ReadableSpan): FinishedSpan {
  const { traceId, spanId } = span.spanContext();
  return {
    name: span.name,
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    attributes: plainAttributes(span.attributes),
    durationMs: span.duration[0] * 1_000 + span.duration[1] / 1_000_000,
    errorCode: span.status.code === SpanStatusCode.ERROR ? span.status.message : undefined,
  };
}

/** A span processor that hands each finished span on at once; a sink that throws loses that span only. */
function sinkProcessor(sink: SpanSink): sdk.SpanProcessor {
  return {
    onStart: () => undefined,
    onEnd: (span) => {
      try {
        sink.onSpan(finishedSpan(span));
      } catch {
        return;
      }
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

function processorsOf(options: TracingOptions): sdk.SpanProcessor[] {
  const processors: sdk.SpanProcessor[] = [];
  if (options.exporter === 'otlp') {
    const target = options.endpoint === undefined ? {} : { url: options.endpoint };
    const exporter = new OTLPTraceExporter({ ...target, timeoutMillis: EXPORT_TIMEOUT_MS });
    processors.push(new sdk.BatchSpanProcessor(exporter, { maxQueueSize: MAX_QUEUED_SPANS, exportTimeoutMillis: EXPORT_TIMEOUT_MS }));
  }
  if (options.sink !== undefined) processors.push(sinkProcessor(options.sink));
  return processors;
}

function startSpan(tracer: Tracer, name: string, traceparent: string, attributes: SpanAttributes): EndSpan | undefined {
  const parent = parseTraceParent(traceparent);
  if (parent === undefined || !parent.sampled) return undefined;
  const context = trace.setSpanContext(ROOT_CONTEXT, { traceId: parent.traceId, spanId: parent.spanId, traceFlags: 1, isRemote: true });
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes: { ...attributes } }, context);
  return (errorCode) => {
    if (!span.isRecording()) return;
    if (errorCode !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: errorCode });
    span.end();
  };
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([Promise.allSettled([work]), limit]);
  clearTimeout(timer);
}

/**
 * Starts tracing. Nothing is registered globally and no environment variable chooses an exporter. A dead
 * collector costs at most 2,048 queued spans: it neither stalls nor ends the process (N5).
 */
export function startTracing(options: TracingOptions): Tracing {
  const spanProcessors = processorsOf(options);
  if (spanProcessors.length === 0) return { publishSpan: () => undefined, shutdown: () => Promise.resolve() };
  const provider = new sdk.BasicTracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': options.service, 'service.version': options.version }),
    sampler: new sdk.AlwaysOnSampler(),
    spanProcessors,
  });
  const tracer = provider.getTracer('arqonbus', options.version);
  return {
    publishSpan: (traceparent, attributes) => startSpan(tracer, options.spanName ?? PUBLISH_SPAN, traceparent, attributes),
    shutdown: () => within(SHUTDOWN_TIMEOUT_MS, provider.shutdown()),
  };
}
