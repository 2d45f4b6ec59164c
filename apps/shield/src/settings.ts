import { choice, defineSettings, flag, integer, list, path, secret, text, type SettingsFor } from '@arqonbus/config';
import { hardCaps } from '@arqonbus/errors';

/** Settings of the Shield; docs/configuration.md is generated from them. */
export const shieldSettings = defineSettings('shield', [
  text({ key: 'node.id', default: 'shield-1', pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, doc: 'Identity of this process among its siblings, in logs, metrics and on the link.' }),
  text({ key: 'listen.host', default: '127.0.0.1', doc: 'Address of the client listener.' }),
  integer({ key: 'listen.port', unit: 'port', min: 0, max: 65_535, default: 8_443, doc: 'Port of the client listener; 0 picks a free one.' }),
  choice({ key: 'transport', values: ['engine', 'fallback'], default: 'engine', doc: 'The native engine, or the slower one on ws, which also takes over where the engine has no binary.' }),
  path({ key: 'tls.cert_file', required: true, doc: 'Certificate chain, PEM. TLS 1.3 only.' }),
  path({ key: 'tls.key_file', required: true, doc: 'Private key, PEM; group and world must have no access.' }),
  text({ key: 'auth.jwks_url', doc: 'JSON Web Key Set of the issuer: https, or http on loopback. Exactly one of auth.jwks_url and auth.jwks_file.' }),
  path({ key: 'auth.jwks_file', doc: 'JSON Web Key Set as a file, read again when it changes.' }),
  text({ key: 'auth.issuer', required: true, doc: 'Required iss of tokens.' }),
  text({ key: 'auth.audience', required: true, doc: 'Required value in aud of tokens.' }),
  list({ key: 'origins', default: [], pattern: /^https?:\/\/[^/\s]+$/, doc: 'Origins of browser pages that may connect, such as https://app.example. Clients without an Origin are not browsers.' }),
  list({ key: 'link.urls', default: ['ws://127.0.0.1:7400'], pattern: /^wss?:\/\/\S+$/, maxCount: 16, doc: 'Link doors of Spines, tried in turn.' }),
  secret({ key: 'link.key', required: true, minCount: 32, doc: 'Credential of the link.' }),
  integer({ key: 'link.grace_ms', unit: 'ms', min: 0, max: 600_000, default: 30_000, doc: 'How long clients stay connected without a link.' }),
  integer({ key: 'link.welcome_timeout_ms', unit: 'ms', min: 100, max: 60_000, default: 10_000, doc: 'How long a session may wait for its welcome while the link is up.' }),
  integer({ key: 'limits.max_frame_bytes', unit: 'bytes', min: 1_024, cap: hardCaps.clientFrameBytes, default: hardCaps.clientFrameBytes, doc: 'Largest frame of a client; above it close 4413.' }),
  integer({ key: 'limits.max_bytes_per_turn_bytes', unit: 'bytes', min: 65_536, max: 67_108_864, default: 4_194_304, doc: 'Bytes that one session may send within one turn of the event loop, 256 per frame added (64 for the role service); above it close 4529. Keep it above what the Spine names in its welcome.' }),
  integer({ key: 'limits.max_service_bytes_per_turn_bytes', unit: 'bytes', min: 65_536, max: 268_435_456, default: 67_108_864, doc: 'The same for sessions with the role service.' }),
  integer({ key: 'limits.max_session_buffer_bytes', unit: 'bytes', min: 65_536, max: 268_435_456, default: 4_194_304, doc: 'Bytes buffered per session before it counts as a slow reader.' }),
  integer({ key: 'limits.idle_ms', unit: 'ms', min: 8_000, max: 960_000, default: 60_000, doc: 'Silence after which a socket is closed; pings are sent within it.' }),
  integer({ key: 'limits.max_connections_count', unit: 'count', min: 1, max: 1_000_000, default: 100_000, doc: 'Connections of the process.' }),
  integer({ key: 'limits.max_connections_per_address_count', unit: 'count', min: 1, max: 1_000_000, default: 10_000, doc: 'Connections of one address (an IPv6 /64 is one).' }),
  integer({ key: 'limits.connect_rate_per_second', unit: 'per_second', min: 1, max: 100_000, default: 500, doc: 'Connection attempts per second of one address, with a burst of two seconds.' }),
  integer({ key: 'limits.auth_failures_per_minute_count', unit: 'count', min: 1, max: 100_000, default: 120, doc: 'Failed authentications per minute after which an address is banned.' }),
  integer({ key: 'limits.ban_ms', unit: 'ms', min: 1_000, max: 86_400_000, default: 60_000, doc: 'Length of the ban.' }),
  text({ key: 'admin.host', default: '127.0.0.1', doc: 'Address of the admin server.' }),
  integer({ key: 'admin.port', unit: 'port', min: 0, max: 65_535, default: 8_444, doc: 'Port of the admin server; 0 picks a free one.' }),
  secret({ key: 'admin.operator_key', doc: 'Key of the control routes; without it they do not exist.' }),
  integer({ key: 'drain.timeout_ms', unit: 'ms', min: 0, max: 600_000, default: 10_000, doc: 'How long a drain waits for clients to leave.' }),
  integer({ key: 'drain.reconnect_min_ms', unit: 'ms', min: 0, max: 600_000, default: 1_000, doc: 'Start of the window in which drained clients come back.' }),
  integer({ key: 'drain.reconnect_max_ms', unit: 'ms', min: 0, max: 600_000, default: 5_000, doc: 'End of that window.' }),
  choice({ key: 'log.level', values: ['debug', 'info', 'warn', 'error', 'critical'], default: 'info', doc: 'Lines below this level are not written.' }),
  path({ key: 'audit.file', doc: 'Audit log: append-only, hash-chained JSON lines; without it the log is in memory only.' }),
  flag({ key: 'amnesia', default: false, doc: 'Nothing is written to disk; excludes audit.file.' }),
]);

export type ShieldSettings = SettingsFor<typeof shieldSettings>;
