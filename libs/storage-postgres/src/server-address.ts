import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { ServerDatabaseOptions } from './database-options.js';

/** Where a server is, taken from its URL. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** Raises Error when the URL is none, or holds what is set elsewhere. Its message never repeats the URL. */
export function parseServerAddress(text: string): ServerAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['postgres:', 'postgresql:'].includes(url.protocol)) throw new Error('the address of the database is not of the form postgresql://user@host:port/database');
  if (url.password !== '') throw new Error('the address of the database holds a password, which has a setting of its own');
  for (const name of url.searchParams.keys()) {
    if (name !== 'host') throw new Error(`the address of the database has the parameter ${JSON.stringify(name)}; only host, for a socket's folder, may be given there`);
  }
  const user = decodeURIComponent(url.username);
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '');
  if (user === '' || host === '') throw new Error(`the address of the database has no ${user === '' ? 'user' : 'host'}`);
  const database = decodeURIComponent(url.pathname.slice(1));
  return { host, port: url.port === '' ? 5432 : Number(url.port), user, database: database === '' ? user : database };
}

/** How connections to `host` are protected. Raises Error when the certificates cannot be read. */
export async function tlsOptions(options: Pick<ServerDatabaseOptions, 'sslMode' | 'caFile'>, host: string): Promise<ConnectionOptions | false> {
  // A socket's file never leaves the machine, and servers do not speak TLS over it.
  if (options.sslMode === 'disable' || host.startsWith('/')) return false;
  const ca = options.caFile === undefined ? {} : { ca: await readFile(options.caFile, 'utf8') };
  // The driver names the host for names alone; without it an IP address would be checked as `localhost`.
  return { minVersion: 'TLSv1.3', host, ...(isIP(host) === 0 ? { servername: host } : {}), ...ca };
}
