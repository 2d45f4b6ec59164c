import { choice, defineSettings, flag, integer, list, path, records, secret, text } from '@arqonbus/config';
import { casilSettings } from '@arqonbus/config/casil';
import { hardCaps } from '@arqonbus/errors';
import { checkSpineSettings } from './check-settings.js';
import { parseRoomRules, roomRulesAllowed } from './durable/room-rules.js';

/** Everything about the Spine that can be set; docs/configuration.md is generated from it. */
export const spineSettings = defineSettings('spine', [
  text({ key: 'node.id', default: 'spine-1', pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, doc: 'Name of this node in logs, metrics and the audit log.' }),
  choice({ key: 'log.level', values: ['debug', 'info', 'warn', 'error', 'critical'], default: 'info', doc: 'Least level that is logged.' }),

  text({ key: 'service.host', default: '127.0.0.1', doc: 'Address of the door for services (arqon.v1).' }),
  integer({ key: 'service.port', unit: 'port', min: 0, max: 65_535, default: 7_401, doc: 'Port of the door for services; 0 picks a free one.' }),
  text({ key: 'link.host', default: '127.0.0.1', doc: 'Address of the door for Shields (arqon.link.v1).' }),
  integer({ key: 'link.port', unit: 'port', min: 0, max: 65_535, default: 7_400, doc: 'Port of the door for Shields; 0 picks a free one.' }),
  secret({ key: 'link.key', required: true, minCount: 32, doc: 'Key that a Shield shows to open a link.' }),
  flag({ key: 'plain_outside_loopback', default: false, doc: 'Allows a door without TLS on an address that is not loopback, for a network that is trusted or encrypted by other means.' }),
  path({ key: 'tls.cert_file', doc: 'Certificate chain (PEM) of both doors; with tls.key_file they speak TLS 1.3 only.' }),
  path({ key: 'tls.key_file', doc: 'Private key (PEM) of both doors, mode 0600.' }),
  choice({ key: 'transport', values: ['engine', 'fallback'], default: 'engine', doc: 'WebSocket implementation: the native engine, or the slower one in pure JavaScript.' }),

  text({ key: 'admin.host', default: '127.0.0.1', doc: 'Address of the admin server.' }),
  integer({ key: 'admin.port', unit: 'port', min: 0, max: 65_535, default: 7_402, doc: 'Port of the admin server; 0 picks a free one.' }),
  secret({ key: 'admin.operator_key', minCount: 32, doc: 'Key for control routes of the admin server; without it they do not exist.' }),

  text({ key: 'auth.jwks_url', doc: 'JSON Web Key Set to verify tokens with: https, or http on loopback. Give this or auth.jwks_file.' }),
  path({ key: 'auth.jwks_file', doc: 'JSON Web Key Set as a file; read again when it changes.' }),
  text({ key: 'auth.issuer', required: true, doc: 'Required iss of tokens.' }),
  text({ key: 'auth.audience', required: true, doc: 'Required aud of tokens.' }),

  flag({ key: 'rooms.auto_create', default: true, doc: 'Whether the first permitted join or publish creates room and channel.' }),
  integer({ key: 'rooms.idle_ms', unit: 'ms', min: 1_000, max: 604_800_000, default: 3_600_000, doc: 'Time without events and subscribers after which a topic expires.' }),

  records({
    key: 'rooms', default: [], allowed: roomRulesAllowed, parse: parseRoomRules,
    doc: 'What holds for which topics; the first record whose match covers a topic decides, and what it leaves out follows the general settings.',
  }),

  choice({ key: 'history.store', values: ['memory', 'embedded', 'redis', 'jetstream'], default: 'memory', doc: 'Where durable history is kept; docs/ordering.md says what an acknowledgement is worth with each.' }),
  choice({ key: 'history.spines', values: ['one', 'many'], default: 'one', doc: 'Whether other Spines use the same store; many needs redis or jetstream, and on_store_failure refuse.' }),
  choice({ key: 'history.on_store_failure', values: ['refuse', 'degrade'], default: 'refuse', doc: 'While the store is away: refuse what is published, or go on in memory in a new epoch.' }),
  path({ key: 'history.embedded_file', default: '.arqon/history.db', doc: 'File of the embedded store.' }),
  choice({ key: 'history.embedded_sync', values: ['each', 'interval', 'off'], default: 'each', doc: 'When the embedded store flushes to disk: with each group commit (FSYNC), at an interval, or when the system does (STORE).' }),
  integer({ key: 'history.embedded_interval_ms', unit: 'ms', min: 10, max: 60_000, default: 1_000, doc: 'Interval of the flushes with history.embedded_sync: interval.' }),
  list({ key: 'history.redis_urls', default: ['redis://127.0.0.1:6379'], maxCount: 16, doc: 'Addresses of Redis or Valkey, redis:// or rediss://, tried in turn.' }),
  flag({ key: 'history.redis_cluster', default: false, doc: 'Whether history.redis_urls name nodes of one Redis Cluster.' }),
  flag({ key: 'history.redis_allow_eviction', default: false, doc: 'Allows a Redis whose maxmemory-policy may evict history.' }),
  list({ key: 'history.jetstream_servers', default: ['nats://127.0.0.1:4222'], maxCount: 16, doc: 'Addresses of NATS servers with JetStream, nats:// or tls://.' }),
  choice({ key: 'history.jetstream_sync', values: ['always', 'interval'], default: 'interval', doc: 'What the operator declares of the sync_interval of the NATS servers: with always, acknowledgements say FSYNC.' }),
  integer({ key: 'history.jetstream_replicas_count', unit: 'count', min: 1, max: 5, default: 1, doc: 'Replicas of each stream.' }),
  path({ key: 'history.ca_file', doc: 'Certificates (PEM) that the store may present; the system ones where it is not set.' }),
  text({ key: 'history.user', doc: 'User at the store.' }),
  secret({ key: 'history.password', minCount: 1, doc: 'Password at the store.' }),
  secret({ key: 'history.token', minCount: 1, doc: 'Token at NATS servers, instead of user and password.' }),
  integer({ key: 'history.store_timeout_ms', unit: 'ms', min: 50, max: 60_000, default: 2_000, doc: 'Time in which the store must answer.' }),
  integer({ key: 'history.max_events_count', unit: 'count', min: 1, max: 10_000_000, default: 10_000, doc: 'Events kept per topic.' }),
  integer({ key: 'history.max_bytes', unit: 'bytes', min: 65_536, max: 1_073_741_824, default: 16_777_216, doc: 'Bytes kept per topic.' }),
  integer({ key: 'history.max_age_ms', unit: 'ms', min: 1_000, max: 604_800_000, default: 3_600_000, doc: 'Age up to which events are kept.' }),
  integer({ key: 'history.max_total_bytes', unit: 'bytes', min: 1_048_576, max: 17_179_869_184, default: 1_073_741_824, doc: 'Bytes kept over all topics of the process.' }),
  integer({ key: 'history.producer_idle_ms', unit: 'ms', min: 1_000, max: 86_400_000, default: 600_000, doc: 'Time after which an idle producer is forgotten.' }),

  integer({ key: 'groups.lease_ms', unit: 'ms', min: 1_000, max: 3_600_000, default: 30_000, doc: 'Time that a member of a group has for a task before it goes to another. The same on all Spines of a store.' }),
  integer({ key: 'groups.max_attempts_count', unit: 'count', min: 1, max: 1_000, default: 5, doc: 'Deliveries of a task after which it becomes a dead letter.' }),

  integer({ key: 'limits.max_frame_bytes', unit: 'bytes', min: 1_024, cap: hardCaps.clientFrameBytes, default: hardCaps.clientFrameBytes, doc: 'Largest frame of a session; above it close 4413.' }),
  integer({ key: 'limits.max_envelope_bytes', unit: 'bytes', min: 256, cap: hardCaps.envelopeBytes, default: 262_144, doc: 'Largest envelope.' }),
  integer({ key: 'limits.max_events_per_run_count', unit: 'count', min: 1, cap: hardCaps.eventsPerRun, default: 1_024, doc: 'Events in one run.' }),
  integer({ key: 'limits.max_unacknowledged_runs_count', unit: 'count', min: 1, cap: hardCaps.unacknowledgedRuns, default: 64, doc: 'Unacknowledged runs per producer and topic.' }),
  integer({ key: 'limits.events_per_second', unit: 'per_second', min: 1, max: 10_000_000, default: 10_000, off: true, doc: 'Events per second of one session without the role service; a burst may be twice that.' }),
  integer({ key: 'limits.bytes_per_second', unit: 'bytes_per_second', min: 1_024, max: 1_073_741_824, default: 16_777_216, off: true, doc: 'Bytes per second of one session without the role service; a burst may be twice that.' }),
  integer({ key: 'limits.max_bytes_per_turn_bytes', unit: 'bytes', min: 1_048_576, max: 67_108_864, default: 2_097_152, doc: 'Bytes one session may send within one turn of the event loop; above it, or above four times it in a turn of less than 12 ms, close 4529.' }),
  integer({ key: 'limits.max_service_bytes_per_turn_bytes', unit: 'bytes', min: 1_048_576, max: 268_435_456, default: 33_554_432, doc: 'The same for sessions with the role service.' }),
  integer({ key: 'limits.max_topics_per_session_count', unit: 'count', min: 1, cap: hardCaps.topicsPerSession, default: 1_024, doc: 'Topics and rooms one session may follow.' }),
  integer({ key: 'limits.max_rooms_per_tenant_count', unit: 'count', min: 1, max: 1_000_000, default: 10_000, doc: 'Rooms of one tenant.' }),
  integer({ key: 'limits.max_topics_per_tenant_count', unit: 'count', min: 1, max: 10_000_000, default: 100_000, doc: 'Topics of one tenant, inboxes included.' }),
  integer({ key: 'limits.max_tenants_count', unit: 'count', min: 1, max: 1_000_000, default: 10_000, doc: 'Tenants with sessions or topics on this Spine.' }),
  integer({ key: 'limits.max_sessions_count', unit: 'count', min: 1, max: 10_000_000, default: 200_000, doc: 'Open sessions.' }),
  integer({ key: 'limits.max_session_buffer_bytes', unit: 'bytes', min: 65_536, max: 67_108_864, default: 4_194_304, doc: 'Outbound bytes buffered per session; above it the session is a slow reader.' }),
  integer({ key: 'limits.max_link_buffer_bytes', unit: 'bytes', min: 1_048_576, max: 1_073_741_824, default: 67_108_864, doc: 'Outbound bytes buffered per link; above it the link is closed.' }),
  integer({ key: 'limits.catch_up_ms', unit: 'ms', min: 1_000, max: 600_000, default: 30_000, doc: 'Time in which a slow reader must catch up; above it close 4008.' }),
  integer({ key: 'limits.reply_search_events_count', unit: 'count', min: 1, max: 1_000_000, default: 4_096, doc: 'Newest events of a topic searched for the one that a reply answers.' }),

  integer({ key: 'heartbeat_ms', unit: 'ms', min: 1_000, max: 120_000, default: 25_000, doc: 'Interval of heartbeats; two missed mean that the connection is dead.' }),
  integer({ key: 'auth.expiry_notice_ms', unit: 'ms', min: 1_000, max: 600_000, default: 60_000, doc: 'Time before the end of a token at which its session is told.' }),
  integer({ key: 'drain.timeout_ms', unit: 'ms', min: 0, max: 600_000, default: 5_000, doc: 'Time that sessions get to leave when the Spine stops.' }),
  integer({ key: 'drain.reconnect_min_ms', unit: 'ms', min: 0, max: 600_000, default: 1_000, doc: 'Start of the window in which sessions come back after a drain.' }),
  integer({ key: 'drain.reconnect_max_ms', unit: 'ms', min: 0, max: 600_000, default: 5_000, doc: 'End of that window.' }),

  path({ key: 'audit.file', default: '.arqon/spine-audit.jsonl', doc: 'Audit log: append-only, hash-chained JSON lines, mode 0600.' }),
  flag({ key: 'audit.sync', default: true, doc: 'Whether an audit record is flushed to disk before its action is carried out.' }),
  ...casilSettings,

  choice({ key: 'tracing.exporter', values: ['none', 'otlp'], default: 'none', doc: 'Where publish spans of sampled traces go.' }),
  text({ key: 'tracing.endpoint', doc: 'OTLP/HTTP endpoint for spans.' }),
] as const, { check: checkSpineSettings });
