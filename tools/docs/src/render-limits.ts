import type { SettingsSchema } from '@arqonbus/config';
import { hardCaps } from '@arqonbus/errors';

interface LimitRow {
  readonly what: string;
  /** Setting of the Spine that holds the default, or the fixed value. */
  readonly setting?: string;
  readonly value?: number;
  readonly cap?: number;
  readonly unit: string;
  readonly above: string;
}

const ROWS: readonly LimitRow[] = [
  { what: 'WebSocket message on any listener', value: hardCaps.frameBytes, cap: hardCaps.frameBytes, unit: 'bytes', above: 'the connection is cut (1006)' },
  { what: 'frame of a client', setting: 'limits.max_frame_bytes', cap: hardCaps.clientFrameBytes, unit: 'bytes', above: 'close 4413' },
  { what: 'envelope', setting: 'limits.max_envelope_bytes', cap: hardCaps.envelopeBytes, unit: 'bytes', above: '`ENVELOPE_TOO_LARGE`' },
  { what: 'events per run', setting: 'limits.max_events_per_run_count', cap: hardCaps.eventsPerRun, unit: 'events', above: '`TOO_MANY_EVENTS`' },
  { what: 'unacknowledged runs per producer and topic', setting: 'limits.max_unacknowledged_runs_count', cap: hardCaps.unacknowledgedRuns, unit: 'runs', above: '`TOO_MANY_UNACKNOWLEDGED`' },
  { what: 'positions in `after`', value: hardCaps.positionsPerRun, cap: hardCaps.positionsPerRun, unit: 'positions', above: '`LIMIT`' },
  { what: 'events per second of a session', setting: 'limits.events_per_second', unit: 'events/s, burst twice that', above: '`RATE_LIMITED`' },
  { what: 'bytes per second of a session', setting: 'limits.bytes_per_second', unit: 'bytes/s, burst twice that', above: '`RATE_LIMITED`' },
  { what: 'bytes of a session within one turn of the event loop', setting: 'limits.max_bytes_per_turn_bytes', unit: 'bytes', above: 'close 4529' },
  { what: 'topics and rooms that a session follows', setting: 'limits.max_topics_per_session_count', cap: hardCaps.topicsPerSession, unit: 'subscriptions', above: '`TOO_MANY_TOPICS`' },
  { what: 'channels of a room joined whole', value: hardCaps.channelsPerRoomJoin, cap: hardCaps.channelsPerRoomJoin, unit: 'channels', above: '`LIMIT`' },
  { what: 'rooms of a tenant', setting: 'limits.max_rooms_per_tenant_count', unit: 'rooms', above: '`TOO_MANY_TOPICS`' },
  { what: 'topics of a tenant, inboxes included', setting: 'limits.max_topics_per_tenant_count', unit: 'topics', above: '`TOO_MANY_TOPICS`' },
  { what: 'history of a topic', setting: 'history.max_events_count', unit: 'events', above: 'the oldest runs go' },
  { what: 'history of a topic', setting: 'history.max_bytes', unit: 'bytes', above: 'the oldest runs go' },
  { what: 'history of a topic', setting: 'history.max_age_ms', unit: 'ms', above: 'the oldest runs go' },
  { what: 'history of the process', setting: 'history.max_total_bytes', unit: 'bytes', above: 'the oldest runs go' },
  { what: 'idle producer remembered', setting: 'history.producer_idle_ms', unit: 'ms', above: '`PRODUCER_UNKNOWN`' },
  { what: 'events searched for the one a reply answers', setting: 'limits.reply_search_events_count', unit: 'events', above: '`UNKNOWN_REQUEST`' },
  { what: 'outbound bytes buffered per session', setting: 'limits.max_session_buffer_bytes', unit: 'bytes', above: 'slow reader: `gap`' },
  { what: 'time for a slow reader to catch up', setting: 'limits.catch_up_ms', unit: 'ms', above: 'close 4008' },
  { what: 'heartbeat', setting: 'heartbeat_ms', unit: 'ms', above: 'two missed: dead' },
  { what: 'token', value: hardCaps.tokenBytes, cap: hardCaps.tokenBytes, unit: 'bytes', above: '401 or close 4401' },
  { what: 'room, channel, client id', value: hardCaps.nameBytes, cap: hardCaps.nameBytes, unit: 'bytes', above: '`INVALID_NAME`' },
  { what: 'tenant id', value: hardCaps.tenantBytes, cap: hardCaps.tenantBytes, unit: 'bytes', above: '401 or close 4401' },
];

/** The table of limits: defaults from the Spine's settings, hard caps from the governed identifiers. Throws Error for a setting that is gone. */
export function renderLimits(spine: SettingsSchema): string {
  const rows = ROWS.map((row) => `| ${row.what} | ${valueOf(row, spine)} | ${row.cap === undefined ? '' : format(row.cap)} | ${row.unit} | ${row.above} |`);
  return ['| limit | default | hard cap | unit | beyond it |', '|---|---|---|---|---|', ...rows].join('\n');
}

function valueOf(row: LimitRow, spine: SettingsSchema): string {
  if (row.setting === undefined) return format(row.value ?? 0);
  const spec = spine.specs.find((one) => one.key === row.setting);
  if (typeof spec?.defaultValue !== 'number') throw new Error(`the Spine has no number setting ${row.setting}`);
  return format(spec.defaultValue);
}

function format(value: number): string {
  return value.toLocaleString('en-US');
}
