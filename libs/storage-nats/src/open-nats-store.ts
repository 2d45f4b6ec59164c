import type { Backplane, HistoryStore } from '@arqonbus/storage';
import { NatsBackplane } from './nats-backplane.js';
import { NatsHistoryStore } from './nats-history-store.js';
import { NatsLink } from './nats-link.js';
import type { NatsStoreOptions } from './nats-store-options.js';

export interface NatsStore {
  readonly store: HistoryStore;
  readonly backplane: Backplane;
}

/**
 * Connects to JetStream: the history, the order and the way between Spines. Closing the store closes the connection. Rejects with
 * STORE_UNAVAILABLE when no server answers in time, refuses the credentials, or has no JetStream.
 */
export async function openNatsStore(options: NatsStoreOptions): Promise<NatsStore> {
  const link = await NatsLink.open(options);
  const store = new NatsHistoryStore(link);
  return { store, backplane: new NatsBackplane(link, (tenant, room, maxCount) => store.listChannels(tenant, room, maxCount)) };
}
