import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isArqonError } from '@arqonbus/errors';
import type { RunRecord, TopicLog } from '@arqonbus/storage';
import { waitFor } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { HeardRuns, logOptions, newKey, numberedRun, plainRun, readRuns, RedisOfTest, type WatchedStore } from './redis-under-test.js';

const redis = new RedisOfTest();

/** Sends the run until the store answers; gives the answer. */
async function appendSurely(log: TopicLog, run: RunRecord): Promise<string> {
  return waitFor(async () => {
    try {
      const [result] = await log.append([run], 0);
      return result.outcome;
    } catch (error) {
      if (isArqonError(error) && error.code === 'STORE_UNAVAILABLE') return undefined;
      throw error;
    }
  }, { timeoutMs: 25_000, what: 'the store to answer' });
}

/** Resolves when the store went and came back. */
async function up({ store, told }: WatchedStore): Promise<void> {
  await waitFor(() => told.at(-1) === 'up' && store.isUp, { timeoutMs: 20_000, what: 'the store to be up' });
}

async function rejectionOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(() => undefined, (error: unknown) => error);
}

describe('a server that stops answering', () => {
  it('is reported in time, and a run of unknown fate is taken once', async () => {
    const server = await redis.server({ appendonly: 'yes' });
    const opened = await redis.open(server.url, { commandTimeoutMs: 2_500 });
    const log = await opened.store.openLog(newKey(), logOptions);
    await log.append([numberedRun(1)], 0);
    const { epoch } = log.head;
    process.kill(server.pid, 'SIGSTOP');
    const start = performance.now();
    const run = numberedRun(2);
    expect(await rejectionOf(log.append([run], 0))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await rejectionOf(log.readHead())).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(performance.now() - start).toBeLessThan(12_000);
    expect(opened.told).toEqual(['down']);
    expect(opened.store.isUp).toBe(false);
    process.kill(server.pid, 'SIGCONT');
    expect(['accepted', 'duplicate']).toContain(await appendSurely(log, run));
    expect((await readRuns(log)).map((one) => one.producer?.run)).toEqual([1, 2]);
    expect(log.head.epoch).toBe(epoch);
    expect(opened.told).toEqual(['down', 'up']);
  });

  it('is noticed without work', async () => {
    const server = await redis.server();
    const opened = await redis.open(server.url, { commandTimeoutMs: 2_500 });
    process.kill(server.pid, 'SIGSTOP');
    await waitFor(() => opened.told.length > 0, { what: 'the store to be down' });
    expect(opened.told).toEqual(['down']);
    process.kill(server.pid, 'SIGCONT');
    await up(opened);
  });
});

describe('kill -9 of the server', () => {
  it('keeps the epoch and every acknowledged run with an append-only file, and doubles none', async () => {
    const server = await redis.server({ appendonly: 'yes', appendfsync: 'always' });
    const [opened, other] = [await redis.open(server.url), await redis.open(server.url)];
    const key = newKey();
    const [log, there] = [await opened.store.openLog(key, logOptions), await other.store.openLog(key, logOptions)];
    const { epoch } = log.head;
    const heard = new HeardRuns(0);
    other.backplane.follow(there, 0, heard);
    let acknowledgedCount = 0;
    let isDone = false;
    const publishing = (async () => {
      while (!isDone) {
        expect(['accepted', 'duplicate']).toContain(await appendSurely(log, numberedRun(acknowledgedCount + 1)));
        acknowledgedCount += 1;
      }
    })();
    for (let kills = 0; kills < 3; kills += 1) {
      const before = acknowledgedCount;
      await waitFor(() => acknowledgedCount > before + 20, { timeoutMs: 20_000, what: 'some runs' });
      await server.kill();
      await server.restart();
    }
    isDone = true;
    await publishing;
    const runs = await readRuns(log);
    expect(runs.map((run) => run.producer?.run)).toEqual(Array.from({ length: acknowledgedCount }, (_, index) => index + 1));
    expect(runs.map((run) => run.sequence)).toEqual(runs.map((_, index) => index + 1));
    expect(log.head.epoch).toBe(epoch);
    await waitFor(() => heard.runs.length === acknowledgedCount, { timeoutMs: 20_000, what: 'the follower' });
    expect([heard.faults, heard.restarts]).toEqual([[], []]);
  });

  it('begins a new epoch without an append-only file, also where a snapshot is loaded', async () => {
    const server = await redis.server();
    const opened = await redis.open(server.url);
    const key = newKey();
    const log = await opened.store.openLog(key, logOptions);
    await log.append([numberedRun(1), plainRun()], 0);
    const before = log.head;
    const heard = new HeardRuns(2);
    opened.backplane.follow(log, 2, heard);
    // The snapshot holds everything, but nobody can tell.
    await redis.client(server).save();
    await server.kill();
    await server.restart();
    await waitFor(() => heard.restarts.length > 0, { timeoutMs: 20_000, what: 'the new epoch' });
    expect(log.head.epoch).toBeGreaterThan(before.epoch);
    expect(await log.append([numberedRun(2), numberedRun(1)], 0)).toMatchObject([{ outcome: 'producer_unknown' }, { outcome: 'accepted', sequence: 3 }]);
    expect(await readRuns(log)).toHaveLength(3);
    await waitFor(() => heard.runs.length > 0, { what: 'the new run' });
    expect(heard.faults).toEqual([]);
    expect(heard.runs.map((run) => run.sequence)).toEqual([3]);
    const fresh = await redis.open(server.url);
    expect((await fresh.store.openLog(key, logOptions)).head).toEqual(log.head);
    expect(await fresh.store.listChannels(key.tenant, key.room, 5)).toEqual(['main']);
  });
});

