import type { Attributes, Histogram, Meter } from '@opentelemetry/api';
import { rejectionReasons, type RejectionReason } from '@arqonbus/errors';

import { observeCounters, type Observation } from './metrics.js';

/** Most backends that get a label of their own; further ones count as `other`. */
const MAX_BACKENDS = 16;

/** The governed transport metrics (G25, G26, G27). All methods count in memory; a scrape reads. */
export interface TransportMetrics {
  /** Counts into `transport_dials_total{backend,result}`. */
  countDial(backend: string, result: 'ok' | 'failed'): void;
  /** Counts into `transport_accepts_total{backend}`. */
  countAccept(backend: string): void;
  /** Counts into `rejected_total{reason}`. */
  countRejection(reason: RejectionReason): void;
  /** Records into `handshake_latency_seconds{backend}`; `hybrid` adds the label `pq="hybrid"` (G15). */
  recordHandshake(handshake: { readonly backend: string; readonly seconds: number; readonly pq?: 'hybrid' }): void;
}

function createBackendCount(): { add(backend: string): void; read(): [string, number][] } {
  const counts = new Map<string, number>();
  return {
    add: (backend) => {
      const label = counts.has(backend) || counts.size < MAX_BACKENDS ? backend : 'other';
      counts.set(label, (counts.get(label) ?? 0) + 1);
    },
    read: () => [...counts],
  };
}

function createRejectionCounts(): Record<RejectionReason, number> {
  return { timeout: 0, tls: 0, too_large: 0, rate_limited: 0, peer_limit: 0, arti_bootstrap: 0 };
}

function recordInto(histogram: Histogram<Attributes>): TransportMetrics['recordHandshake'] {
  return ({ backend, seconds, pq }) => histogram.record(seconds, pq === undefined ? { backend } : { backend, pq });
}

/** Registers the transport metrics. Every rejection reason is shown from the first scrape, at 0. */
export function startTransportMetrics(meter: Meter): TransportMetrics {
  const dials = { ok: createBackendCount(), failed: createBackendCount() };
  const accepts = createBackendCount();
  const rejections = createRejectionCounts();
  const readDials = (result: 'ok' | 'failed'): Observation[] =>
    dials[result].read().map(([backend, value]) => ({ attributes: { backend, result }, value }));
  observeCounters(meter, [
    { name: 'transport_dials_total', help: 'Connections opened to another part', unit: '1', kind: 'counter', read: () => [...readDials('ok'), ...readDials('failed')] },
    {
      name: 'transport_accepts_total', help: 'Connections accepted', unit: '1', kind: 'counter',
      read: () => accepts.read().map(([backend, value]) => ({ attributes: { backend }, value })),
    },
    {
      name: 'rejected_total', help: 'Connections and messages rejected by limits', unit: '1', kind: 'counter',
      read: () => rejectionReasons.map((reason) => ({ attributes: { reason }, value: rejections[reason] })),
    },
  ]);
  const handshakes = meter.createHistogram('handshake_latency_seconds', { description: 'Time from accept to open connection', unit: 's' });
  return {
    countDial: (backend, result) => dials[result].add(backend),
    countAccept: (backend) => accepts.add(backend),
    countRejection: (reason) => {
      rejections[reason] += 1;
    },
    recordHandshake: recordInto(handshakes),
  };
}
