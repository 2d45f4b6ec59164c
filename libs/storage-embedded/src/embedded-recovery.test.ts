import type { LogFollower, LogHead } from '@arqonbus/storage';
import { createTempFolder, waitFor, type TempFolder } from '@arqonbus/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseClient } from './database-client.js';
import type { DatabaseThread } from './database-thread.js';
import { EmbeddedStore } from './embedded-store.js';
import { sameThread } from '../test/same-thread.fixture.js';

const key = { tenant: 't', room: 'r', channel: '' };
const options = { retention: { maxEvents: 1e6, maxBytes: 1e9, maxAgeMs: 1e9 }, producerIdleMs: 600_000 };
const nowUs = (): number => Date.now() * 1_000;
const plain = { producer: undefined, count: 2, body: Uint8Array.of(0, 0, 0) };

let folder: TempFolder;
beforeEach(() => { folder = createTempFolder(); });
afterEach(() => { folder.remove(); });

interface Opened {
  readonly store: EmbeddedStore;
  readonly client: DatabaseClient;
  readonly told: string[];
  /** Ends the thread as a fault in it does. */
  breakThread(): void;
}

async function open(refuseRetries = 0): Promise<Opened> {
  const told: string[] = [];
  let onEnd: (reason: string) => void = () => undefined;
  let refusals = refuseRetries;
  const startThread = (isRetry: boolean): DatabaseThread => {
    if (isRetry && refusals > 0) {
      refusals -= 1;
      return { post: () => undefined, listen: (_, end) => { setImmediate(end, 'there is no room'); }, end: () => Promise.resolve() };
    }
    const thread = sameThread({ file: folder.file('bus.db'), sync: 'each', intervalMs: 20, isRetry, nowUs: nowUs() });
    return {
      ...thread,
      listen: (onMessage, end) => {
        onEnd = end;
        thread.listen(onMessage, end);
      },
    };
  };
  const { client, claim } = await DatabaseClient.start({
    file: folder.file('bus.db'), retryMs: 20, events: { up: () => { told.push('up'); }, down: (reason) => { told.push(`down ${reason}`); } }, startThread,
  });
  return { store: new EmbeddedStore(client, claim, nowUs), client, told, breakThread: () => { onEnd('the thread of the store failed'); } };
}

describe('a store whose thread failed', () => {
  it('refuses what is asked meanwhile, tries until it is open again, and has all that was acknowledged', async () => {
    const { store, told, breakThread } = await open(2);
    const log = await store.openLog(key, options);
    await log.append([plain], nowUs());
    const { epoch } = log.head;
    const underWay = log.append([plain], nowUs());
    const outcome = underWay.then(() => 'taken', (error: unknown) => String(error));
    breakThread();
    expect(store.isUp).toBe(false);
    expect(await outcome).toContain('STORE_UNAVAILABLE');
    await expect(log.readHead()).rejects.toThrow('the thread of the store failed');
    await waitFor(() => told.includes('up'), { what: 'the store to be up' });
    expect(told).toEqual([`down ${folder.file('bus.db')}: the thread of the store failed`, 'up']);
    expect(store.isUp).toBe(true);
    expect(await log.readHead()).toEqual({ epoch, firstSequence: 1, lastSequence: 2 });
    expect(await log.append([plain], nowUs())).toEqual([{ outcome: 'accepted', sequence: 3, count: 2 }]);
    await store.close();
    await expect(log.readHead()).rejects.toThrow('is closed');
    await store.close();
  });

  it('begins a new epoch with what is left when acknowledged runs are missing, and tells followers', async () => {
    const { store, client, told, breakThread } = await open();
    const log = await store.openLog(key, options);
    await log.append([{ ...plain, producer: { owner: 'p', hi: 0, lo: 0, run: 1 } }], nowUs());
    const before = log.head;
    // What a sync that failed takes with it: more was acknowledged than the file has.
    await expect(client.ask('open', { log: 99, key, options, nowUs: nowUs(), known: { ...before, lastSequence: 8 } })).resolves.toMatchObject({ isNew: false });
    const restarts: LogHead[] = [];
    const follower: LogFollower = { committed: () => undefined, erased: () => undefined, restarted: (head) => { restarts.push(head); } };
    store.backplane.follow(log, log.head.lastSequence, follower);
    breakThread();
    await waitFor(() => told.includes('up'), { what: 'the store to be up' });
    expect(log.head.epoch).toBeGreaterThan(before.epoch);
    expect(log.head).toMatchObject({ firstSequence: 1, lastSequence: 2 });
    expect(restarts).toEqual([log.head]);
    expect(await log.append([{ ...plain, producer: { owner: 'p', hi: 0, lo: 0, run: 2 } }], nowUs())).toEqual([{ outcome: 'producer_unknown' }]);
    await store.close();
  });
});

describe('openLog()', () => {
  it('shares one log among all that opened it, until each has closed it', async () => {
    const { store } = await open();
    const logs = await Promise.all([store.openLog(key, options), store.openLog(key, options)]);
    await logs[0].append([plain], nowUs());
    expect(logs[1].head).toEqual(logs[0].head);
    logs[0].close();
    logs[0].close();
    expect(await logs[1].append([plain], nowUs())).toMatchObject([{ sequence: 3 }]);
    logs[1].close();
    await expect(logs[1].append([plain], nowUs())).rejects.toThrow('the log is closed');
    expect((await store.openLog(key, options)).head.lastSequence).toBe(4);
    await store.close();
  });
});