describe('an append-only file that is synced every second', () => {
  it('keeps the epoch where a process finds the head it knows, and no other way, but the runs anyway', async () => {
    const server = await redis.server({ appendonly: 'yes', appendfsync: 'everysec' });
    const opened = await redis.open(server.url);
    const keys = [newKey(), newKey()];
    const [log, forgotten] = [await opened.store.openLog(keys[0], logOptions), await opened.store.openLog(keys[1], logOptions)];
    for (const one of [log, forgotten]) await one.append([plainRun()], 0);
    const [{ epoch }, before] = [log.head, forgotten.head];
    forgotten.close();
    // SIGTERM lets it write all: what follows is certain to find it.
    await server.restart();
    await up(opened);
    expect(await log.readHead()).toMatchObject({ epoch, lastSequence: 1 });
    const fresh = await redis.open(server.url);
    expect((await fresh.store.openLog(keys[0], logOptions)).head.epoch).toBe(epoch);
    const renewed = await fresh.store.openLog(keys[1], logOptions);
    expect(renewed.head.epoch).toBeGreaterThan(before.epoch);
    expect(await readRuns(renewed)).toHaveLength(1);
    expect(await renewed.append([plainRun()], 0)).toMatchObject([{ sequence: 2 }]);
  });
});

describe('FLUSHALL under way', () => {
  it('begins a new epoch above the last, for every instance, and goes on', async () => {
    const server = await redis.server();
    const [opened, other] = [await redis.open(server.url), await redis.open(server.url)];
    const key = newKey();
    const [log, there] = [await opened.store.openLog(key, logOptions), await other.store.openLog(key, logOptions)];
    const { epoch } = log.head;
    const followers = [new HeardRuns(0), new HeardRuns(0)];
    opened.backplane.follow(log, 0, followers[0]);
    other.backplane.follow(there, 0, followers[1]);
    const group = await other.store.openGroup(there, 'workers', { leaseMs: 5_000, consumer: 'other' });
    const admin = redis.client(server);
    for (let index = 0; index < 200; index += 1) {
      if (index === 100) await admin.flushall();
      await (index % 2 === 0 ? log : there).append([plainRun()], 0);
    }
    const [last] = await log.append([plainRun(9)], 0);
    expect(last).toMatchObject({ outcome: 'accepted', sequence: 101 });
    expect(log.head.epoch).toBeGreaterThan(epoch);
    for (const heard of followers) {
      await waitFor(() => heard.runs.at(-1)?.count === 9, { what: 'the newest run' });
      expect(heard.faults).toEqual([]);
      expect(heard.restarts).toMatchObject([{ epoch: log.head.epoch, lastSequence: 0 }]);
    }
    const taken = await group.take(200, 1_000);
    expect(taken.map(({ run }) => run.sequence)).toEqual(Array.from({ length: 101 }, (_, index) => index + 1));
    await waitFor(async () => (await opened.store.listChannels(key.tenant, key.room, 5)).includes('main'), { what: 'the channel' });
  });

  it('is noticed within a second where nothing is written', async () => {
    const server = await redis.server();
    const opened = await redis.open(server.url);
    const log = await opened.store.openLog(newKey(), logOptions);
    await log.append([plainRun()], 0);
    const heard = new HeardRuns(1);
    opened.backplane.follow(log, 1, heard);
    await redis.client(server).flushall();
    await waitFor(() => heard.restarts.length > 0, { timeoutMs: 1_500, what: 'the loss' });
  });
});

