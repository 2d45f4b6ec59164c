import { EpisodeStoreError } from '@arqonbus/storage/episodes';
import { createEpisodeStore } from '@arqonbus/storage-postgres';
import { createLogger } from '@arqonbus/telemetry';
import { freePort, waitFor } from '@arqonbus/testkit';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { OpeningStore } from './opening-store.js';

const logger = createLogger({ service: 'projector', nodeId: 'test', version: '0', level: 'CRITICAL', destination: new PassThrough().resume() });
const delays = { logger, random: () => 0, minDelayMs: 1, maxDelayMs: 5 };

describe('OpeningStore', () => {
  it('tries again while the database does not answer, until it is given up', async () => {
    const port = await freePort();
    let triesCount = 0;
    const { store, open } = createEpisodeStore({
      instance: 'test', migrate: false,
      database: { kind: 'postgres', url: `postgresql://nobody@127.0.0.1:${String(port)}/none`, password: undefined, sslMode: 'disable', caFile: undefined, maxConnections: 2, connectTimeoutMs: 500, statementTimeoutMs: 500 },
    });
    const opening = new OpeningStore({
      ...delays,
      open: () => {
        triesCount += 1;
        return open();
      },
    });
    const opened = opening.open();
    await waitFor(() => triesCount >= 3, { what: 'three tries' });
    opening.giveUp();
    expect(await opened).toBe(false);
    await expect(store.isPaused('acme')).rejects.toMatchObject({ failure: 'transient' });
    await store.close();
  });

  it('ends with what trying again would not change', async () => {
    const refusal = new EpisodeStoreError('data', 'no such role');
    await expect(new OpeningStore({ ...delays, open: () => Promise.reject(refusal) }).open()).rejects.toBe(refusal);
  });
});
