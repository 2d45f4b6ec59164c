import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Meter } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { metrics as sdk, resources } from '@opentelemetry/sdk-node';
import { bucketEdges } from '@arqonbus/errors';

/** Options of startMetrics(). */
export interface MetricsOptions {
  readonly service: string;
  readonly version: string;
  readonly nodeId: string;
}

/** The metrics of the process. */
export interface Metrics {
  readonly meter: Meter;
  /** Answers a scrape in the Prometheus text format; to be called by the admin server. */
  handleScrape(request: IncomingMessage, response: ServerResponse): void;
  /** Ends collection; never rejects. */
  shutdown(): Promise<void>;
}

/** One value with its labels. */
export interface Observation {
  readonly attributes: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A number that the hot path keeps as a plain integer and metrics read at scrape time. */
export interface ObservedCounter {
  /** Prometheus name, a counter's ending in `_total`. */
  readonly name: string;
  readonly help: string;
  /** UCUM unit such as `1`, `s`, `By`. */
  readonly unit: string;
  /** `counter` only rises within the life of the process; `gauge` moves freely. */
  readonly kind: 'counter' | 'gauge';
  read(): number | readonly Observation[];
}

/**
 * Fixed edges by the unit in the name (G13): `handshake_…_seconds`, `…_lag_seconds`, `…_seconds`, `…_bytes_per_second`, `…_bytes`.
 * A histogram of another name is a fault of the program.
 */
function edgesOf(name: string): number[] {
  if (name.endsWith('_bytes_per_second')) return [...bucketEdges.throughputBytesPerSecond];
  if (name.endsWith('_bytes')) return [...bucketEdges.sizeBytes];
  if (name.endsWith('_lag_seconds')) return [...bucketEdges.lagSeconds];
  if (name.endsWith('_seconds')) return [...(name.startsWith('handshake_') ? bucketEdges.handshakeSeconds : bucketEdges.latencySeconds)];
  throw new TypeError(`The histogram ${name} has no governed bucket edges: its name must end in _seconds, _bytes or _bytes_per_second.`);
}

/** Histograms get the governed edges whatever the caller asks for; OpenTelemetry views cannot say "all but". */
function governHistograms(meter: Meter): void {
  const createHistogram = meter.createHistogram.bind(meter);
  meter.createHistogram = (name, options) => createHistogram(name, { ...options, advice: { explicitBucketBoundaries: edgesOf(name) } });
}

/**
 * Starts metrics: OpenTelemetry SDK with the Prometheus exporter, without a server of its own (M4). The
 * resource holds service, version and node id alone, nothing detected from host or command line.
 */
export function startMetrics(options: MetricsOptions): Metrics {
  const exporter = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true });
  const provider = new sdk.MeterProvider({
    resource: resources.resourceFromAttributes({
      'service.name': options.service,
      'service.version': options.version,
      'service.instance.id': options.nodeId,
    }),
    readers: [exporter],
  });
  const meter = provider.getMeter('arqonbus', options.version);
  governHistograms(meter);
  return {
    meter,
    handleScrape: (request, response) => {
      exporter.getMetricsRequestHandler(request, response);
      // The exporter names no version; scrapers fall back only by configuration (Prometheus 3).
      response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    },
    shutdown: async () => {
      // Nothing is pushed, so nothing is lost by a shutdown that failed.
      await Promise.allSettled([provider.shutdown()]);
    },
  };
}

/**
 * Registers numbers that are read at each scrape. A reader that throws, or gives something that is not a
 * finite number, is left out of that scrape; the others are not affected (N5).
 */
export function observeCounters(meter: Meter, counters: readonly ObservedCounter[]): void {
  for (const counter of counters) {
    const options = { description: counter.help, unit: counter.unit };
    const instrument =
      counter.kind === 'counter' ? meter.createObservableCounter(counter.name, options) : meter.createObservableGauge(counter.name, options);
    instrument.addCallback((result) => {
      const values = counter.read();
      const observations = typeof values === 'number' ? [{ attributes: {}, value: values }] : values;
      for (const { attributes, value } of observations) {
        if (Number.isFinite(value)) result.observe(value, attributes);
      }
    });
  }
}
