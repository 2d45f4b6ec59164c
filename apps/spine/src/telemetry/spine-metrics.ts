import type { LiveHistory } from '@arqonbus/storage';
import type { Casil, Tally } from '../casil/index.js';
import { observeCounters, type Logger, type Metrics, type ObservedCounter } from '@arqonbus/telemetry';
import type { Bus, DurableStore } from '../bus.js';
import type { LinkDoor, ServiceDoor } from '../transport/index.js';

export interface MetricSources {
  readonly bus: Bus;
  readonly service: ServiceDoor;
  readonly links: LinkDoor;
  readonly store: LiveHistory;
  readonly durable: DurableStore | undefined;
  readonly logger: Logger;
}

/** Rooms named in metrics; the rest are summed, so that labels stay bounded (N1). */
const namedRooms = 20;

/** Publishes what the layers count: they count in plain integers, read here at scrape time. */
export function registerMetrics(meter: Metrics['meter'], sources: MetricSources): void {
  observeCounters(meter, [...trafficMetrics(sources), ...stateMetrics(sources), ...casilMetrics(sources.bus.casil)]);
}

function trafficMetrics({ bus, service, links, logger }: MetricSources): ObservedCounter[] {
  const { publisher, intake, commands } = bus;
  return [
    counter('arqon_frames_received_total', 'Frames received from sessions.', () => intake.counters.frames),
    counter('arqon_bytes_received_total', 'Bytes received from sessions.', () => intake.counters.bytes, 'By'),
    counter('arqon_deferred_frames_total', 'Frames that waited for a later turn, so that others were heard first.', () => intake.counters.deferredFrames),
    counter('arqon_malformed_frames_total', 'Frames refused whole.', () => intake.counters.malformedFrames),
    counter('arqon_runs_published_total', 'Runs accepted.', () => publisher.counters.runs),
    counter('arqon_events_published_total', 'Events accepted.', () => publisher.counters.events),
    counter('arqon_bytes_published_total', 'Bytes of accepted events.', () => publisher.counters.bytes, 'By'),
    counter('arqon_runs_refused_total', 'Runs refused.', () => publisher.counters.refusedRuns),
    counter('arqon_runs_duplicate_total', 'Runs sent again and not delivered again.', () => publisher.counters.duplicates),
    counter('arqon_slow_reader_losses_total', 'Times the engine lost live frames of a session, which then recovered.', () => service.counters.dropped + links.counters.lagging),
    counter('arqon_log_lines_dropped_total', 'Log lines dropped because the reader is too slow.', () => logger.droppedCount),
    {
      name: 'arqon_commands_total', help: 'Commands received.', unit: '', kind: 'counter',
      read: () => [...commands.counters].map(([command, value]) => ({ attributes: { command }, value })),
    },
    {
      name: 'transport_accepts_total', help: 'Connections accepted, by door (G25).', unit: '', kind: 'counter',
      read: () => [
        { attributes: { backend: 'service' }, value: service.counters.accepted },
        { attributes: { backend: 'link' }, value: links.counters.accepted },
      ],
    },
    {
      name: 'transport_refused_total', help: 'Upgrades refused, by door.', unit: '', kind: 'counter',
      read: () => [
        { attributes: { backend: 'service' }, value: service.counters.refused },
        { attributes: { backend: 'link' }, value: links.counters.refused },
      ],
    },
    {
      name: 'rejected_total', help: 'Connections rejected, by reason (G27).', unit: '', kind: 'counter',
      read: () => [{ attributes: { reason: 'rate_limited' }, value: intake.counters.floods }],
    },
  ];
}

