import { ArqonError, hardCaps } from '@arqonbus/errors';
import type { TransportOptions } from '@arqonbus/transport';
import type { SpineSettings } from './bus.js';

/** Two missed heartbeats and some slack mean that a peer is dead. */
const idleFactor = 2.4;

/**
 * What a door listens with. A door without TLS on an address that is not loopback needs an explicit
 * word, because tokens and content would cross a network in the clear.
 * @throws ArqonError INVALID_ARGUMENT for such a door, or for half a certificate.
 */
export function listenerOptions(settings: SpineSettings, door: 'service' | 'link'): TransportOptions {
  const host = settings[`${door}.host`];
  const certFile = settings['tls.cert_file'];
  const keyFile = settings['tls.key_file'];
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new ArqonError('INVALID_ARGUMENT', { field: 'tls.cert_file', message: 'tls.cert_file and tls.key_file belong together' });
  }
  if (certFile === undefined && !isLoopback(host) && !settings.plain_outside_loopback) {
    throw new ArqonError('INVALID_ARGUMENT', {
      field: `${door}.host`, message: `${door}.host is not a loopback address: set tls.cert_file and tls.key_file, or plain_outside_loopback for a trusted network`,
    });
  }
  return {
    host, port: settings[`${door}.port`], maxMessageBytes: hardCaps.frameBytes,
    maxBufferedBytes: door === 'link' ? 'unbounded' : settings['limits.max_session_buffer_bytes'],
    idleTimeoutMs: Math.ceil(settings.heartbeat_ms * idleFactor),
    ...(certFile === undefined || keyFile === undefined ? {} : { tls: { certFile, keyFile } }),
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
