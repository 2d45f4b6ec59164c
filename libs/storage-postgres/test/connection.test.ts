import { createTestCertificate, freePort, type TestCertificate } from '@arqonbus/testkit';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../src/open-episode-store.js';
import { migrateUp, openEpisodeStore, openMigrationSession } from '../src/index.js';
import { PostgresUnderTest } from './postgres-under-test.js';

const password = randomUUID();

describe('a server with a certificate', () => {
  let postgres: PostgresUnderTest;
  let certificate: TestCertificate;
  let other: TestCertificate;

  beforeAll(async () => {
    [certificate, other] = [await createTestCertificate(), await createTestCertificate()];
    // The certificate is of 127.0.0.1 and localhost, not of 127.0.0.2.
    postgres = await PostgresUnderTest.start({ fsync: false, tls: certificate, args: ['-c', 'listen_addresses=127.0.0.1,127.0.0.2'] });
  });

  afterAll(async () => {
    await postgres.stop();
    certificate.remove();
    other.remove();
  });

  it.each(['127.0.0.1', 'localhost'])('is accepted at %s with verify-full when its chain and name are right', async (host) => {
    const options = postgres.options({ url: postgres.server.url.replace('127.0.0.1', host), sslMode: 'verify-full', caFile: certificate.certFile });
    const store = await openEpisodeStore({ database: options, migrate: true, instance: 'one' });
    await store.close();
    const database = await openDatabase({ database: options, migrate: false });
    try {
      const seen = await database.run(async (sql) => {
        const [row] = await sql.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        return postgres.ask('SELECT ssl, version FROM pg_stat_ssl WHERE pid = $1', [row.pid]);
      });
      expect(seen).toEqual([{ ssl: true, version: 'TLSv1.3' }]);
    } finally {
      await database.close();
    }
  });

  it('is refused with verify-full for another chain, another name, and the certificates of the system', async () => {
    const refused = [
      postgres.options({ sslMode: 'verify-full', caFile: other.certFile }),
      postgres.options({ sslMode: 'verify-full', caFile: certificate.certFile, url: postgres.server.url.replace('127.0.0.1', '127.0.0.2') }),
      postgres.options({ sslMode: 'verify-full' }),
    ];
    for (const database of refused) {
      await expect(openEpisodeStore({ database, migrate: true, instance: 'one' })).rejects.toMatchObject({ failure: 'transient', message: expect.stringMatching(/SIGNED|CERT|ALTNAME|altnames/i) as string });
    }
  });

  it('is not done without, where the server wants it', async () => {
    await expect(openEpisodeStore({ database: postgres.options(), migrate: true, instance: 'one' })).rejects.toMatchObject({ failure: 'transient', sqlCode: '28000' });
  });
});

describe('bounds of connections', () => {
  let postgres: PostgresUnderTest;

  beforeAll(async () => {
    postgres = await PostgresUnderTest.start({ fsync: false });
    const session = await openMigrationSession(postgres.options());
    await migrateUp(session.client);
    await session.close();
  });

  afterAll(() => postgres.stop());

  it('end a statement in its time, and the connection goes on', async () => {
    const database = await openDatabase({ database: postgres.options({ statementTimeoutMs: 1_500 }), migrate: false });
    try {
      const begun = performance.now();
      await expect(database.run((sql) => sql.query('SELECT pg_sleep(60)'))).rejects.toMatchObject({ failure: 'transient', sqlCode: '57014' });
      expect(performance.now() - begun).toBeLessThan(30_000);
      expect(await database.run((sql) => sql.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
    } finally {
      await database.close();
    }
  });

  it('never open more connections than they may, whatever is asked at once', async () => {
    const database = await openDatabase({ database: postgres.options({ maxConnections: 3 }), migrate: false });
    const pids = new Set<number>();
    try {
      await Promise.all(Array.from({ length: 30 }, () => database.transaction('acme', async (sql) => {
        const [row] = await sql.query<{ pid: number }>('SELECT pg_backend_pid() AS pid, pg_sleep(0.01)');
        pids.add(row.pid);
      })));
      expect(pids.size).toBeGreaterThan(1);
      expect(pids.size).toBeLessThanOrEqual(3);
    } finally {
      await database.close();
    }
  });

  it('give up a server that says nothing, in their time', async () => {
    const silent = createServer(() => undefined);
    const port = await freePort();
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
    try {
      const database = postgres.options({ url: `postgres://somebody@127.0.0.1:${String(port)}/none`, connectTimeoutMs: 300 });
      await expect(openEpisodeStore({ database, migrate: false, instance: 'one' })).rejects.toMatchObject({ failure: 'transient' });
    } finally {
      silent.close();
    }
  });

  it.each([
    ['a password', `postgres://a:${password}@127.0.0.1/b`], ['no user', 'postgres://127.0.0.1/b'], ['another protocol', 'http://a@127.0.0.1/b'], ['a parameter', 'postgres://a@127.0.0.1/b?sslmode=disable'],
  ])('refuse an address with %s, without repeating it', async (_, url) => {
    const error = await openEpisodeStore({ database: postgres.options({ url }), migrate: false, instance: 'one' }).then(() => 'opened', String);
    expect(error).toContain('the address of the database');
    expect(error).not.toContain(password);
  });
});