function stateMetrics({ bus, links, store, durable }: MetricSources): ObservedCounter[] {
  return [
    gauge('arqon_store_up', 'Whether the store of durable history answers; 1 where all history is in memory.', () => (durable?.gate.isUp === false ? 0 : 1)),
    gauge('arqon_store_topics', 'Topics whose log is open.', () => bus.durable?.openCount ?? 0),
    gauge('arqon_store_waiting_bytes', 'Bytes of runs that wait for the store.', () => bus.durable?.waiting.bytes ?? 0, 'By'),
    counter('arqon_store_losses_total', 'Times that the store was lost.', () => durable?.gate.lossesCount ?? 0),
    gauge('arqon_causal_held_runs', 'Runs held back until what they depend on is sequenced.', () => bus.causal.heldCount),
    {
      name: 'arqon_group_tasks_total', help: 'What became of tasks of groups, by outcome.', unit: '', kind: 'counter',
      read: () => Object.entries(bus.groups.counters).map(([outcome, value]) => ({ attributes: { outcome: outcomeNames[outcome as keyof typeof outcomeNames] }, value: Number(value) })),
    },
    gauge('arqon_group_open_tasks', 'Tasks of groups that are not acknowledged.', () => bus.groups.figures.openTasks),
    gauge('arqon_sessions', 'Open sessions.', () => bus.sessions.count),
    gauge('arqon_links', 'Links of Shields.', () => links.links.size),
    gauge('arqon_tenants', 'Tenants with sessions or topics.', () => bus.directory.tenantCount),
    gauge('arqon_recovering_sessions', 'Sessions off the live topics.', () => bus.recoveries.active.size),
    gauge('arqon_history_bytes', 'Bytes of history held.', () => store.byteCount, 'By'),
    gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss(), 'By'),
    {
      name: 'arqon_room_sessions', help: 'Sessions that follow a room or channels of it, the busiest rooms by name.', unit: '', kind: 'gauge',
      read: () => busiestRooms(bus),
    },
  ];
}

/** Labels are words of the code alone; who offends is told to operators, at /casil/offenders. */
function casilMetrics(casil: Casil | undefined): ObservedCounter[] {
  const enabled = gauge('arqon_casil_enabled', 'Whether content inspection is on.', () => (casil === undefined ? 0 : 1));
  if (casil === undefined) return [enabled];
  const { gate: { counters }, events, log } = casil;
  return [
    enabled,
    counter('arqon_casil_inspected_total', 'Messages inspected.', () => counters.inspected),
    tallied('arqon_casil_messages_total', 'Messages of which something was found, by the worst kind of it.', 'kind', counters.byKind),
    tallied('arqon_casil_risk_total', 'The same, by risk.', 'risk_level', counters.byRisk),
    {
      name: 'arqon_casil_decisions_total', help: 'Messages by decision.', unit: '', kind: 'counter',
      read: () => decisions.map((decision) => ({ attributes: { decision }, value: (counters.byDecision.get(decision) ?? 0) + (decision === 'allow' ? counters.cleanCount : 0) })),
    },
    tallied('arqon_casil_reasons_total', 'Messages by reason code, where there is one.', 'reason_code', counters.byReason),
    counter('arqon_casil_oversize_total', 'Messages larger than what is inspected.', () => counters.oversize),
    counter('arqon_casil_probable_secrets_total', 'Messages with a probable secret or key material.', () => counters.probableSecrets),
    counter('arqon_casil_internal_errors_total', 'Inspections that failed.', () => counters.internalErrors),
    counter('arqon_casil_monitored_total', 'Messages that monitor mode let pass and enforce would not have.', () => counters.monitored),
    counter('arqon_casil_events_published_total', 'Events of content inspection published.', () => events.publishedCount),
    counter('arqon_casil_events_dropped_total', 'Events of content inspection dropped because there were too many.', () => events.droppedCount),
    counter('arqon_casil_log_lines_suppressed_total', 'Log lines of content inspection not written because there were too many.', () => log.suppressedCount),
  ];
}

const decisions = ['allow', 'allow_with_redaction', 'block'] as const;

function tallied(name: string, help: string, label: string, tally: Tally): ObservedCounter {
  return { name, help, unit: '', kind: 'counter', read: () => [...tally].map(([value, count]) => ({ attributes: { [label]: value }, value: count })) };
}

const outcomeNames = {
  delivered: 'delivered', redelivered: 'redelivered', acknowledged: 'acknowledged', nacked: 'nacked', expired: 'expired', deadLetters: 'dead_lettered',
} as const;

function busiestRooms(bus: Bus): { attributes: { tenant: string; room: string }; value: number }[] {
  const rows = [...bus.directory.rooms()].map((room) => {
    let value = room.wide.direct + room.wide.linked;
    for (const topic of room.topics.values()) value += topic.subscribers.direct + topic.subscribers.linked;
    return { attributes: { tenant: room.tenant.id, room: room.name }, value };
  });
  rows.sort((a, b) => b.value - a.value);
  const rest = rows.slice(namedRooms).reduce((sum, row) => sum + row.value, 0);
  return rest === 0 ? rows.slice(0, namedRooms) : [...rows.slice(0, namedRooms), { attributes: { tenant: 'other', room: 'other' }, value: rest }];
}

function counter(name: string, help: string, read: () => number, unit = ''): ObservedCounter {
  return { name, help, unit, kind: 'counter', read };
}

function gauge(name: string, help: string, read: () => number, unit = ''): ObservedCounter {
  return { name, help, unit, kind: 'gauge', read };
}
