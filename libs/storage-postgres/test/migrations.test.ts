import type { EpisodeRow } from '@arqonbus/continuum';
import { change, newKey, ProjectedPartition } from '@arqonbus/storage/episodes-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerDatabaseOptions } from '../src/database-options.js';
import { migrateDown, migrateUp, openEpisodeStore, openMigrationSession, readSchemaStatus, SchemaVersionError, type MigrationSession } from '../src/index.js';
import { PostgresUnderTest } from './postgres-under-test.js';

const names = ['0001_projection', '0002_backfill_row'];

let postgres: PostgresUnderTest;

beforeAll(async () => {
  postgres = await PostgresUnderTest.start({ fsync: false });
});

afterAll(() => postgres.stop());

async function emptyDatabase(name: string): Promise<ServerDatabaseOptions> {
  return postgres.options({ url: await postgres.server.createDatabase(name) });
}

async function inSession<Result>(options: ServerDatabaseOptions, work: (client: MigrationSession['client']) => Promise<Result>): Promise<Result> {
  const session = await openMigrationSession(options);
  try {
    return await work(session.client);
  } finally {
    await session.close();
  }
}

/** Ten episodes of acme, one of them deleted. */
async function fill(options: ServerDatabaseOptions): Promise<readonly EpisodeRow[]> {
  const store = await openEpisodeStore({ database: options, migrate: true, instance: 'one' });
  try {
    const keys = Array.from({ length: 10 }, () => newKey('acme'));
    const partition = await ProjectedPartition.claim(store, 'acme');
    await partition.apply(...keys.map((key) => change('created', key, 1_000, { summary: 'short' })), change('deleted', keys[0], 2_000));
    return await store.readRows('acme', keys);
  } finally {
    await store.close();
  }
}

describe('migrateUp()', () => {
  it('makes the schema in an empty database, once', async () => {
    const options = await emptyDatabase('empty');
    expect(await inSession(options, readSchemaStatus)).toEqual({ applied: [], pending: names, unknown: [] });
    expect(await inSession(options, migrateUp)).toEqual(names);
    expect(await inSession(options, migrateUp)).toEqual([]);
    expect(await inSession(options, readSchemaStatus)).toEqual({ applied: names, pending: [], unknown: [] });
  });

  it('makes it once when several instances start at the same time', async () => {
    const options = await emptyDatabase('together');
    const done = await Promise.all([1, 2, 3, 4].map(() => inSession(options, migrateUp)));
    expect(done.flat().sort()).toEqual(names);
  });

  it('makes it in a second database of the same server, whose roles are there already', async () => {
    const options = [await emptyDatabase('one'), await emptyDatabase('other')];
    for (const database of options) expect(await inSession(database, migrateUp)).toEqual(names);
  });
});

describe('migrateDown()', () => {
  it('takes the last one back: episodes can be read as before, and the next up brings the rest', async () => {
    const options = await emptyDatabase('back');
    const rows = await fill(options);
    const read = (): Promise<readonly object[]> => postgres.ask('SELECT * FROM arqon.episodes ORDER BY agent_id, episode_id', [], options.url);
    const before = await read();
    expect(before).toHaveLength(9);
    expect(await inSession(options, (client) => migrateDown(client, 1))).toEqual(['0002_backfill_row']);
    expect(await inSession(options, readSchemaStatus)).toEqual({ applied: ['0001_projection'], pending: ['0002_backfill_row'], unknown: [] });
    expect(await read()).toEqual(before);
    await expect(openEpisodeStore({ database: options, migrate: false, instance: 'one' })).rejects.toThrow(/lacks 0002_backfill_row/);
    const store = await openEpisodeStore({ database: options, migrate: true, instance: 'one' });
    try {
      expect(await store.readRows('acme', rows.map(({ key }) => key))).toEqual(rows);
      const again = await ProjectedPartition.claim(store, 'acme');
      expect(again.position).toEqual({ epoch: 7n, sequence: 11n });
    } finally {
      await store.close();
    }
  });

  it('takes all back, and leaves nothing of the schema', async () => {
    const options = await emptyDatabase('gone');
    await fill(options);
    expect(await inSession(options, (client) => migrateDown(client, 2))).toEqual([...names].reverse());
    expect(await postgres.ask(`SELECT 1 FROM pg_namespace WHERE nspname = 'arqon'`, [], options.url)).toEqual([]);
    expect(await inSession(options, migrateUp)).toEqual(names);
  });
});

describe('a schema of a newer version', () => {
  it('is refused by everything, and left as it is', async () => {
    const options = await emptyDatabase('newer');
    await inSession(options, migrateUp);
    await postgres.ask(`INSERT INTO arqon_migrations.migration (name, run_on) VALUES ('0099_later', now())`, [], options.url);
    for (const migrate of [true, false]) {
      await expect(openEpisodeStore({ database: options, migrate, instance: 'one' })).rejects.toThrow(SchemaVersionError);
    }
    await expect(inSession(options, migrateUp)).rejects.toThrow(/0099_later/);
    await expect(inSession(options, (client) => migrateDown(client, 1))).rejects.toThrow(/0099_later/);
    expect(await inSession(options, readSchemaStatus)).toEqual({ applied: [...names, '0099_later'], pending: [], unknown: ['0099_later'] });
  });
});
