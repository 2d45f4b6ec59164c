import { ensureNats, startNats, startRedis } from '@arqonbus/services';
import { createTempFolder, createTestIssuer, type TestIssuer } from '@arqonbus/testkit';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { startSpineProcess, type RunningSpine } from './spine-process.js';

export const storeNames = ['embedded', 'redis', 'jetstream'] as const;
export type StoreName = (typeof storeNames)[number];

/** A real store for Spines, and what can be done to it. */
export interface TestStore {
  readonly settings: Readonly<Record<string, string>>;
  /** Kills the store's server without warning. Absent for the embedded store, which has none. */
  readonly kill?: () => Promise<void>;
  readonly restart?: () => Promise<void>;
  /** Process of the store's server, for signals. */
  readonly pid?: () => number;
  stop(): Promise<void>;
}

/** Starts the store's server where it has one; `settings` are those of a Spine. */
export async function startStore(name: StoreName): Promise<TestStore> {
  const general = { ARQON_SPINE_HISTORY_STORE: name, ARQON_SPINE_HISTORY_STORE_TIMEOUT_MS: '5000' };
  if (name === 'embedded') {
    const folder = createTempFolder('arqon-embedded-');
    return { settings: { ...general, ARQON_SPINE_HISTORY_EMBEDDED_FILE: folder.file('history.db') }, stop: () => Promise.resolve(folder.remove()) };
  }
  if (name === 'redis') {
    const redis = await startRedis({ appendonly: 'yes', appendfsync: 'always' });
    return {
      settings: { ...general, ARQON_SPINE_HISTORY_REDIS_URLS: redis.url },
      kill: () => redis.kill(), restart: () => redis.restart(), pid: () => redis.pid, stop: () => redis.stop(),
    };
  }
  const { executable } = await ensureNats();
  const nats = await startNats({ executable, jetstream: { syncInterval: 'always' } });
  return {
    settings: { ...general, ARQON_SPINE_HISTORY_JETSTREAM_SERVERS: `nats://127.0.0.1:${String(nats.port)}` },
    kill: () => nats.kill(), restart: () => nats.restart(), pid: () => nats.pid, stop: () => nats.stop(),
  };
}

/** A store for the tests of one `describe`, and the Spines that they start on it. */
export interface StoreFixture {
  readonly store: TestStore;
  /** Starts a Spine on the store; it is killed after the test. */
  start(settings?: Readonly<Record<string, string>>): Promise<RunningSpine>;
}

/** Starts the store before the tests of the `describe` that calls it, and ends it after them. */
export function useStore(name: StoreName): StoreFixture {
  let store: TestStore;
  let issuer: TestIssuer;
  const spines: RunningSpine[] = [];
  beforeAll(async () => {
    [store, issuer] = await Promise.all([startStore(name), createTestIssuer()]);
  }, 180_000);
  afterEach(async () => {
    for (const spine of spines.splice(0)) await spine.process.stop('SIGKILL');
  });
  afterAll(async () => {
    await store.stop();
    await issuer.close();
  });
  return {
    get store() {
      return store;
    },
    start: async (settings = {}) => {
      const spine = await startSpineProcess({ ...store.settings, ...settings }, issuer);
      spines.push(spine);
      return spine;
    },
  };
}
