import { loadSettings } from '@arqonbus/config';
import { startPostgres, type PostgresServer } from '@arqonbus/services';
import { createTempFolder } from '@arqonbus/testkit';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCodeBlocks, readDocument } from '../src/index.js';
import { loadSettingsSchemas } from '../src/load-settings-schemas.js';
import { REPOSITORY_ROOT } from '../src/repository-root.js';
import { runProgram, type ProgramResult } from './run-program.fixture.js';

const blocks = readCodeBlocks(readDocument('docs/projector.md').text);
const limitMs = 120_000;

let server: PostgresServer;

async function run(program: string, args: readonly string[], user = server.user): Promise<ProgramResult> {
  const url = new URL(server.url);
  url.pathname = '/episodes';
  const result = await runProgram(program, args, {
    cwd: REPOSITORY_ROOT,
    timeoutMs: limitMs,
    env: {
      PATH: `${server.binFolder}:${process.env['PATH'] ?? ''}`, PGHOST: server.folder, PGPORT: String(server.port), PGUSER: user,
      ARQON_PROJECTOR_DATABASE_KIND: 'postgres', ARQON_PROJECTOR_DATABASE_URL: url.href, ARQON_PROJECTOR_DATABASE_SSL_MODE: 'disable',
    },
  });
  expect(result.code, result.stderr).toBe(0);
  return result;
}

beforeAll(async () => {
  server = await startPostgres();
  await server.createDatabase('episodes');
  await run('node', ['--conditions=@arqonbus/source', '--import', 'tsx/esm', 'apps/projector/src/bin.ts', 'up']);
  await run('psql', ['--quiet', '--dbname=episodes', '--command', `
    INSERT INTO arqon.episode (tenant_id, agent_id, episode_id, state_ts_us, state_event_id, is_deleted, content_ref, tags, metadata, summary)
      SELECT CASE n % 2 WHEN 0 THEN 'umbrella' ELSE 'acme' END, CASE n % 10 WHEN 1 THEN 'planner' ELSE 'agent-' || n % 97 END, '01JD' || lpad(n::text, 22, '0'), n, gen_random_uuid(), n % 20 = 11,
        's3://bucket/' || n, '{a}', '{}', 'short' FROM generate_series(1, 20000) AS n;
    CREATE ROLE reports LOGIN;
    SELECT arqon.grant_reader('reports', 'acme');
    ANALYZE arqon.episode`]);
}, limitMs);

afterAll(() => server.stop());

describe('the guide of the projector (P16)', () => {
  const [block] = blocks.filter(({ marker }) => marker === 'run: projector-queries');

  it('has queries that answer a reader of one tenant', async () => {
    const { stdout } = await run('bash', ['-c', block.code], 'reports');
    expect(stdout).toContain('s3://bucket/1 ');
    expect(stdout).toContain('(20 rows)');
    expect(stdout).toMatch(/^ +1000$/m);
  });

  it('has queries that indexes are made for', async () => {
    const queries = block.code.split('\n').filter((line) => line.startsWith('SELECT '));
    expect(queries).toHaveLength(3);
    for (const query of queries) {
      const { stdout } = await run('psql', ['--tuples-only', '--dbname=episodes', '--command', `EXPLAIN ${query}`], 'reports');
      expect(stdout, query).toMatch(/Index|Bitmap/);
      expect(stdout, query).not.toContain('Seq Scan on episode ');
    }
  });

  it.each([['projector', 'example: projector-settings', {}], ['spine', 'example: projector-rooms', { 'link.key': 'x'.repeat(32), 'auth.issuer': 'https://issuer.example', 'auth.audience': 'arqonbus' }]] as const)(
    'has settings that the %s takes', async (app, marker, needed) => {
      const [{ code }] = blocks.filter((one) => one.marker === marker);
      const schema = (await loadSettingsSchemas()).find(({ appName }) => appName === app) ?? expect.fail();
      const folder = createTempFolder('arqon-guide-');
      writeFileSync(folder.file('settings.yaml'), code);
      const environment = Object.fromEntries(Object.entries(needed).map(([key, value]) => [`ARQON_${app.toUpperCase()}_${key.replaceAll('.', '_').toUpperCase()}`, value]));
      expect(() => loadSettings(schema, { environment, configFile: folder.file('settings.yaml') })).not.toThrow();
      folder.remove();
    },
  );
});
