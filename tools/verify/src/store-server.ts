import type { Settings } from '@arqonbus/e2e';
import { ensureNats, startNats, startRedis } from '@arqonbus/services';
import type { StoreName } from './verify-options.js';

/** A store that runs as a server of its own. */
export interface StoreServer {
  readonly port: number;
  readonly pid: number;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** What the run needs to know of its store. */
export interface StoreUnderTest {
  /** Undefined where the store is part of the Spine. */
  readonly server: StoreServer | undefined;
  /** One line on how it is set up. */
  readonly setup: string;
  /** Settings of a Spine that reaches the server at that port. */
  settings(port: number): Settings;
}

/** Starts a store; `file` gives the path of a file of the run. */
export type StartStore = (store: StoreName, file: (name: string) => string) => Promise<StoreUnderTest>;

/**
 * Starts the store. Redis runs with `appendfsync always` and JetStream with `sync_interval: always`, so that a kill -9 of the store itself may
 * lose nothing that was acknowledged either.
 */
export async function startStore(store: StoreName, file: (name: string) => string): Promise<StoreUnderTest> {
  switch (store) {
    case 'memory':
      return { server: undefined, setup: 'memory of the Spine', settings: () => ({}) };
    case 'embedded':
      return {
        server: undefined,
        setup: 'embedded file, sync each',
        settings: () => ({ 'history.store': 'embedded', 'history.embedded_file': file('history.db'), 'history.embedded_sync': 'each' }),
      };
    case 'redis':
      return {
        server: await startRedis({ appendonly: 'yes', appendfsync: 'always' }),
        setup: 'Redis, appendonly yes, appendfsync always',
        settings: (port) => ({ 'history.store': 'redis', 'history.redis_urls': `redis://127.0.0.1:${String(port)}` }),
      };
    case 'jetstream': {
      const { executable, version, isPinned } = await ensureNats();
      // The distribution's server cannot sync before each acknowledgement; what it took still survives a kill -9.
      const sync = isPinned ? 'always' : 'interval';
      return {
        server: await startNats({ executable, jetstream: isPinned ? { syncInterval: 'always' } : {} }),
        setup: `nats-server ${version}, JetStream, sync_interval ${isPinned ? 'always' : 'as it comes'}`,
        settings: (port) => ({
          'history.store': 'jetstream', 'history.jetstream_servers': `nats://127.0.0.1:${String(port)}`, 'history.jetstream_sync': sync,
        }),
      };
    }
  }
}
