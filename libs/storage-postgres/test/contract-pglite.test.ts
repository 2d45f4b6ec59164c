import type { EpisodeStore } from '@arqonbus/storage/episodes';
import { episodeStoreContract, type EpisodeStoreUnderTest } from '@arqonbus/storage/episodes-contract';
import { createTempFolder } from '@arqonbus/testkit';
import { afterAll, beforeAll } from 'vitest';
import { openEpisodeStore } from '../src/index.js';

const folder = createTempFolder('arqon-pglite-');
let current: EpisodeStore | undefined;

// Its first start makes a cluster, which takes seconds.
beforeAll(async () => {
  await open();
}, 120_000);

afterAll(async () => {
  await current?.close();
  folder.remove();
});

/** One store serves all tests but those that close it, for it takes a second to open. */
async function open(): Promise<EpisodeStoreUnderTest> {
  const isOpen = await current?.ping().then(() => true, () => false);
  if (isOpen !== true) current = await openEpisodeStore({ database: { kind: 'pglite', folder: folder.path }, migrate: true, instance: 'embedded' });
  const store = current;
  if (store === undefined) throw new Error('the store was not opened');
  return {
    store,
    instance: 'embedded',
    reopen: async () => {
      await store.close();
      return open();
    },
    close: () => Promise.resolve(),
  };
}

episodeStoreContract('PGlite', open, {
  randomHistoriesCount: 20,
  lacks: {
    instances: 'PGlite has one session, and one process at a time has its folder open',
    connections: 'PGlite runs in the process: there is no connection to lose',
  },
});
