import type { StoreUnderTest } from '@arqonbus/storage/contract';
import type { NatsServer } from '@arqonbus/services';
import { openNatsStore, type NatsStoreOptions } from '../src/index.js';

/** Small bounds, for the server reserves them and each test has tenants of its own. */
export const testBounds = { maxStreamBytes: 33_554_432, maxRecordBytes: 4_194_304 } as const;

/**
 * Lines for a server under test: the contract's largest body is 1 MiB, which with headers is more than the server's default message; the runs
 * of a Spine are smaller (983,040 bytes and their routing).
 */
export const testConfig = ['max_payload: 2097152'];

export function optionsFor(server: { readonly port: number }, options: Partial<NatsStoreOptions> = {}): NatsStoreOptions {
  return { servers: [`127.0.0.1:${server.port}`], ...testBounds, ...options };
}

/** One Spine's view of a running server; further ones share the data. */
export async function openUnderTest(server: NatsServer): Promise<StoreUnderTest> {
  const { store, backplane } = await openNatsStore(optionsFor(server));
  const close = async (): Promise<void> => {
    await backplane.close();
    await store.close();
  };
  return {
    store,
    backplane,
    reopen: async () => {
      await close();
      return openUnderTest(server);
    },
    second: () => openUnderTest(server),
    close,
  };
}
