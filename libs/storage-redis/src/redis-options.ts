import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { ArqonError } from '@arqonbus/errors';
import type { StoreEvents } from '@arqonbus/storage';

export interface RedisTlsOptions {
  /** PEM file of the authority to trust; default: those of the system. */
  readonly caFile?: string;
  /** PEM files of a client certificate and its key. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Name that the server's certificate must have; default: the host of the address. */
  readonly serverName?: string;
}

export interface RedisStoreOptions {
  /** `redis://` or `rediss://` (TLS) addresses, tried in turn until one serves; with `cluster` the nodes to begin with. */
  readonly urls: readonly string[];
  /** Default false. */
  readonly cluster?: boolean;
  /** Begins every key and channel; default none. */
  readonly prefix?: string;
  /** Instead of those in the addresses. */
  readonly username?: string;
  readonly password?: string;
  readonly tls?: RedisTlsOptions;
  /** After which an operation that was not answered rejects, in milliseconds; default 2,000. */
  readonly commandTimeoutMs?: number;
  /** For one attempt to connect, in milliseconds; default 2,000. */
  readonly connectTimeoutMs?: number;
  /** Uses a server that may evict keys (`maxmemory-policy` other than `noeviction`); the durability is MEMORY then. Default false. */
  readonly allowEviction?: boolean;
  /** Bytes of runs up to which an announcement holds the runs themselves; default 65,536. */
  readonly announcedBytes?: number;
  readonly events?: StoreEvents;
}

/** One server as the client wants it. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: ConnectionOptions;
}

/** The options with their defaults, and addresses as the client wants them. */
export interface RedisSettings {
  readonly addresses: readonly RedisAddress[];
  readonly isCluster: boolean;
  readonly prefix: string;
  readonly commandTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly allowsEviction: boolean;
  readonly announcedBytes: number;
}

/** Raises ArqonError INVALID_ARGUMENT naming the option. */
export function parseRedisOptions(options: RedisStoreOptions): RedisSettings {
  if (options.urls.length === 0) throw invalid('urls', 'at least one address is needed');
  const commandTimeoutMs = positive('commandTimeoutMs', options.commandTimeoutMs ?? 2_000);
  const connectTimeoutMs = positive('connectTimeoutMs', options.connectTimeoutMs ?? 2_000);
  const announcedBytes = options.announcedBytes ?? 65_536;
  if (!Number.isSafeInteger(announcedBytes) || announcedBytes < 0) throw invalid('announcedBytes', 'a number of bytes is needed');
  return {
    addresses: options.urls.map((url) => addressOf(url, options)),
    isCluster: options.cluster === true,
    prefix: options.prefix ?? '',
    commandTimeoutMs,
    connectTimeoutMs,
    allowsEviction: options.allowEviction === true,
    announcedBytes,
  };
}

function addressOf(text: string, options: RedisStoreOptions): RedisAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid('urls', 'an address is not a URL');
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') throw invalid('urls', 'addresses begin with redis:// or rediss://');
  const username = options.username ?? decodeURIComponent(url.username);
  const password = options.password ?? decodeURIComponent(url.password);
  const db = url.pathname.length > 1 ? Number(url.pathname.slice(1)) : 0;
  if (!Number.isSafeInteger(db) || db < 0) throw invalid('urls', 'the path of an address is the number of a database');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host,
    port: url.port === '' ? 6_379 : Number(url.port),
    db,
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    ...(url.protocol === 'rediss:' ? { tls: tlsOf(host, options.tls ?? {}) } : {}),
  };
}

function tlsOf(host: string, tls: RedisTlsOptions): ConnectionOptions {
  return {
    ...(tls.caFile === undefined ? {} : { ca: readPem('tls.caFile', tls.caFile) }),
    ...(tls.certFile === undefined ? {} : { cert: readPem('tls.certFile', tls.certFile) }),
    ...(tls.keyFile === undefined ? {} : { key: readPem('tls.keyFile', tls.keyFile) }),
    servername: tls.serverName ?? (/^[\d.]+$|:/.test(host) ? '' : host),
    minVersion: 'TLSv1.2',
  };
}

function readPem(field: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ArqonError('INVALID_ARGUMENT', { field, message: `the file of ${field} cannot be read`, cause });
  }
}

function positive(field: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw invalid(field, 'a number of milliseconds above 0 is needed');
  return value;
}

function invalid(field: string, message: string): ArqonError {
  return new ArqonError('INVALID_ARGUMENT', { field, message: `${field}: ${message}` });
}
