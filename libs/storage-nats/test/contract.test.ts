import { ensureNats, startNats, type NatsServer } from '@arqonbus/services';
import { historyStoreContract } from '@arqonbus/storage/contract';
import { afterAll, beforeAll, describe } from 'vitest';
import { openUnderTest, testConfig } from './nats-under-test.js';

for (const prefer of ['pinned', 'distribution'] as const) {
  describe(`with the ${prefer} nats-server`, () => {
    let server: NatsServer;

    beforeAll(async () => {
      const { executable } = await ensureNats({ prefer });
      server = await startNats({ executable, jetstream: { maxFileBytes: 1_099_511_627_776 }, config: testConfig });
    }, 400_000);

    afterAll(async () => {
      await server.stop();
    });

    historyStoreContract('JetStream', () => openUnderTest(server), { randomHistoriesCount: 10 });
  });
}
