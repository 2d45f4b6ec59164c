import { createTempFolder } from '@arqonbus/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { migrateDown, migrateUp, openEpisodeStore, openMigrationSession, readSchemaStatus, SchemaVersionError } from '../src/index.js';

const folder = createTempFolder('arqon-migrations-');
afterAll(() => folder.remove());

// One process starts PostgreSQL a few times here, which takes seconds each.
describe('migrations of the embedded database', () => {
  it('go up and down, are checked by a start, and refused where they are newer', async () => {
    const database = { kind: 'pglite', folder: folder.file('db') } as const;
    const session = await openMigrationSession(database);
    const { pending } = await readSchemaStatus(session.client);
    expect(await migrateUp(session.client)).toEqual(pending);
    for (const name of [...pending].reverse()) expect(await migrateDown(session.client, 1)).toEqual([name]);
    expect(await readSchemaStatus(session.client)).toEqual({ applied: [], pending, unknown: [] });
    await session.close();
    await expect(openEpisodeStore({ database, migrate: false, instance: 'one' })).rejects.toThrow(/lacks 0001_projection/);
    const store = await openEpisodeStore({ database, migrate: true, instance: 'one' });
    await store.ping();
    await store.close();
    const later = await openMigrationSession(database);
    await later.client.query(`INSERT INTO arqon_migrations.migration (name, run_on) VALUES ('9999_of_tomorrow', now())`);
    for (const call of [() => migrateUp(later.client), () => migrateDown(later.client, 1)]) await expect(call()).rejects.toThrow(SchemaVersionError);
    await later.close();
    await expect(openEpisodeStore({ database, migrate: true, instance: 'one' })).rejects.toThrow(/newer than this version, which does not know 9999_of_tomorrow/);
  }, 180_000);
});
