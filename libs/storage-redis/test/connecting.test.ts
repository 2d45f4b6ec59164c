import { isArqonError, type ArqonError } from '@arqonbus/errors';
import { createTestCertificate, freePort, waitFor } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { openRedisStore } from '../src/index.js';
import { HeardRuns, logOptions, newKey, numberedRun, plainRun, readRuns, RedisOfTest } from './redis-under-test.js';

const redis = new RedisOfTest();

async function refusal(opening: Promise<unknown>): Promise<ArqonError> {
  const error: unknown = await opening.then(() => undefined, (reason: unknown) => reason);
  if (!isArqonError(error)) throw new Error('it was not refused with an ArqonError', { cause: error });
  return error;
}

describe('openRedisStore()', () => {
  it('refuses when nobody listens, in time', async () => {
    const start = performance.now();
    const error = await refusal(openRedisStore({ urls: [`redis://127.0.0.1:${await freePort()}`] }));
    expect(error.code).toBe('STORE_UNAVAILABLE');
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  it('refuses a wrong password without telling it, and takes the right one', async () => {
    const server = await redis.server({ args: ['--requirepass', 'right-secret'] });
    const error = await refusal(openRedisStore({ urls: [server.url], password: 'wrong-secret' }));
    expect(error.code).toBe('STORE_UNAVAILABLE');
    expect(`${error.message} ${String(error.cause)}`).not.toContain('wrong-secret');
    expect(error.message).toMatch(/WRONGPASS|password/i);
    const { store } = await redis.open(`redis://:right-secret@127.0.0.1:${server.port}`);
    expect(store.isUp).toBe(true);
  });

  it('refuses a server that may evict, naming the setting, unless that is allowed', async () => {
    const server = await redis.server({ args: ['--maxmemory-policy', 'allkeys-lru'] });
    const error = await refusal(openRedisStore({ urls: [server.url] }));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'maxmemory-policy' });
    expect(error.message).toContain('noeviction');
    const { store } = await redis.open(server.url, { allowEviction: true });
    expect(store.durability).toBe('MEMORY');
  });

  it('claims what the settings of the server allow', async () => {
    const settings = [
      [{ appendonly: 'no' }, 'STORE', /appendonly no/],
      [{ appendonly: 'yes', appendfsync: 'everysec' }, 'STORE', /everysec/],
      [{ appendonly: 'yes', appendfsync: 'always' }, 'FSYNC', /always/],
      [{ appendonly: 'yes', appendfsync: 'always', args: ['--no-appendfsync-on-rewrite', 'yes'] }, 'STORE', /on-rewrite/],
      [{ appendonly: 'yes', appendfsync: 'always', args: ['--user', 'default', 'on', 'nopass', '~*', '&*', '+@all', '-config'] }, 'STORE', /CONFIG/],
    ] as const;
    for (const [options, durability, reason] of settings) {
      const { store } = await redis.open((await redis.server(options)).url);
      expect(store.durability, store.durabilityReason).toBe(durability);
      expect(store.durabilityReason).toMatch(reason);
    }
  });

  it('speaks TLS, and refuses a server that its authority did not sign', async () => {
    const [certificate, other, tlsPort] = [await createTestCertificate(), await createTestCertificate(), await freePort()];
    await redis.server({
      args: ['--tls-port', String(tlsPort), '--tls-cert-file', certificate.certFile, '--tls-key-file', certificate.keyFile, '--tls-auth-clients', 'no'],
    });
    const url = `rediss://127.0.0.1:${tlsPort}`;
    const { store } = await redis.open(url, { tls: { caFile: certificate.certFile } });
    const log = await store.openLog(newKey(), logOptions);
    expect(await log.append([plainRun()], 0)).toMatchObject([{ outcome: 'accepted' }]);
    expect((await refusal(openRedisStore({ urls: [url], tls: { caFile: other.certFile } }))).code).toBe('STORE_UNAVAILABLE');
    certificate.remove();
    other.remove();
  });

  it('names options that are not valid', async () => {
    for (const [options, field] of [
      [{ urls: [] }, 'urls'], [{ urls: ['http://127.0.0.1'] }, 'urls'], [{ urls: ['nothing'] }, 'urls'], [{ urls: ['redis://a/b'] }, 'urls'],
      [{ urls: ['redis://a'], commandTimeoutMs: 0 }, 'commandTimeoutMs'], [{ urls: ['redis://a'], announcedBytes: -1 }, 'announcedBytes'],
      [{ urls: ['rediss://a'], tls: { caFile: '/does/not/exist' } }, 'tls.caFile'],
    ] as const) {
      expect(await refusal(openRedisStore(options))).toMatchObject({ code: 'INVALID_ARGUMENT', field });
    }
  });

  it('goes on with the next address when one ends, in a new epoch when that one was a replica', async () => {
    // Else the first waits 5 s for more replicas.
    const [first, second] = [await redis.server({ appendonly: 'yes', args: ['--repl-diskless-sync-delay', '0'] }), await redis.server({ appendonly: 'yes' })];
    const admin = redis.client(second);
    await admin.call('REPLICAOF', '127.0.0.1', String(first.port));
    await waitFor(async () => (await admin.info('replication')).includes('master_link_status:up'), { timeoutMs: 20_000, what: 'the replica' });
    const { store, backplane, told } = await redis.open([`redis://127.0.0.1:${await freePort()}`, second.url, first.url]);
    const log = await store.openLog(newKey(), logOptions);
    await log.append([plainRun()], 0);
    const { epoch } = log.head;
    const heard = new HeardRuns(1);
    backplane.follow(log, 1, heard);
    await first.kill();
    await waitFor(() => told.includes('down'), { what: 'the end to be noticed' });
    expect(store.isUp).toBe(false);
    expect((await refusal(log.append([plainRun()], 0))).code).toBe('STORE_UNAVAILABLE');
    await admin.call('REPLICAOF', 'NO', 'ONE');
    await waitFor(() => store.isUp, { timeoutMs: 10_000, what: 'the other server' });
    expect(await log.append([plainRun()], 0)).toMatchObject([{ outcome: 'accepted' }]);
    expect(log.head.epoch).toBeGreaterThan(epoch);
    await waitFor(() => heard.runs.length === 1, { what: 'the announcement of the other server' });
    expect(heard.restarts).toMatchObject([{ epoch: log.head.epoch }]);
  });
});

