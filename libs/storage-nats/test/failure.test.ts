import { cp, rename, rm } from 'node:fs/promises';
import { connect } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { ensureNats, startNats, type NatsServer } from '@arqonbus/services';
import type { CommittedRun, HistoryStore, Backplane, LogHead, RunRecord, TopicLog } from '@arqonbus/storage';
import { freePort, waitFor } from '@arqonbus/testkit';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openNatsStore, type NatsStoreOptions } from '../src/index.js';
import { optionsFor } from './nats-under-test.js';

const key = { tenant: 'acme', room: 'plans', channel: '' };
const retention = { maxEvents: 100_000, maxBytes: 67_108_864, maxAgeMs: 3_600_000 };
const everything = { maxEvents: 1_000_000, maxBytes: 268_435_456 };

let executable = '';
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  ({ executable } = await ensureNats());
}, 400_000);

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startServer(config: readonly string[] = []): Promise<NatsServer> {
  const server = await startNats({ executable, jetstream: {}, config });
  cleanups.push(() => server.stop());
  return server;
}

async function open(server: NatsServer, options: Partial<NatsStoreOptions> = {}): Promise<{ store: HistoryStore; backplane: Backplane; log: TopicLog }> {
  const { store, backplane } = await openNatsStore(optionsFor(server, options));
  cleanups.push(() => store.close());
  return { store, backplane, log: await store.openLog(key, { retention, producerIdleMs: 600_000 }) };
}

function numbered(run: number): RunRecord {
  return { producer: { owner: 'writer', hi: 1, lo: 2, run }, count: 1, body: Uint8Array.of(0, 0, 0, run & 0xff) };
}

/** Sends until an answer comes, as a publisher does after an unknown outcome. */
async function appendUntilAnswered(log: TopicLog, run: number): Promise<string> {
  return waitFor(async () => (await log.append([numbered(run)], Date.now() * 1_000))[0].outcome, { timeoutMs: 20_000, what: `an answer to run ${run}` });
}

