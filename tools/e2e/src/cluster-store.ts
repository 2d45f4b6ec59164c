import { ensureNats, startNats, startRedis } from '@arqonbus/services';
import type { Settings } from './server-process.js';

export type ClusterStoreName = 'memory' | 'embedded' | 'redis' | 'jetstream';

/** The store of a cluster's Spines. */
export interface ClusterStore {
  /** Settings of a Spine that uses it. */
  readonly settings: Settings;
  /** SIGKILL to the store's server. Rejects where the store has none. */
  kill(): Promise<void>;
  /** Starts the server again on its port and files. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds after which a store that does not answer counts as gone. */
const storeTimeoutMs = '1000';

/** Starts the store's server, where it has one, so that it flushes before each acknowledgement; `folder` is where an embedded store has its file. */
export async function startClusterStore(name: ClusterStoreName, folder: { file(name: string): string }): Promise<ClusterStore> {
  const common = { 'history.store': name, 'history.store_timeout_ms': storeTimeoutMs };
  switch (name) {
    case 'memory':
      return withoutServer({});
    case 'embedded':
      return withoutServer({ ...common, 'history.embedded_file': folder.file('history.db') });
    case 'redis': {
      const redis = await startRedis({ appendonly: 'yes', appendfsync: 'always' });
      return { settings: { ...common, 'history.redis_urls': redis.url }, kill: () => redis.kill(), restart: () => redis.restart(), stop: () => redis.stop() };
    }
    case 'jetstream': {
      const { executable, isPinned } = await ensureNats();
      // The distribution's server cannot sync before each acknowledgement; what it took still survives a kill -9.
      const nats = await startNats({ executable, jetstream: isPinned ? { syncInterval: 'always' } : {} });
      const settings = { ...common, 'history.jetstream_servers': `nats://127.0.0.1:${String(nats.port)}` };
      return { settings, kill: () => nats.kill(), restart: () => nats.restart(), stop: () => nats.stop() };
    }
  }
}

function withoutServer(settings: Settings): ClusterStore {
  const refuse = (): Promise<void> => Promise.reject(new Error('this store has no server'));
  return { settings, kill: refuse, restart: refuse, stop: () => Promise.resolve() };
}