describe('an old state put back', () => {
  const folderName = 'appendonlydir';

  it('begins a new epoch where the head is below the one known', async () => {
    const server = await redis.server({ appendonly: 'yes', appendfsync: 'always' });
    const opened = await redis.open(server.url);
    const log = await opened.store.openLog(newKey(), logOptions);
    await log.append([numberedRun(1)], 0);
    await cp(join(server.folder, folderName), join(server.folder, 'old'), { recursive: true });
    await log.append([numberedRun(2)], 0);
    const { epoch } = log.head;
    await server.kill();
    await rm(join(server.folder, folderName), { recursive: true });
    await cp(join(server.folder, 'old'), join(server.folder, folderName), { recursive: true });
    await server.restart();
    expect(await appendSurely(log, numberedRun(3))).toBe('producer_unknown');
    expect(log.head).toMatchObject({ lastSequence: 1 });
    expect((await readRuns(log)).map((run) => run.producer?.run)).toEqual([1]);
    expect(log.head.epoch).toBeGreaterThan(epoch);
  });

  it('begins a new epoch where another run has taken the number since', async () => {
    const server = await redis.server({ appendonly: 'yes', appendfsync: 'always' });
    const opened = await redis.open(server.url);
    const key = newKey();
    const log = await opened.store.openLog(key, logOptions);
    await log.append([plainRun()], 0);
    await cp(join(server.folder, folderName), join(server.folder, 'old'), { recursive: true });
    await log.append([plainRun()], 0);
    const { epoch } = log.head;
    await server.kill();
    await rm(join(server.folder, folderName), { recursive: true });
    await cp(join(server.folder, 'old'), join(server.folder, folderName), { recursive: true });
    await server.restart();
    const fresh = await redis.open(server.url);
    const freshLog = await fresh.store.openLog(key, logOptions);
    expect(await freshLog.append([plainRun()], 0)).toMatchObject([{ sequence: 2 }]);
    await up(opened);
    await log.readHead();
    expect(log.head).toMatchObject({ lastSequence: 2 });
    expect(log.head.epoch).toBeGreaterThan(epoch);
    expect(await freshLog.readHead()).toEqual(log.head);
  });

  it('begins a new epoch where a snapshot was put back', async () => {
    const server = await redis.server();
    const opened = await redis.open(server.url);
    const key = newKey();
    const log = await opened.store.openLog(key, logOptions);
    await log.append([plainRun()], 0);
    const admin = redis.client(server);
    await admin.save();
    await cp(join(server.folder, 'dump.rdb'), join(server.folder, 'old.rdb'));
    await log.append([plainRun()], 0);
    const { epoch } = log.head;
    await server.kill();
    await cp(join(server.folder, 'old.rdb'), join(server.folder, 'dump.rdb'));
    await server.restart();
    const fresh = await redis.open(server.url);
    const freshLog = await fresh.store.openLog(key, logOptions);
    expect(freshLog.head.epoch).toBeGreaterThan(epoch);
    await up(opened);
    expect(await log.readHead()).toEqual(freshLog.head);
  });
});

