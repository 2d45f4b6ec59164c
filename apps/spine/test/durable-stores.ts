import { ensureNats, startNats, startRedis } from '@arqonbus/services';
import { createTempFolder } from '@arqonbus/testkit';

export const storeNames = ['embedded', 'redis', 'jetstream'] as const;
export type StoreName = (typeof storeNames)[number];

/** A real store for Spines, and what can be done to it. */
export interface TestStore {
  readonly settings: Readonly<Record<string, string>>;
  /** Kills the store's server without warning. Absent for the embedded store, which has none. */
  readonly kill?: () => Promise<void>;
  readonly restart?: () => Promise<void>;
  stop(): Promise<void>;
}

/** Starts the store's server where it has one; `settings` are those of a Spine. */
export async function startStore(name: StoreName): Promise<TestStore> {
  const general = { ARQON_SPINE_HISTORY_STORE: name, ARQON_SPINE_HISTORY_STORE_TIMEOUT_MS: '1000' };
  if (name === 'embedded') {
    const folder = createTempFolder('arqon-embedded-');
    return { settings: { ...general, ARQON_SPINE_HISTORY_EMBEDDED_FILE: folder.file('history.db') }, stop: () => Promise.resolve(folder.remove()) };
  }
  if (name === 'redis') {
    const redis = await startRedis({ appendonly: 'yes', appendfsync: 'always' });
    return {
      settings: { ...general, ARQON_SPINE_HISTORY_REDIS_URLS: redis.url },
      kill: () => redis.kill(), restart: () => redis.restart(), stop: () => redis.stop(),
    };
  }
  const { executable } = await ensureNats();
  const nats = await startNats({ executable, jetstream: { syncInterval: 'always' } });
  return {
    settings: { ...general, ARQON_SPINE_HISTORY_JETSTREAM_SERVERS: `nats://127.0.0.1:${String(nats.port)}` },
    kill: () => nats.kill(), restart: () => nats.restart(), stop: () => nats.stop(),
  };
}
