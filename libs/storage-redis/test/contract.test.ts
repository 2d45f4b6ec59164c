import { historyStoreContract, type StoreUnderTest } from '@arqonbus/storage/contract';
import { startRedis, type RedisServer } from '@arqonbus/services';
import { afterAll, beforeAll } from 'vitest';
import { openRedisStore } from '../src/index.js';

let server: RedisServer;

beforeAll(async () => {
  server = await startRedis({ appendonly: 'yes', appendfsync: 'always' });
});

afterAll(async () => {
  await server.stop();
});

async function open(): Promise<StoreUnderTest> {
  const { store, backplane } = await openRedisStore({ urls: [server.url], prefix: 'contract:', commandTimeoutMs: 10_000 });
  const close = async (): Promise<void> => {
    await backplane.close();
    await store.close();
  };
  return {
    store,
    backplane,
    controlsTime: false,
    second: open,
    reopen: async () => {
      await close();
      // Its append-only file is all that is left; every answer waited for it.
      await server.kill();
      await server.restart();
      return open();
    },
    close,
  };
}

historyStoreContract('Redis', open, { randomHistoriesCount: 20 });