describe('missed announcements', () => {
  it('are made up for within a second, erasures too', async () => {
    const server = await redis.server();
    const [opened, other] = [await redis.open(server.url), await redis.open(server.url)];
    const key = newKey();
    const [log, there] = [await opened.store.openLog(key, logOptions), await other.store.openLog(key, logOptions)];
    const heard = new HeardRuns(0);
    other.backplane.follow(there, 0, heard);
    await log.append([plainRun()], 0);
    await waitFor(() => heard.runs.length === 1, { what: 'the first run' });
    const admin = redis.client(server);
    for (let round = 1; round <= 5; round += 1) {
      // In one step, so that nobody listens when it is published.
      const killing = admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      const appending = log.append([plainRun(), plainRun()], 0);
      await Promise.all([killing, appending]);
      await waitFor(() => heard.runs.length === 1 + 2 * round, { timeoutMs: 1_000, what: `round ${round}` });
    }
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await log.erase(3, () => Uint8Array.of(0, 0, 0));
    await waitFor(() => heard.erasures.includes(3), { timeoutMs: 1_500, what: 'the erasure' });
    expect([heard.faults, heard.restarts, opened.told]).toEqual([[], [], []]);
  });

  it('are told in full where announcements hold only the head', async () => {
    const server = await redis.server();
    const [opened, other] = [await redis.open(server.url, { announcedBytes: 0 }), await redis.open(server.url)];
    const key = newKey();
    const [log, there] = [await opened.store.openLog(key, logOptions), await other.store.openLog(key, logOptions)];
    const heard = new HeardRuns(0);
    other.backplane.follow(there, 0, heard);
    for (let index = 0; index < 50; index += 1) await log.append([plainRun(2), plainRun()], 0);
    await waitFor(() => heard.runs.length === 100, { what: 'all runs' });
    expect(heard.faults).toEqual([]);
  });
});

describe('the keys of a topic', () => {
  it('expire when nobody uses it, and are known to a server that forgot the scripts', async () => {
    const server = await redis.server();
    const opened = await redis.open(server.url, { prefix: 'p:' });
    const log = await opened.store.openLog(newKey(), logOptions);
    await log.append([numberedRun(1)], 0);
    const admin = redis.client(server);
    await admin.script('FLUSH');
    await log.append([numberedRun(2)], 0);
    await log.erase(1, () => Uint8Array.of(0, 0, 0));
    const keys = await admin.keys('*');
    expect(keys).toHaveLength(5);
    for (const key of keys) {
      expect(key.startsWith('p:tenant:')).toBe(true);
      expect(await admin.pttl(key), key).toBeGreaterThan(0);
    }
  });

  it('hold no body that was erased', async () => {
    const server = await redis.server();
    const opened = await redis.open(server.url);
    const log = await opened.store.openLog(newKey(), logOptions);
    const body = Buffer.from('a secret that must go');
    await log.append([{ ...numberedRun(1), body }], 0);
    await log.erase(1, () => Uint8Array.of(0, 0, 0));
    const admin = redis.client(server);
    const [logKey] = await admin.keys('*:log');
    const [erasedKey] = await admin.keys('*:erased');
    const held = JSON.stringify([await admin.xrange(logKey, '-', '+'), await admin.hgetall(erasedKey)]);
    expect(held).not.toContain('secret');
    // The check sees a body that is held.
    await log.append([{ ...numberedRun(2), body }], 0);
    expect(JSON.stringify(await admin.xrange(logKey, '-', '+'))).toContain('secret');
  });

  it('hold at most 64 producers of one owner', async () => {
    const server = await redis.server();
    const opened = await redis.open(server.url);
    const log = await opened.store.openLog(newKey(), logOptions);
    for (let lo = 1; lo <= 70; lo += 1) expect(await log.append([numberedRun(1, { lo })], 0)).toMatchObject([{ outcome: 'accepted' }]);
    const admin = redis.client(server);
    const [producersKey] = await admin.keys('*:producers');
    expect(await admin.hlen(producersKey)).toBe(65);
    expect(await log.append([numberedRun(2, { lo: 70 })], 0)).toMatchObject([{ outcome: 'accepted' }]);
  });

  it('forget producers that were idle for too long', async () => {
    const server = await redis.server();
    const opened = await redis.open(server.url);
    const log = await opened.store.openLog(newKey(), { ...logOptions, producerIdleMs: 200 });
    await log.append([numberedRun(1)], 0);
    const admin = redis.client(server);
    const [producersKey] = await admin.keys('*:producers');
    await waitFor(async () => {
      await log.trim(0);
      return (await admin.hlen(producersKey)) === 0;
    }, { what: 'the producer to be forgotten' });
    expect(await log.append([numberedRun(2)], 0)).toMatchObject([{ outcome: 'producer_unknown' }]);
  });
});
