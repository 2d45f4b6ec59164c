import { historyStoreContract, type StoreUnderTest } from '@arqonbus/storage/contract';
import { createTempFolder } from '@arqonbus/testkit';
import { join } from 'node:path';
import { openEmbeddedStore, type SyncPolicy } from '../src/index.js';

/** Opens the store's file in the folder, again after a restart. */
async function openIn(folder: string, sync: SyncPolicy): Promise<StoreUnderTest> {
  const opened = await openEmbeddedStore({ file: join(folder, 'bus.db'), sync, events: { up: () => undefined, down: () => undefined } });
  return {
    ...opened,
    reopen: async () => {
      await opened.store.close();
      return openIn(folder, sync);
    },
    close: () => opened.store.close(),
  };
}

for (const sync of ['each', 'interval'] as const) {
  historyStoreContract(`one file, sync ${sync}`, async () => {
    const folder = createTempFolder();
    const under = await openIn(folder.path, sync);
    return { ...under, close: async () => { await under.close(); folder.remove(); } };
  }, { randomHistoriesCount: sync === 'each' ? 60 : 20 });
}
