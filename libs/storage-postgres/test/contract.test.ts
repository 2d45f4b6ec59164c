import { episodeStoreContract, type EpisodeStoreUnderTest } from '@arqonbus/storage/episodes-contract';
import { afterAll, beforeAll } from 'vitest';
import { openEpisodeStore } from '../src/index.js';
import { PostgresUnderTest } from './postgres-under-test.js';

let postgres: PostgresUnderTest;
let opened = 0;

beforeAll(async () => {
  postgres = await PostgresUnderTest.start();
});

afterAll(async () => {
  await postgres.stop();
});

async function open(): Promise<EpisodeStoreUnderTest> {
  const instance = `projector-${String(++opened)}`;
  const store = await openEpisodeStore({ database: postgres.options(), migrate: opened === 1, instance });
  return {
    store,
    instance,
    second: open,
    reopen: async () => {
      await store.close();
      await postgres.crash();
      return open();
    },
    cutConnections: () => postgres.cutConnections(),
    close: () => store.close(),
  };
}

episodeStoreContract('PostgreSQL', open);
