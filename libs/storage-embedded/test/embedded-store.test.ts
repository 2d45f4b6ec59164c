import { historyStoreContract, type StoreUnderTest } from '@arqonbus/storage/contract';
import { createTempFolder } from '@arqonbus/testkit';
import { openEmbeddedStore } from '../src/index.js';

async function openFile(file: string): Promise<StoreUnderTest> {
  const opened = await openEmbeddedStore({ file, sync: 'each', events: { up: () => undefined, down: () => undefined } });
  return {
    ...opened,
    reopen: async () => {
      await opened.store.close();
      return openFile(file);
    },
    close: () => opened.store.close(),
  };
}

historyStoreContract('one file, synced at each commit', async () => {
  const folder = createTempFolder();
  const under = await openFile(folder.file('bus.db'));
  return { ...under, close: async () => { await under.close(); folder.remove(); } };
}, { randomHistoriesCount: 25 });
