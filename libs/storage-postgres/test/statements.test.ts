import { EpisodeStoreError, type EpisodeStore } from '@arqonbus/storage/episodes';
import { waitFor } from '@arqonbus/testkit';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServerDatabaseOptions } from '../src/database-options.js';
import { openDatabase, openEpisodeStore } from '../src/index.js';
import type { SqlDatabase } from '../src/sql.js';
import { textArray } from '../src/sql-arrays.js';
import { PostgresUnderTest } from './postgres-under-test.js';

let plain: PostgresUnderTest;
const closing: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  plain = await PostgresUnderTest.start();
}, 120_000);

afterEach(async () => {
  for (const one of closing.splice(0)) await one.close();
});

afterAll(async () => {
  await plain.stop();
});

async function store(database: ServerDatabaseOptions): Promise<EpisodeStore> {
  const opened = await openEpisodeStore({ database, migrate: true, instance: 'one' });
  closing.push(opened);
  return opened;
}

async function database(options: ServerDatabaseOptions): Promise<SqlDatabase> {
  const opened = await openDatabase({ database: options, migrate: true });
  closing.push(opened);
  return opened;
}

describe('limits of a store', () => {
  it('waits for a lock a third of the time of a statement', async () => {
    const opened = await database(plain.options({ statementTimeoutMs: 3_000 }));
    const lock = `SELECT pg_advisory_xact_lock(42)`;
    await opened.transaction('acme', async (sql) => {
      await sql.query(lock);
      await expect(opened.transaction('acme', (other) => other.query(lock))).rejects.toMatchObject({ failure: 'transient', sqlCode: '55P03' });
    });
  });

  it('refuses a server that is not there, and options that no connection can be made with', async () => {
    await expect(store(plain.options({ url: 'postgresql://someone@127.0.0.1:1/db' }))).rejects.toMatchObject({ failure: 'transient' });
    await expect(store(plain.options({ url: 'postgresql://someone@127.0.0.1/db?sslmode=disable' }))).rejects.toThrow(/sslmode/);
  });
});

describe('textArray()', () => {
  it('is read by the server as the texts that it was made of', async () => {
    const opened = await database(plain.options());
    const text = fc.string({ unit: fc.constantFrom('"', String.raw`\ `.trim(), ',', '{', '}', ' ', '\n', '\u001f', '\u007f', 'a', 'é', '\u{1F600}', '\u2028') });
    await fc.assert(fc.asyncProperty(fc.array(fc.option(text)), async (texts) => {
      const rows = await opened.run((sql) => sql.query('SELECT $1::text[] AS texts', [textArray(texts)]));
      expect(rows).toEqual([{ texts }]);
    }), { numRuns: 200 });
  });
});

describe('transactions', () => {
  it('leave nothing when their work fails, and not even the tenant behind', async () => {
    const opened = await database(plain.options({ maxConnections: 2 }));
    const tenantSql = `SELECT current_setting('arqon.tenant_id', true) AS tenant, current_user AS role`;
    const pause = `INSERT INTO arqon.projection_control (tenant_id, is_paused, changed_by, changed_us) VALUES ('acme', true, 'one', 1)`;
    await expect(opened.transaction('acme', async (sql) => {
      expect(await sql.query(tenantSql)).toEqual([{ tenant: 'acme', role: 'arqon_projector' }]);
      await sql.query(pause);
      throw new EpisodeStoreError('data', 'given up');
    })).rejects.toMatchObject({ failure: 'data' });
    expect(await opened.transaction('acme', (sql) => sql.query('SELECT is_paused FROM arqon.projection_control'))).toEqual([]);
    expect(await opened.run((sql) => sql.query(tenantSql))).toEqual([{ tenant: '', role: 'arqon_projector' }]);
  });

  it('fail as a whole when a statement failed whose failure was not looked at', async () => {
    const opened = await database(plain.options());
    await expect(opened.transaction('acme', (sql) => Promise.allSettled([sql.query('SELECT 1 / 0')]))).rejects.toMatchObject({ failure: 'transient' });
  });

  it('go on after the server cut every connection', async () => {
    const opened = await database(plain.options());
    await opened.run((sql) => sql.query('SELECT 1'));
    let cause: unknown;
    await opened.hold((lost) => (cause = lost));
    await plain.cutConnections();
    await waitFor(() => cause !== undefined, { timeoutMs: 20_000 });
    await waitFor(async () => opened.run((sql) => sql.query('SELECT 1')).then(() => true, () => false), { timeoutMs: 20_000 });
    expect(cause).toBeInstanceOf(Error);
  });
});
