import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { ArqonError } from '@arqonbus/errors';
import type { TransportOptions, TransportTls } from './transport.js';

/** Bytes of request line and headers above which a request is answered 431, in both adapters: a token of 8 KiB fits. */
export const maxHeaderBytes = 16_384;

/** Body-less answer to an HTTP request that is no WebSocket upgrade (RFC 9110, 15.5.22). */
export const upgradeRequired = { status: 426, headers: { upgrade: 'websocket' } } as const;

/** The engine aborts the process outside of 8 to 960 seconds. */
const idleTimeoutSeconds = { min: 8, max: 960 } as const;

/** The idle time-out in whole seconds, rounded up and brought into the range that both adapters can keep. */
export function idleSecondsOf(idleTimeoutMs: number): number {
  const seconds = Math.ceil(idleTimeoutMs / 1000);
  return Math.min(Math.max(seconds, idleTimeoutSeconds.min), idleTimeoutSeconds.max);
}

/**
 * Checks what the types cannot say. Raises INVALID_ARGUMENT with the name of the option: the engine
 * would abort the process, or take a negative limit for a huge one.
 */
export function assertTransportOptions(options: TransportOptions): void {
  assertWhole('port', options.port, 0, 65_535);
  assertWhole('maxMessageBytes', options.maxMessageBytes, 1, 0x7fff_ffff);
  if (options.maxBufferedBytes !== 'unbounded') assertWhole('maxBufferedBytes', options.maxBufferedBytes, 1, 0x7fff_ffff);
  if (!Number.isFinite(options.idleTimeoutMs) || options.idleTimeoutMs <= 0) {
    throw new ArqonError('INVALID_ARGUMENT', { field: 'idleTimeoutMs', message: 'idleTimeoutMs must be a positive number' });
  }
}

function assertWhole(field: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new ArqonError('INVALID_ARGUMENT', { field, message: `${field} must be a whole number from ${min} to ${max}` });
}

/** Certificate chain and key in PEM, checked to belong together. Raises INTERNAL naming the file; never the content. */
export async function readTlsFiles(tls: TransportTls): Promise<{ cert: Buffer; key: Buffer }> {
  const [cert, key] = await Promise.all([readTlsFile(tls.certFile), readTlsFile(tls.keyFile)]);
  try {
    createSecureContext({ cert, key });
  } catch {
    throw new ArqonError('INTERNAL', { message: `certificate ${tls.certFile} and key ${tls.keyFile} do not make a usable pair` });
  }
  return { cert, key };
}

async function readTlsFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ArqonError('INTERNAL', { message: `cannot read ${path}`, cause });
  }
}
