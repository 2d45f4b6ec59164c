import { ArqonError } from '@arqonbus/errors';
import { readFileSync } from 'node:fs';
import type { DurableStore, SpineSettings } from './bus.js';
import { StoreGate } from './durable/store-gate.js';

/**
 * Opens the store that the settings name; part of the composition root. Undefined for memory.
 * @throws ArqonError INVALID_ARGUMENT for settings that contradict each other, STORE_UNAVAILABLE when the store cannot be opened.
 */
export async function openStore(settings: SpineSettings): Promise<DurableStore | undefined> {
  assertStoreSettings(settings);
  const gate = new StoreGate(() => performance.now());
  const name = settings['history.store'];
  if (name === 'memory') return undefined;
  const opened = name === 'embedded' ? openEmbedded(settings, gate) : name === 'redis' ? openRedis(settings, gate) : openNats(settings, gate);
  return { ...(await opened), gate };
}

/** Only the adapter that is used is loaded. */
type Opened = Promise<Omit<DurableStore, 'gate'>>;

async function openEmbedded(settings: SpineSettings, events: StoreGate): Opened {
  const { openEmbeddedStore } = await import('@arqonbus/storage-embedded');
  return openEmbeddedStore({
    file: settings['history.embedded_file'], sync: settings['history.embedded_sync'], intervalMs: settings['history.embedded_interval_ms'], events,
  });
}

async function openRedis(settings: SpineSettings, events: StoreGate): Opened {
  const { openRedisStore } = await import('@arqonbus/storage-redis');
  const caFile = settings['history.ca_file'];
  const username = settings['history.user'];
  const password = settings['history.password'];
  const timeoutMs = settings['history.store_timeout_ms'];
  return openRedisStore({
    urls: settings['history.redis_urls'], cluster: settings['history.redis_cluster'], allowEviction: settings['history.redis_allow_eviction'],
    commandTimeoutMs: timeoutMs, connectTimeoutMs: timeoutMs, events, ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }), ...(caFile === undefined ? {} : { tls: { caFile } }),
  });
}

async function openNats(settings: SpineSettings, events: StoreGate): Opened {
  const { openNatsStore } = await import('@arqonbus/storage-nats');
  const servers = settings['history.jetstream_servers'];
  const caFile = settings['history.ca_file'];
  const credentials = natsCredentialsOf(settings);
  const timeoutMs = settings['history.store_timeout_ms'];
  const isTls = caFile !== undefined || servers.some((server) => server.startsWith('tls://'));
  return openNatsStore({
    servers: servers.map((server) => server.replace(/^(nats|tls):\/\//, '')), requestTimeoutMs: timeoutMs, connectTimeoutMs: timeoutMs, events,
    replicasCount: settings['history.jetstream_replicas_count'], ...(settings['history.jetstream_sync'] === 'always' ? { declaredSync: 'always' as const } : {}),
    ...(isTls ? { tls: caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') } } : {}), ...(credentials === undefined ? {} : { credentials }),
  });
}

type NatsCredentials = { readonly kind: 'token'; readonly token: string } | { readonly kind: 'user'; readonly user: string; readonly password: string };

function natsCredentialsOf(settings: SpineSettings): NatsCredentials | undefined {
  const token = settings['history.token'];
  const user = settings['history.user'];
  if (token !== undefined) return { kind: 'token', token };
  return user === undefined ? undefined : { kind: 'user', user, password: settings['history.password'] ?? '' };
}

function assertStoreSettings(settings: SpineSettings): void {
  const isShared = settings['history.store'] === 'redis' || settings['history.store'] === 'jetstream';
  const refuse = (field: string, message: string): never => { throw new ArqonError('INVALID_ARGUMENT', { field, message }); };
  if (settings['history.store'] === 'memory' && settings.rooms.some((rule) => rule.history === 'durable')) {
    refuse('rooms', 'a record says history: durable, but history.store is memory: name a store');
  }
  if (settings['history.spines'] !== 'many') return;
  if (!isShared) refuse('history.spines', 'many Spines need a store that they share: history.store redis or jetstream');
  const degrades = settings['history.on_store_failure'] === 'degrade' || settings.rooms.some((rule) => rule.on_store_failure === 'degrade');
  if (degrades) refuse('history.on_store_failure', 'degrade is for a single Spine: with many the store is the order, so publishing is refused while it is away');
}
