import { resolve } from 'node:path';
import { ArqonError } from '@arqonbus/errors';
import type { Backplane, HistoryStore, StoreEvents } from '@arqonbus/storage';
import { DatabaseClient } from './database-client.js';
import { startDatabaseThread } from './database-thread.js';
import { EmbeddedStore } from './embedded-store.js';
import type { SyncPolicy } from './settings.js';

export interface EmbeddedStoreOptions {
  /** The store's file; beside it the engine keeps `<file>-wal`, which belongs to it. Its folder is created. */
  readonly file: string;
  readonly sync: SyncPolicy;
  /** Milliseconds between syncs under `interval`, 10 to 60,000. Default 1,000. */
  readonly intervalMs?: number;
  /** Milliseconds between attempts to use a store again that failed, 10 to 60,000. Default 250. */
  readonly retryMs?: number;
  readonly events: StoreEvents;
  /** Microseconds of the wall clock, for epochs. Default: the system's. */
  readonly nowUs?: () => number;
}

const defaultIntervalMs = 1_000;
const defaultRetryMs = 250;
const leastPeriodMs = 10;
const longestPeriodMs = 60_000;

/**
 * Opens, or creates, the store in one file (docs/architecture.md, durable on one node). An accepted run is worth:
 * - `each`: FSYNC. The journal is synced before the answer, once per group commit, so the run survives kill -9 and a power cut, as far as the
 *   drive keeps what it says it has written. On a file system in memory the claim is STORE.
 * - `interval`, `off`: STORE. The run is with the kernel, so it survives the end of the process however it ends. A power cut may take the newest
 *   runs, never tear the file; what may have been lost is then told by a new epoch of every topic.
 *
 * Rejects with ArqonError STORE_UNAVAILABLE, which names the file, when another process holds it (the lock ends with its process, also by
 * kill -9), or it is damaged, of another program or layout; nothing is ever deleted to get past an error. INVALID_ARGUMENT for a period out of
 * range.
 *
 * When the disk is full or fails later, requests reject with STORE_UNAVAILABLE and `events.down` is told; the file is opened anew and tried until
 * a write succeeds, then `events.up` is told.
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<{ readonly store: HistoryStore; readonly backplane: Backplane }> {
  const { file, sync, intervalMs = defaultIntervalMs, retryMs = defaultRetryMs, events, nowUs = () => Date.now() * 1_000 } = options;
  for (const [field, value] of Object.entries({ intervalMs, retryMs })) {
    if (!Number.isInteger(value) || value < leastPeriodMs || value > longestPeriodMs) {
      throw new ArqonError('INVALID_ARGUMENT', { field, message: `${field} is ${leastPeriodMs} to ${longestPeriodMs} milliseconds` });
    }
  }
  const path = resolve(file);
  const { client, claim } = await DatabaseClient.start({
    file: path, events, retryMs, startThread: (isRetry) => startDatabaseThread({ file: path, sync, intervalMs, isRetry, nowUs: nowUs() }),
  });
  const store = new EmbeddedStore(client, claim, nowUs);
  return { store, backplane: store.backplane };
}
