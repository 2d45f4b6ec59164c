import { historyStoreContract, type StoreUnderTest } from '@arqonbus/storage/contract';
import { createTempFolder } from '@arqonbus/testkit';
import { DatabaseClient } from './database-client.js';
import { EmbeddedStore } from './embedded-store.js';
import { sameThread } from '../test/same-thread.fixture.js';

const nowUs = (): number => Date.now() * 1_000;

async function openFile(file: string): Promise<StoreUnderTest> {
  const { client, claim } = await DatabaseClient.start({
    file, retryMs: 50, events: { up: () => undefined, down: () => undefined },
    startThread: (isRetry) => sameThread({ file, sync: 'interval', intervalMs: 20, isRetry, nowUs: nowUs() }),
  });
  const store = new EmbeddedStore(client, claim, nowUs);
  return {
    store,
    backplane: store.backplane,
    reopen: async () => {
      await store.close();
      return openFile(file);
    },
    close: () => store.close(),
  };
}

historyStoreContract('one file, synced at intervals', async () => {
  const folder = createTempFolder();
  const under = await openFile(folder.file('bus.db'));
  return { ...under, close: async () => { await under.close(); folder.remove(); } };
}, { randomHistoriesCount: 100 });
