import { observeCounters, type Metrics, type ObservedCounter } from '@arqonbus/telemetry';
import type { ConnectionLimits } from './door/connection-limits.js';
import type { FanOut } from './fan-out/fan-out.js';
import type { SpineLink } from './link/spine-link.js';
import type { SessionTable } from './session-table.js';
import type { ShieldCounters } from './shield-counters.js';

export interface MetricSources {
  readonly counters: ShieldCounters;
  readonly sessions: SessionTable;
  readonly limits: ConnectionLimits;
  readonly fanOut: FanOut;
  readonly link: SpineLink;
  /** Adapter of the client listener, label `backend` (G25, G26). */
  backend(): string;
}

/** Registers the Shield's metrics; gives back the recorder of handshakes (upgrade request to open socket, in seconds). */
export function registerMetrics(meter: Metrics['meter'], sources: MetricSources): (seconds: number) => void {
  observeCounters(meter, [...trafficCounters(sources), ...stateGauges(sources)]);
  const handshakes = meter.createHistogram('handshake_latency_seconds', { description: 'From the upgrade request to the open socket.', unit: 's' });
  return (seconds) => {
    handshakes.record(seconds, { backend: sources.backend() });
  };
}

function trafficCounters({ counters, link, backend }: MetricSources): ObservedCounter[] {
  const counter = (name: string, help: string, unit: string, read: ObservedCounter['read']): ObservedCounter => ({ name, help, unit, kind: 'counter', read });
  return [
    counter('transport_accepts_total', 'Client sockets opened.', '1', () => [{ attributes: { backend: backend() }, value: counters.acceptedCount }]),
    counter('transport_dials_total', 'Dials of the link to a Spine.', '1', () => [
      { attributes: { backend: 'ws', result: 'ok' }, value: counters.dialsOkCount },
      { attributes: { backend: 'ws', result: 'failed' }, value: counters.dialsFailedCount },
    ]),
    counter('rejected_total', 'Connections and frames refused, by governed reason.', '1', () => counters.rejectedValues),
    counter('auth_failures_total', 'Connections refused for their credentials.', '1', () =>
      [...counters.authFailures].map(([reason, value]) => ({ attributes: { reason }, value })),
    ),
    counter('shield_frames_in_total', 'Frames from clients.', '1', () => counters.framesInCount),
    counter('shield_bytes_in_total', 'Bytes of frames from clients.', 'By', () => counters.bytesInCount),
    counter('shield_frames_out_total', 'Frames published to topics or sent to sessions.', '1', () => counters.framesOutCount),
    counter('shield_bytes_out_total', 'Bytes of those frames, each counted once.', 'By', () => counters.bytesOutCount),
    counter('shield_frames_ignored_total', 'Client frames without a welcome of the current link.', '1', () => counters.framesIgnoredCount),
    counter('shield_dropped_total', 'Losses that the engine reported on slow sockets.', '1', () => counters.droppedCount),
    counter('shield_lagging_total', 'Times that a session was taken off its live topics.', '1', () => counters.laggingCount),
    counter('shield_slow_closed_total', 'Sessions closed with 4008.', '1', () => counters.slowClosedCount),
    counter('shield_link_bytes_in_total', 'Bytes received on the link.', 'By', () => counters.linkBytesInCount),
    counter('shield_link_bytes_out_total', 'Bytes sent on the link.', 'By', () => link.sentBytes),
  ];
}

function stateGauges({ sessions, limits, fanOut, link }: MetricSources): ObservedCounter[] {
  const gauge = (name: string, help: string, unit: string, read: ObservedCounter['read']): ObservedCounter => ({ name, help, unit, kind: 'gauge', read });
  return [
    gauge('shield_connections', 'Client sockets and attempts.', '1', () => limits.openCount),
    gauge('shield_sessions', 'Sessions.', '1', () => sessions.size),
    gauge('shield_sessions_opening', 'Sessions that wait for a welcome.', '1', () => sessions.openingCount),
    gauge('shield_topics', 'Topics known on the link.', '1', () => fanOut.topics.size),
    gauge('shield_link_up', '1 while the link is up.', '1', () => (link.isUp ? 1 : 0)),
    gauge('shield_link_buffered_bytes', 'Bytes that wait for the Spine.', 'By', () => link.bufferedBytes),
  ];
}