describe('a cluster', () => {
  it('serves with all keys of a topic in one slot', async () => {
    const server = await redis.server({ appendonly: 'yes', appendfsync: 'always', args: ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'] });
    const admin = redis.client(server);
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await waitFor(async () => String(await admin.call('CLUSTER', 'INFO')).includes('cluster_state:ok'), { what: 'the cluster' });
    const { store, backplane } = await redis.open(server.url, { cluster: true });
    expect(store.durability).toBe('FSYNC');
    const key = newKey();
    const log = await store.openLog(key, logOptions);
    const heard = new HeardRuns(0);
    backplane.follow(log, 0, heard);
    const group = await store.openGroup(log, 'workers', { leaseMs: 1_000, consumer: 'one' });
    await log.append([numberedRun(1), plainRun(3)], 0);
    expect(await log.erase(2, () => Uint8Array.of(0, 0, 0))).toBe(true);
    expect(await readRuns(log)).toHaveLength(2);
    expect(await group.take(2, 10_000)).toHaveLength(2);
    expect(await store.listChannels(key.tenant, key.room, 10)).toEqual(['main']);
    await waitFor(() => heard.runs.length === 2, { what: 'the announcements' });
    const topicKeys = await admin.keys(`*${key.tenant}:topic:*`);
    expect(topicKeys).toHaveLength(4);
    expect(new Set(await Promise.all(topicKeys.map((name) => admin.call('CLUSTER', 'KEYSLOT', name)))).size).toBe(1);
  });
});
