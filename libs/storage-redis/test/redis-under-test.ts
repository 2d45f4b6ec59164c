import { randomBytes } from 'node:crypto';
import { startRedis, type RedisServer, type StartRedisOptions } from '@arqonbus/services';
import type { CommittedRun, LogFollower, LogHead, OpenLogOptions, RunRecord, TopicLog } from '@arqonbus/storage';
import type { TopicKey } from '@arqonbus/tenancy';
import { Redis } from 'ioredis';
import { afterEach } from 'vitest';
import { openRedisStore, type OpenedRedisStore, type RedisStoreOptions } from '../src/index.js';

/** A store and what it told of its connection. */
export interface WatchedStore extends OpenedRedisStore {
  readonly told: string[];
}

/** Servers, stores and raw clients of one test, ended after it. */
export class RedisOfTest {
  private readonly servers: RedisServer[] = [];
  private readonly stores: OpenedRedisStore[] = [];
  private readonly clients: Redis[] = [];

  constructor() {
    afterEach(async () => {
      for (const client of this.clients.splice(0)) client.disconnect();
      for (const { store, backplane } of this.stores.splice(0)) {
        await backplane.close();
        await store.close();
      }
      for (const server of this.servers.splice(0)) await server.stop();
    });
  }

  async server(options: StartRedisOptions = {}): Promise<RedisServer> {
    const server = await startRedis(options);
    this.servers.push(server);
    return server;
  }

  async open(urls: string | readonly string[], options: Partial<RedisStoreOptions> = {}): Promise<WatchedStore> {
    const told: string[] = [];
    const events = { up: () => { told.push('up'); }, down: () => { told.push('down'); } };
    const opened = await openRedisStore({ urls: typeof urls === 'string' ? [urls] : urls, events, commandTimeoutMs: 5_000, ...options });
    this.stores.push(opened);
    return { ...opened, told };
  }

  /** A client that is none of the store's. */
  client(server: RedisServer, password?: string): Redis {
    const client = new Redis({ host: '127.0.0.1', port: server.port, ...(password === undefined ? {} : { password }) });
    client.on('error', () => undefined);
    this.clients.push(client);
    return client;
  }
}

export function newKey(): TopicKey & { readonly room: string } {
  return { tenant: `t${randomBytes(6).toString('hex')}`, room: 'plans', channel: 'main' };
}

export const logOptions: OpenLogOptions = { retention: { maxEvents: 100_000, maxBytes: 67_108_864, maxAgeMs: 3_600_000 }, producerIdleMs: 600_000 };

export function numberedRun(run: number, options: { owner?: string; lo?: number } = {}): RunRecord {
  return { producer: { owner: options.owner ?? 'writer', hi: 1, lo: options.lo ?? 7, run }, count: 1, body: randomBytes(40) };
}

export function plainRun(count = 1): RunRecord {
  return { producer: undefined, count, body: randomBytes(40) };
}

export async function readRuns(log: TopicLog): Promise<readonly CommittedRun[]> {
  const { runs } = await log.read({ maxEvents: 1_000_000, maxBytes: 268_435_456 });
  return runs;
}

/** Keeps what was told and checks that nothing is missing or doubled. */
export class HeardRuns implements LogFollower {
  readonly runs: CommittedRun[] = [];
  readonly restarts: LogHead[] = [];
  readonly erasures: number[] = [];
  readonly faults: string[] = [];

  constructor(private last: number) {}

  committed(runs: readonly CommittedRun[]): void {
    for (const run of runs) {
      if (run.prev !== this.last) this.faults.push(`${run.sequence} came after ${this.last}`);
      this.last = run.sequence + run.count - 1;
      this.runs.push(run);
    }
  }

  restarted(head: LogHead): void {
    this.restarts.push(head);
    this.last = head.lastSequence;
  }

  erased(sequence: number): void {
    this.erasures.push(sequence);
  }
}
