import { choice, defineSettings, flag, integer, list, path, secret, text, type SettingsFor } from '@arqonbus/config';
import { checkProjectorSettings } from './check-settings.js';

/** Everything about the projector that can be set; docs/configuration.md is generated from it. */
export const projectorSettings = defineSettings('projector', [
  text({ key: 'node.id', default: 'projector-1', pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, doc: 'Name of this node in logs, metrics and the table of partitions.' }),
  choice({ key: 'log.level', values: ['debug', 'info', 'warn', 'error', 'critical'], default: 'info', doc: 'Least level that is logged.' }),

  text({ key: 'bus.url', default: 'ws://127.0.0.1:7401/', doc: 'Address of a Spine\'s door for services, or of a Shield: wss, or ws on loopback.' }),
  path({ key: 'bus.ca_file', doc: 'Certificates (PEM) that the bus may present; the system ones where it is not set.' }),
  path({ key: 'bus.token_dir', default: '.arqon/projector-tokens', doc: 'Folder with one token per tenant, `<tenant>.jwt`; read at each connect and before a token ends. docs/projector.md says what a token needs.' }),
  list({ key: 'tenants', default: ['dev'], maxCount: 1_000, doc: 'Tenants whose episodes are projected, each over a connection of its own.' }),

  choice({ key: 'database.kind', values: ['pglite', 'postgres'], default: 'pglite', doc: 'PostgreSQL inside this process, for one projector alone, or a server.' }),
  path({ key: 'database.folder', default: '.arqon/projector-db', doc: 'Folder of the database with database.kind: pglite.' }),
  text({ key: 'database.url', doc: 'Address of the server, postgresql://user@host:port/database, without a password.' }),
  secret({ key: 'database.password', minCount: 1, doc: 'Password at the server.' }),
  choice({ key: 'database.ssl_mode', values: ['disable', 'verify-full'], default: 'verify-full', doc: 'verify-full checks chain and name of the server\'s certificate; disable, for loopback and trusted networks, speaks in the clear.' }),
  path({ key: 'database.ca_file', doc: 'Certificates (PEM) that the server may present; the system ones where it is not set.' }),
  integer({ key: 'database.max_connections_count', unit: 'count', min: 2, max: 256, default: 8, doc: 'Connections of the pool.' }),
  integer({ key: 'database.connect_timeout_ms', unit: 'ms', min: 100, max: 60_000, default: 5_000, doc: 'Time in which a connection must be there.' }),
  integer({ key: 'database.statement_timeout_ms', unit: 'ms', min: 100, max: 600_000, default: 30_000, doc: 'Time in which a statement must end.' }),
  flag({ key: 'database.migrate', default: true, doc: 'Whether the schema is brought up to date at start; otherwise an older one is refused.' }),

  integer({ key: 'projection.partitions_count', unit: 'count', min: 1, max: 64, default: 4, doc: 'Partitions of a tenant\'s episodes, worked on in parallel and shared between projectors. The same for all of them. It can be raised: all partitions then go back to the one that is least far, and projectors with the number of before end. It cannot be lowered once anything was projected.' }),
  integer({ key: 'projection.max_batch_events_count', unit: 'count', min: 1, max: 20_000, default: 2_000, doc: 'Events in one transaction at most; under failures fewer are tried.' }),
  integer({ key: 'projection.max_batch_bytes', unit: 'bytes', min: 65_536, max: 67_108_864, default: 4_194_304, doc: 'Payload bytes in one transaction at most.' }),
  integer({ key: 'projection.max_wait_ms', unit: 'ms', min: 0, max: 10_000, default: 20, doc: 'Time that a batch waits for more events.' }),
  integer({ key: 'projection.max_queued_events_count', unit: 'count', min: 100, max: 1_000_000, default: 20_000, doc: 'Events of one tenant held in memory while the database is busy or away; the rest waits on the bus.' }),
  integer({ key: 'projection.retry_min_ms', unit: 'ms', min: 1, max: 60_000, default: 50, doc: 'First delay after a transient failure of the database; it doubles.' }),
  integer({ key: 'projection.retry_max_ms', unit: 'ms', min: 10, max: 600_000, default: 5_000, doc: 'Last delay after a transient failure.' }),
  integer({ key: 'projection.mark_retention_ms', unit: 'ms', min: 60_000, max: 31_536_000_000, default: 2_592_000_000, doc: 'Time for which ids of projected events are remembered. A repetition after it is stale, not a duplicate.' }),
  integer({ key: 'projection.lag_degraded_ms', unit: 'ms', min: 1_000, max: 86_400_000, default: 60_000, doc: 'Lag above which readiness says projection_lagging.' }),

  text({ key: 'admin.host', default: '127.0.0.1', doc: 'Address of the admin server.' }),
  integer({ key: 'admin.port', unit: 'port', min: 0, max: 65_535, default: 7_412, doc: 'Port of the admin server; 0 picks a free one.' }),
  secret({ key: 'admin.operator_key', minCount: 32, doc: 'Key for control routes of the admin server; without it they do not exist.' }),
  path({ key: 'audit.file', default: '.arqon/projector-audit.jsonl', doc: 'Audit log of control: append-only, hash-chained JSON lines, mode 0600.' }),
  flag({ key: 'audit.sync', default: true, doc: 'Whether an audit record is flushed to disk before its action is carried out.' }),
  integer({ key: 'drain.timeout_ms', unit: 'ms', min: 0, max: 600_000, default: 10_000, doc: 'Time that batches in flight get when the projector stops.' }),

  choice({ key: 'tracing.exporter', values: ['none', 'otlp'], default: 'none', doc: 'Where spans of sampled traces go.' }),
  text({ key: 'tracing.endpoint', doc: 'OTLP/HTTP endpoint for spans.' }),
] as const, { check: checkProjectorSettings });

export type ProjectorSettings = SettingsFor<typeof projectorSettings>;
