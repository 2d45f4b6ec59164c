import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type PostgresServer } from '../src/index.js';

const execute = promisify(execFile);

/** Runs one statement and gives its rows, one a line. */
async function ask(server: PostgresServer, statement: string, url: string = server.url): Promise<string> {
  const { stdout } = await execute(join(server.binFolder, 'psql'), ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', statement, url]);
  return stdout.trim();
}

describe('startPostgres()', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
  });

  afterAll(() => server.stop());

  it('serves a version from 15 on with durable commits, UTF-8 and one collation everywhere', async () => {
    expect(Number.parseInt(server.version, 10)).toBeGreaterThanOrEqual(15);
    expect(await ask(server, 'SHOW fsync')).toBe('on');
    expect(await ask(server, 'SHOW server_encoding')).toBe('UTF8');
    expect(await ask(server, 'SHOW lc_collate')).toBe('C.UTF-8');
    expect(await ask(server, 'SHOW listen_addresses')).toBe('127.0.0.1');
  });

  it('does not run as root', () => {
    expect(statSync(`/proc/${server.pid}`).uid).not.toBe(0);
  });

  it('has a superuser whose name nobody guesses', async () => {
    expect(server.user).toMatch(/^arqon_[0-9a-f]{12}$/);
    await expect(ask(server, 'SELECT 1', `postgres://postgres@127.0.0.1:${server.port}/postgres`)).rejects.toThrow('does not exist');
  });

  it('listens on a unix socket in its folder', async () => {
    expect(readdirSync(server.folder)).toContain(`.s.PGSQL.${server.port}`);
  });

  it('makes databases', async () => {
    const url = await server.createDatabase('second one');
    expect(await ask(server, 'SELECT current_database()', url)).toBe('second one');
    await expect(server.createDatabase('second one')).rejects.toThrow('already exists');
  });

  it('leaves no process when it is killed, and has what was committed after a restart', async () => {
    await ask(server, 'CREATE TABLE kept (n integer); INSERT INTO kept VALUES (7)');
    const busy = ask(server, 'SELECT pg_sleep(600)').catch((error: unknown) => String(error));
    await expect.poll(() => ask(server, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND state = 'active'")).toBe('1');
    const { pid } = server;
    await server.kill();
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(await busy).toContain('closed the connection');
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect(await ask(server, 'SELECT n FROM kept')).toBe('7');
  });

  it('restarts while it runs, with other settings', async () => {
    await server.restart({ fsync: false, args: ['-c', 'work_mem=5MB'] });
    expect(await ask(server, 'SHOW fsync')).toBe('off');
    expect(await ask(server, 'SHOW work_mem')).toBe('5MB');
  });
});

describe('startPostgres() and its folder', () => {
  it('leaves nothing behind', async () => {
    const server = await startPostgres({ fsync: false });
    await server.stop();
    expect(existsSync(server.folder)).toBe(false);
    await server.stop();
  });

  it('takes up the cluster of a folder that it was given', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'arqonbus-postgres-kept-'));
    try {
      const first = await startPostgres({ folder, fsync: false });
      await ask(first, 'CREATE TABLE kept (n integer)');
      await first.stop();
      const second = await startPostgres({ folder, fsync: false, core: 0 });
      expect(second.user).toBe(first.user);
      expect(await ask(second, 'SELECT count(*) FROM kept')).toBe('0');
      await second.stop();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('tells the output of a server that does not come up', async () => {
    await expect(startPostgres({ args: ['-c', 'no_such_setting=1'] })).rejects.toThrow(/did not become ready[\s\S]*no_such_setting/);
  });
});
