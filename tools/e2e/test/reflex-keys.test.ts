import { startRedis, type RedisServer } from '@arqonbus/services';
import { openCoordinationStore, type CoordinationStore } from '@arqonbus/storage-redis';
import { redisEpisodeCacheKey, redisPresenceKey, redisRateLimitKey, type CoordinationKey } from '@arqonbus/tenancy';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let server: RedisServer;
let store: CoordinationStore;

beforeAll(async () => {
  server = await startRedis();
  store = await openCoordinationStore({ urls: [server.url] });
});

afterAll(async () => {
  await store.close();
  await server.stop();
});

/** The first part of a server's answer, asked past all adapters. */
async function askServer(command: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  socket.write(`${command}\r\n`);
  const [answer] = await once(socket, 'data') as [Buffer];
  socket.destroy();
  return answer.toString();
}

describe('keys that a hot path shares with others', () => {
  it('carry their tenant and end by themselves (I7)', async () => {
    const episode = redisEpisodeCacheKey('acme', '01ARZ3NDEKTSV4RRFFQ69G5FAV', 'where');
    await store.put(redisPresenceKey('acme', 'a1', 'here'), 'spine-1', 60_000);
    await store.put(episode, 'kept by a1', 60_000);
    await store.increment(redisRateLimitKey('acme', 'a1', 'writes'), 60_000);
    const keys = (await askServer('KEYS *')).split('\r\n').filter((line) => line.includes(':'));
    expect(keys.sort()).toEqual([
      'tenant:acme:agent:a1:presence:here', 'tenant:acme:agent:a1:rate_limit:writes', 'tenant:acme:episode:01ARZ3NDEKTSV4RRFFQ69G5FAV:cache:where',
    ]);
    for (const key of keys) expect(Number((await askServer(`PTTL ${key}`)).slice(1))).toBeGreaterThan(0);
  });

  it.each([
    'presence:a1', 'agent:a1:presence:here', 'tenant::agent:a1:presence:here', 'tenant:acme:agent:a1:presence:*', 'tenant:acme:reflex:hot', '*', 'episode:e1',
  ])('are refused as %s, before anything is sent (I7, I10)', async (text) => {
    // What a program does that writes keys by hand.
    const key = text as CoordinationKey;
    const before = await askServer('DBSIZE');
    for (const attempt of [() => store.put(key, 'x', 1_000), () => store.get(key), () => store.delete(key), () => store.increment(key, 1_000)]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'INVALID_NAME', field: 'key' });
    }
    expect(await askServer('DBSIZE')).toBe(before);
  });

  it('hold no bodies, and no value without an end (I7)', async () => {
    const key = redisEpisodeCacheKey('acme', 'e1', 'body');
    await expect(store.put(key, 'once upon a time '.repeat(100), 60_000)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'value' });
    for (const ttlMs of [0, -1, Number.NaN, Infinity]) {
      await expect(store.put(key, 'x', ttlMs)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'ttlMs' });
    }
    expect(await store.get(key)).toBeUndefined();
  });
});
