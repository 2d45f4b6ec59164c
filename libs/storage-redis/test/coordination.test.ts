import { isArqonError, type ArqonError } from '@arqonbus/errors';
import { startRedis, type RedisServer } from '@arqonbus/services';
import { redisEpisodeCacheKey, redisPresenceKey, redisRateLimitKey, type CoordinationKey } from '@arqonbus/tenancy';
import { freePort, waitFor } from '@arqonbus/testkit';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { coordinationLimits, openCoordinationStore, type CoordinationStore } from '../src/index.js';

let server: RedisServer;
let raw: Redis;
const stores: CoordinationStore[] = [];

beforeAll(async () => {
  server = await startRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] });
  raw = new Redis({ host: '127.0.0.1', port: server.port });
  raw.on('error', () => undefined);
});

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  await raw.flushall();
});

afterAll(async () => {
  raw.disconnect();
  await server.stop();
});

async function open(prefix = ''): Promise<CoordinationStore> {
  const store = await openCoordinationStore({ urls: [server.url], prefix, commandTimeoutMs: 5_000 });
  stores.push(store);
  return store;
}

async function refusal(doing: Promise<unknown>): Promise<ArqonError> {
  const error: unknown = await doing.then(() => undefined, (reason: unknown) => reason);
  if (!isArqonError(error)) throw new Error('it was not refused with an ArqonError', { cause: error });
  return error;
}

const presence = redisPresenceKey('acme', 'a1', 'desk');
const rate = redisRateLimitKey('acme', 'a1', 'publish');
const cache = redisEpisodeCacheKey('acme', '01ARZ3NDEKTSV4RRFFQ69G5FAV', 'rank');

describe('a coordination store (I7)', () => {
  it('keeps a text under its key for its time', async () => {
    const store = await open();
    await store.put(presence, 'here, ünï', 60_000);
    await store.put(cache, '', 60_000);
    expect(await store.get(presence)).toBe('here, ünï');
    expect(await store.get(cache)).toBe('');
    expect((await raw.keys('*')).sort()).toEqual([presence, cache].sort());
    expect(await raw.pttl(presence)).toBeGreaterThan(50_000);
    await store.put(presence, 'gone soon', 40);
    await waitFor(async () => (await store.get(presence)) === undefined, { what: 'the end of the time' });
  });

  it('deletes', async () => {
    const store = await open();
    await store.put(cache, 'x', 60_000);
    expect(await store.delete(cache)).toBe(true);
    expect(await store.delete(cache)).toBe(false);
    expect(await store.get(cache)).toBeUndefined();
  });

  it('counts within a time that begins with the first count and is not prolonged', async () => {
    const [store, other] = [await open(), await open()];
    expect(await store.increment(rate, 60_000)).toBe(1);
    await raw.pexpire(rate, 5_000);
    const counts = await Promise.all(Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? store : other).increment(rate, 60_000)));
    expect([...counts].sort((left, right) => left - right)).toEqual(Array.from({ length: 20 }, (_, at) => at + 2));
    expect(await store.increment(rate, 60_000, 10)).toBe(31);
    expect(await raw.pttl(rate)).toBeLessThanOrEqual(5_000);
    await raw.pexpire(rate, 1);
    await waitFor(async () => (await raw.exists(rate)) === 0, { what: 'the end of the window' });
    expect(await store.increment(rate, 60_000)).toBe(1);
    await raw.persist(rate);
    await store.increment(rate, 60_000);
    expect(await raw.pttl(rate)).toBeGreaterThan(0);
  });

  it('puts the prefix of the deployment before the tenant', async () => {
    const store = await open('arqon:');
    await store.put(presence, 'here', 60_000);
    expect(await raw.keys('*')).toEqual([`arqon:${presence}`]);
    expect(await store.get(presence)).toBe('here');
    expect(await (await open()).get(presence)).toBeUndefined();
  });

  it('refuses a key without a tenant, and sends nothing (I10)', async () => {
    const store = await open();
    for (const text of ['agent:a1:presence:x', 'presence', '', 'tenant:acme:other', 'tenant:acme:agent:a1:presence:*', 'tenant:acme:topic:{acme/plans/}:log']) {
      const key = text as CoordinationKey;
      for (const doing of [store.put(key, 'x', 1_000), store.get(key), store.delete(key), store.increment(key, 1_000)]) {
        const error = await refusal(doing);
        expect(error).toMatchObject({ code: 'INVALID_NAME', field: 'key' });
        expect(error.message).toContain('tenant:<tenant>:');
      }
    }
    expect(await raw.dbsize()).toBe(0);
  });

  it('refuses a body, and a value without an end', async () => {
    const store = await open();
    await store.put(cache, 'é'.repeat(coordinationLimits.valueBytes / 2), 1_000);
    expect(await refusal(store.put(cache, `${'é'.repeat(coordinationLimits.valueBytes / 2)}x`, 1_000))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'value' });
    for (const ttlMs of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, coordinationLimits.ttlMs + 1]) {
      expect(await refusal(store.put(presence, 'x', ttlMs))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'ttlMs' });
      expect(await refusal(store.increment(rate, ttlMs))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'ttlMs' });
    }
    for (const step of [0, -1, 1.5, coordinationLimits.countStep + 1]) expect(await refusal(store.increment(rate, 1_000, step))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'step' });
    expect(await raw.keys('*')).toEqual([cache]);
  });

  it('keeps counters and texts apart', async () => {
    const store = await open();
    expect(await refusal(store.put(rate, '1', 1_000))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'key' });
    expect(await refusal(store.increment(presence, 1_000))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'key' });
  });

  it('is unavailable while the server is away, and goes on when it is back', async () => {
    expect((await refusal(openCoordinationStore({ urls: [`redis://127.0.0.1:${await freePort()}`] }))).code).toBe('STORE_UNAVAILABLE');
    const told: string[] = [];
    const events = { up: () => { told.push('up'); }, down: () => { told.push('down'); } };
    const store = await openCoordinationStore({ urls: [server.url], events, commandTimeoutMs: 5_000 });
    stores.push(store);
    await raw.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await waitFor(() => told.length === 2, { timeoutMs: 20_000, what: 'the next connection' });
    expect(told).toEqual(['down', 'up']);
    await store.put(presence, 'back', 60_000);
    expect(await store.get(presence)).toBe('back');
    await store.close();
    expect((await refusal(store.get(presence))).code).toBe('STORE_UNAVAILABLE');
  });
});
