import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureNats, startNats, startRedis } from '@arqonbus/services';
import type { HistoryStore, TopicLog } from '@arqonbus/storage';
import { openEmbeddedStore } from '@arqonbus/storage-embedded';
import { openNatsStore } from '@arqonbus/storage-nats';
import { openRedisStore } from '@arqonbus/storage-redis';

/** `rewriting`: the server rewrites its append-only file again and again. */
export type StoreSetting =
  | 'embedded each' | 'embedded interval' | 'embedded off' | 'redis no' | 'redis everysec' | 'redis always' | 'redis always rewriting' | 'jetstream default' | 'jetstream always';

export interface OpenedStore {
  readonly store: HistoryStore;
  stop(): Promise<void>;
}

/** Milliseconds between syncs under `embedded interval`. */
export const intervalMs = 40;
const events = { up: () => undefined, down: () => undefined };
const requestTimeoutMs = 10_000;

/** Starts the store on the files of the folder, its server included. */
export async function startStore(setting: StoreSetting, folder: string): Promise<OpenedStore> {
  const [name, mode, isRewriting] = setting.split(' ');
  mkdirSync(folder, { recursive: true });
  if (name === 'embedded') {
    const { store } = await openEmbeddedStore({ file: join(folder, 'bus.db'), sync: mode as 'each' | 'interval' | 'off', intervalMs, events });
    return { store, stop: () => store.close() };
  }
  if (name === 'redis') {
    const appending = mode === 'no' ? { appendonly: 'no' as const } : { appendonly: 'yes' as const, appendfsync: mode as 'always' | 'everysec' };
    const args = isRewriting === undefined ? [] : ['--auto-aof-rewrite-min-size', '64kb', '--auto-aof-rewrite-percentage', '10'];
    const redis = await startRedis({ folder, ...appending, args });
    const { store } = await openRedisStore({ urls: [redis.url], commandTimeoutMs: requestTimeoutMs, events });
    return { store, stop: async () => { await store.close(); await redis.stop(); } };
  }
  const { executable } = await ensureNats();
  const nats = await startNats({ executable, jetstream: { storeFolder: folder, ...(mode === 'always' ? { syncInterval: 'always' } : {}) } });
  const { store } = await openNatsStore({
    servers: [`127.0.0.1:${nats.port}`], requestTimeoutMs, events, ...(mode === 'always' ? { declaredSync: 'always' } : {}),
  });
  return { store, stop: async () => { await store.close(); await nats.stop(); } };
}

const retention = { maxEvents: 100_000, maxBytes: 268_435_456, maxAgeMs: 3_600_000 };

export function openLog(store: HistoryStore): Promise<TopicLog> {
  return store.openLog({ tenant: 'acme', room: 'plans', channel: 'main' }, { retention, producerIdleMs: 600_000 });
}

/** The content of a run: its number, repeated. */
export function bodyOf(run: number, bytes: number): Uint8Array {
  const body = new Uint8Array(bytes);
  const view = new DataView(body.buffer);
  for (let at = 0; at < body.length; at += 4) view.setUint32(at, run);
  return body;
}
