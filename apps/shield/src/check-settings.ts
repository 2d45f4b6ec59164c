import { readFileSync } from 'node:fs';
import { ArqonError } from '@arqonbus/errors';
import type { TransportOptions } from '@arqonbus/transport';
import { hardCaps } from '@arqonbus/errors';
import type { ConnectionLimitSettings } from './door/connection-limits.js';
import type { ShieldSettings } from './settings.js';

/** Version of this package. */
export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return typeof version === 'string' ? version : '0.0.0';
}

/** Checks what no single setting can say; raises INVALID_ARGUMENT with the key. */
export function assertSettings(settings: ShieldSettings): void {
  if (settings['drain.reconnect_min_ms'] > settings['drain.reconnect_max_ms']) {
    throw new ArqonError('INVALID_ARGUMENT', { field: 'drain.reconnect_min_ms', message: 'drain.reconnect_min_ms is above drain.reconnect_max_ms' });
  }
  if (settings.amnesia && settings['audit.file'] !== undefined) {
    throw new ArqonError('INVALID_ARGUMENT', { field: 'audit.file', message: 'audit.file is not allowed with amnesia' });
  }
  if (settings['link.urls'].length === 0) throw new ArqonError('INVALID_ARGUMENT', { field: 'link.urls', message: 'link.urls names no Spine' });
}

/** Raises INVALID_ARGUMENT unless exactly one source of keys is set. */
export function keySourceOf(settings: ShieldSettings): { url: string } | { file: string } {
  const url = settings['auth.jwks_url'];
  const file = settings['auth.jwks_file'];
  if (url !== undefined && file === undefined) return { url };
  if (file !== undefined && url === undefined) return { file };
  throw new ArqonError('INVALID_ARGUMENT', { field: 'auth.jwks_url', message: 'set exactly one of auth.jwks_url and auth.jwks_file' });
}

/** Limits of connecting. */
export function connectionLimitsOf(settings: ShieldSettings): ConnectionLimitSettings {
  return {
    connectionsPerSecond: settings['limits.connect_rate_per_second'],
    connectionsPerAddressCount: settings['limits.max_connections_per_address_count'],
    connectionsCount: settings['limits.max_connections_count'],
    authFailuresPerMinute: settings['limits.auth_failures_per_minute_count'],
    banMs: settings['limits.ban_ms'],
  };
}

/** The client listener. */
export function listenerOptionsOf(settings: ShieldSettings): TransportOptions {
  return {
    host: settings['listen.host'],
    port: settings['listen.port'],
    tls: { certFile: settings['tls.cert_file'], keyFile: settings['tls.key_file'] },
    maxMessageBytes: hardCaps.frameBytes,
    maxBufferedBytes: settings['limits.max_session_buffer_bytes'],
    sendsInMessage: false,
    idleTimeoutMs: settings['limits.idle_ms'],
  };
}