describe('a killed nats-server', () => {
  it('loses nothing that was acknowledged, keeps the epoch, and a retry makes no double', async () => {
    const server = await startServer();
    const changes: string[] = [];
    const { log, store } = await open(server, { requestTimeoutMs: 2_000, events: { up: () => changes.push('up'), down: () => changes.push('down') } });
    const { epoch } = log.head;
    for (let run = 1; run <= 200; run += 1) {
      if (run === 100) await server.kill();
      const appending = appendUntilAnswered(log, run);
      if (run === 100) {
        await waitFor(() => !store.isUp, { what: 'the loss of the connection' });
        await server.restart();
      }
      expect(['accepted', 'duplicate']).toContain(await appending);
    }
    expect(log.head.epoch).toBe(epoch);
    const { runs } = await log.read(everything);
    expect(runs.map((run) => run.producer?.run)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(changes).toEqual(['down', 'up']);
    const other = await open(server);
    expect(other.log.head).toEqual(log.head);
  });

  it('refuses in time while it is away', { timeout: 90_000 }, async () => {
    const server = await startServer();
    const { log, store } = await open(server, { requestTimeoutMs: 1_000 });
    await server.kill();
    await waitFor(() => !store.isUp, { what: 'the loss of the connection' });
    const start = performance.now();
    await expect(log.append([numbered(1)], 1)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(log.readHead()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(store.listChannels('acme', 'plans', 1)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  it('is a shared outage after which each Spine hears of every run once', async () => {
    const server = await startServer();
    const [first, second] = [await open(server, { requestTimeoutMs: 2_000 }), await open(server, { requestTimeoutMs: 2_000 })];
    const heard: CommittedRun[] = [];
    second.backplane.follow(second.log, 0, { committed: (runs) => { heard.push(...runs); }, restarted: () => { throw new Error('restarted'); }, erased: () => undefined });
    for (let run = 1; run <= 20; run += 1) await appendUntilAnswered(first.log, run);
    await server.kill();
    await server.restart();
    for (let run = 21; run <= 40; run += 1) expect(['accepted', 'duplicate']).toContain(await appendUntilAnswered(first.log, run));
    await waitFor(() => heard.length >= 40, { timeoutMs: 20_000, what: 'all runs' });
    expect(heard.map((run) => run.producer?.run)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  });
});

describe('a stream that is deleted under way', () => {
  it('begins a new epoch, once for all Spines, and tells the followers', async () => {
    const server = await startServer();
    const [first, second] = [await open(server), await open(server)];
    const heads: LogHead[] = [];
    second.backplane.follow(second.log, 0, { committed: () => undefined, restarted: (head) => { heads.push(head); }, erased: () => undefined });
    await first.log.append([numbered(1), numbered(2)], 1);
    const { epoch } = first.log.head;
    const admin = await connect({ servers: `127.0.0.1:${server.port}` });
    const manager = await jetstreamManager(admin);
    for (const name of await manager.streams.names().next()) if (name.startsWith('T-')) await manager.streams.delete(name);
    await admin.close();
    await waitFor(() => heads.length > 0, { timeoutMs: 20_000, what: 'the new epoch' });
    await waitFor(async () => (await first.log.readHead()).epoch === heads.at(-1)?.epoch, { timeoutMs: 20_000, what: 'one epoch' });
    expect(heads.at(-1)?.epoch).toBeGreaterThan(epoch);
    expect(await first.log.append([numbered(3), numbered(1)], 1)).toMatchObject([{ outcome: 'producer_unknown' }, { outcome: 'accepted' }]);
    expect((await second.log.read(everything)).runs).toMatchObject([{ prev: 0 }]);
  });
});

describe('a server that is set back to an old copy of its files', () => {
  it.each([false, true])('begins a new epoch, also when another Spine wrote in between: %s', async (hasOther) => {
    const server = await startServer();
    const copy = `${server.storeFolder}-copy`;
    const { log } = await open(server, { requestTimeoutMs: 2_000 });
    for (let run = 1; run <= 5; run += 1) await appendUntilAnswered(log, run);
    const { epoch } = log.head;
    await server.kill();
    await cp(server.storeFolder, copy, { recursive: true });
    await server.restart();
    for (let run = 6; run <= 8; run += 1) await appendUntilAnswered(log, run);
    await server.kill();
    await rm(server.storeFolder, { recursive: true });
    await rename(copy, server.storeFolder);
    await server.restart();
    if (hasOther) {
      const other = await open(server);
      await other.log.append(Array.from({ length: 5 }, () => ({ producer: undefined, count: 1, body: Uint8Array.of(0, 0, 0) })), Date.now() * 1_000);
    }
    await waitFor(() => log.head.epoch > epoch, { timeoutMs: 20_000, what: 'a new epoch' });
    expect(await waitFor(() => log.append([numbered(9)], Date.now() * 1_000), { timeoutMs: 20_000 })).toEqual([{ outcome: 'producer_unknown' }]);
  });
});

describe('a consumer that is lost', () => {
  it('is noticed within a second, and what it missed is brought', { timeout: 90_000 }, async () => {
    const server = await startServer();
    const [first, second] = [await open(server), await open(server)];
    const heard: CommittedRun[] = [];
    second.backplane.follow(second.log, 0, { committed: (runs) => { heard.push(...runs); }, restarted: () => undefined, erased: () => undefined });
    await appendUntilAnswered(first.log, 1);
    await waitFor(() => heard.length === 1, { what: 'the first run' });
    const admin = await connect({ servers: `127.0.0.1:${server.port}` });
    cleanups.push(() => admin.close());
    const manager = await jetstreamManager(admin);
    const stream = (await manager.streams.names().next()).find((name) => name.startsWith('T-')) ?? '';
    for (const { name } of await manager.consumers.list(stream).next()) await manager.consumers.delete(stream, name);
    const start = performance.now();
    await appendUntilAnswered(first.log, 2);
    await waitFor(() => heard.length === 2, { timeoutMs: 20_000, what: 'the second run' });
    expect(performance.now() - start).toBeLessThan(8_000);
    expect(heard.map((run) => run.producer?.run)).toEqual([1, 2]);
  });
});

describe('openNatsStore()', () => {
  it('refuses where nobody listens, within the time allowed', async () => {
    const servers = [`127.0.0.1:${await freePort()}`];
    await expect(openNatsStore({ servers, connectTimeoutMs: 1_000 })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('takes right credentials and refuses wrong ones', async () => {
    const server = await startServer(['authorization { user: spine, password: secret }']);
    const credentials = (password: string) => ({ credentials: { kind: 'user', user: 'spine', password } }) as const;
    const { log } = await open(server, credentials('secret'));
    expect(log.head.epoch).toBeGreaterThan(0);
    await expect(openNatsStore(optionsFor(server, credentials('guess')))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(openNatsStore(optionsFor(server))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('refuses a server without JetStream', async () => {
    const server = await startNats({ executable });
    cleanups.push(() => server.stop());
    await expect(openNatsStore(optionsFor(server, { requestTimeoutMs: 1_000 }))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('takes the server that answers out of several', async () => {
    const server = await startServer();
    const { store } = await openNatsStore({ ...optionsFor(server), servers: [`127.0.0.1:${await freePort()}`, `127.0.0.1:${server.port}`] });
    cleanups.push(() => store.close());
    expect(store.isUp).toBe(true);
  });

  it('claims FSYNC only where the operator declared it', async () => {
    const server = await startServer();
    expect((await open(server)).store).toMatchObject({ durability: 'STORE' });
    expect((await open(server, { declaredSync: 'always' })).store).toMatchObject({ durability: 'FSYNC' });
  });

  it('bounds streams by messages, bytes and age, and groups by what is in work (D19, D20)', async () => {
    const server = await startServer();
    const { log, store } = await open(server, { maxGroupPendingCount: 7 });
    await store.openGroup(log, 'workers', { leaseMs: 1_000, consumer: 'one' });
    const admin = await connect({ servers: `127.0.0.1:${server.port}` });
    cleanups.push(() => admin.close());
    const manager = await jetstreamManager(admin);
    const streams = await manager.streams.list().next();
    const runs = streams.find(({ config }) => config.name.startsWith('T-acme'))?.config;
    expect(runs).toMatchObject({ max_bytes: 33_554_432, max_msgs_per_subject: 262_144, max_age: 128 * 60_000_000_000, discard: 'old', max_consumers: 10_000 });
    expect(streams.find(({ config }) => config.name === 'M-acme')?.config).toMatchObject({ max_bytes: 4_194_304, max_msgs: 200_000 });
    const consumers = await manager.consumers.list(runs?.name ?? '').next();
    expect(consumers.find(({ name }) => name.startsWith('G-'))?.config).toMatchObject({ max_ack_pending: 7, ack_wait: 1_000_000_000, deliver_policy: 'new' });
  });
});

describe('speed', () => {
  it('appends and brings back runs in groups', async () => {
    const server = await startServer();
    const { log, backplane } = await open(server);
    let heardCount = 0;
    backplane.follow(log, 0, { committed: (runs) => { heardCount += runs.length; }, restarted: () => undefined, erased: () => undefined });
    const body = new Uint8Array(1_024);
    const start = performance.now();
    for (let index = 0; index < 50; index += 1) await log.append(Array.from({ length: 200 }, () => ({ producer: undefined, count: 64, body })), 1);
    await waitFor(() => heardCount === 10_000, { what: 'all runs' });
    const seconds = (performance.now() - start) / 1_000;
    process.stderr.write(`${Math.round(10_000 / seconds)} runs of 1 KiB per second\n`);
    expect(seconds).toBeLessThan(30);
  });
});
