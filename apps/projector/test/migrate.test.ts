import { startPostgres, type PostgresServer } from '@arqonbus/services';
import { openEpisodeStore } from '@arqonbus/storage-postgres';
import { createTempFolder, freePort } from '@arqonbus/testkit';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMigrate, type MigrateOutcome } from '../src/compose-migrate.js';

const program = join(import.meta.dirname, '../src/bin.ts');
const names = ['0001_projection', '0002_backfill_row'];

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres({ fsync: false });
});

afterAll(() => server.stop());

/** Runs the command with settings of the projector, and nothing else of this process's environment. */
function migrate(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<MigrateOutcome> {
  return runMigrate(args, environment);
}

function settingsOf(url: string): Readonly<Record<string, string>> {
  return { ARQON_PROJECTOR_DATABASE_KIND: 'postgres', ARQON_PROJECTOR_DATABASE_URL: url, ARQON_PROJECTOR_DATABASE_SSL_MODE: 'disable' };
}

async function expectStatus(settings: Readonly<Record<string, string>>, status: object): Promise<void> {
  const { stdout, stderr } = await migrate(['status', '--json'], settings);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({ unknown: [], done: [], ...status });
}

describe('projector:migrate', () => {
  it('brings an empty database up to date, once, and takes the last migration back', async () => {
    const settings = settingsOf(await server.createDatabase('steps'));
    await expectStatus(settings, { applied: [], pending: names });
    expect(await migrate(['up'], settings)).toEqual({ code: 0, stderr: '', stdout: names.map((name) => `${name}  applied now\n`).join('') });
    expect(JSON.parse((await migrate(['up', '--json'], settings)).stdout)).toEqual({ applied: names, pending: [], unknown: [], done: [] });
    expect((await migrate(['down'], settings)).stdout).toBe('0002_backfill_row  taken back now\n0001_projection  applied\n');
    await expectStatus(settings, { applied: names.slice(0, 1), pending: names.slice(1) });
  });

  it('takes the first one back only when it is told that all data goes', async () => {
    const settings = settingsOf(await server.createDatabase('first'));
    await migrate(['up'], settings);
    const refused = await migrate(['down', '--count', '2'], settings);
    expect(refused).toMatchObject({ code: 64, stdout: '' });
    expect(refused.stderr).toContain('deletes every episode');
    await expectStatus(settings, { applied: names, pending: [] });
    expect(await migrate(['down', '--count', '2', '--delete-all-data'], settings)).toMatchObject({ code: 0 });
    await expectStatus(settings, { applied: [], pending: names });
  });

  it('migrates the embedded database', async () => {
    const folder = createTempFolder('arqon-migrate-');
    try {
      const settings = { ARQON_PROJECTOR_DATABASE_FOLDER: folder.file('db') };
      expect(await migrate(['up'], settings)).toMatchObject({ code: 0, stderr: '' });
      const store = await openEpisodeStore({ database: { kind: 'pglite', folder: folder.file('db') }, migrate: false, instance: 'one' });
      await store.close();
    } finally {
      folder.remove();
    }
    // The embedded database makes its cluster at the first start, which takes seconds.
  }, 120_000);

  it('says what it does, and what is wrong with its line', async () => {
    const settings = settingsOf(server.url);
    expect((await migrate(['--help'], {})).stdout).toContain('Usage: npm run projector:migrate');
    for (const [args, text] of [
      [[], 'up, down or status is needed'], [['sideways'], '"sideways" is none of'], [['up', 'now'], '"now" is too much'], [['up', '--count', '2'], 'are for down'],
      [['down', '--count', '0'], '--count is a whole number'], [['up', '--force'], '--force'],
    ] as const) {
      const outcome = await migrate(args, settings);
      expect([outcome.code, outcome.stdout], args.join(' ')).toEqual([64, '']);
      expect(outcome.stderr).toContain(text);
      expect(outcome.stderr).toContain('--help');
    }
  });

  it('tells settings, a newer schema and a database that is away apart', async () => {
    const wrong = await migrate(['up'], { ...settingsOf(server.url), ARQON_PROJECTOR_DATABASE_SSL_MODE: 'maybe' });
    expect(wrong).toMatchObject({ code: 78, stdout: '' });
    expect(wrong.stderr).toContain('ARQON_PROJECTOR_DATABASE_SSL_MODE');
    const away = await migrate(['up'], settingsOf(`postgres://somebody@127.0.0.1:${String(await freePort())}/none`));
    expect(away).toMatchObject({ code: 69, stdout: '' });
    expect(away.stderr).toMatch(/^projector:migrate: the database cannot be used: .*ECONNREFUSED/);
    const absent = await migrate(['status'], settingsOf(server.url.replace(/postgres$/, 'absent')));
    expect(absent).toMatchObject({ code: 69 });
    expect(absent.stderr).toContain('"absent" does not exist');
  });

  it('is a program whose exit code says how it went', async () => {
    const run = promisify(execFile);
    const line = ['--conditions=@arqonbus/source', '--import', 'tsx/esm', program];
    const environment = { PATH: process.env['PATH'], ...settingsOf(await server.createDatabase('program')) };
    expect(await run(process.execPath, [...line, 'up', '--json'], { env: environment })).toMatchObject({ stdout: `${JSON.stringify({ applied: names, pending: [], unknown: [], done: names })}\n` });
    await expect(run(process.execPath, [...line, 'sideways'], { env: environment })).rejects.toMatchObject({ code: 64, stderr: expect.stringContaining('--help') as string });
  }, 60_000);
});
