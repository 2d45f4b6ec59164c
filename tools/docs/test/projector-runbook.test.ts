import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres, type PostgresServer } from '@arqonbus/services';
import { createTempFolder, type TempFolder } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCodeBlocks, readDocument, readSection } from '../src/index.js';
import { REPOSITORY_ROOT } from '../src/repository-root.js';
import { runProgram, type ProgramResult } from './run-program.fixture.js';

const page = readSection(readDocument('docs/runbook.md').text, '## Continuum projector');
const command = 'node --conditions=@arqonbus/source --import tsx/esm apps/projector/src/bin.ts';
const manifest = JSON.parse(readFileSync(join(REPOSITORY_ROOT, 'package.json'), 'utf8')) as { readonly scripts: Readonly<Record<string, string>> };

let server: PostgresServer;
let folder: TempFolder;

beforeAll(async () => {
  server = await startPostgres();
  await server.createDatabase('episodes');
  folder = createTempFolder('arqon-runbook-');
});

afterAll(async () => {
  await server.stop();
  folder.remove();
});

/** Runs a block as it stands, in an empty folder; `npm` is stood in for by what its script runs. */
async function runBlock(name: string): Promise<ProgramResult> {
  const blocks = readCodeBlocks(page).filter((block) => block.marker === name);
  if (blocks.length !== 1) throw new Error(`there is not one block "${name}"`);
  const prelude = `set -eu\nnpm() { [ "$1 $2 $3 $4" = 'run -s projector:migrate --' ] || exit 64; shift 4; (cd '${REPOSITORY_ROOT}' && ${command} "$@"); }`;
  const result = await runShell(`${prelude}\n${blocks[0].code}`);
  expect(result.code, `${name}: ${result.stderr}`).toBe(0);
  return result;
}

function runShell(script: string): Promise<ProgramResult> {
  const url = new URL(server.url);
  url.pathname = '/episodes';
  return runProgram('bash', ['-c', script], {
    cwd: folder.path,
    timeoutMs: 120_000,
    env: {
      PATH: `${server.binFolder}:${process.env['PATH'] ?? ''}`, PGHOST: server.folder, PGPORT: String(server.port), PGUSER: server.user,
      ARQON_PROJECTOR_DATABASE_KIND: 'postgres', ARQON_PROJECTOR_DATABASE_URL: url.href, ARQON_PROJECTOR_DATABASE_SSL_MODE: 'disable',
    },
  });
}

async function ask(statement: string, role = server.user): Promise<string> {
  const { code, stdout, stderr } = await runShell(`psql --no-align --tuples-only --username='${role}' --dbname=episodes <<'SQL'\n${statement}\nSQL`);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim() === '' ? stderr.trim() : stdout.trim();
}

describe('the runbook of the projector (P16, I15, Q13)', () => {
  it('names the script that there is', () => {
    expect(manifest.scripts['projector:migrate']).toBe(command);
  });

  it('migrates, backs up, restores to the same checksums and rolls back, by its own commands', async () => {
    const migrated = await runBlock('run: projector-migrate');
    expect(migrated.stdout).toContain('0001_projection  pending');
    expect(migrated.stdout).toContain('0001_projection  applied now');
    await runBlock('run: projector-login');
    expect(await ask('SELECT count(*) FROM arqon.episode', 'projector_1')).toBe('0');
    await ask(`INSERT INTO arqon.episode (tenant_id, agent_id, episode_id, state_ts_us, state_event_id, is_deleted, content_ref, tags, metadata, summary)
      SELECT CASE n % 2 WHEN 0 THEN 'acme' ELSE 'umbrella' END, 'agent-' || n % 7, 'episode-' || n, n, gen_random_uuid(), n % 10 = 0, 's3://bucket/' || n, '{a,b}', '{"k": 1}', 'short' FROM generate_series(1, 500) AS n;`);
    await runBlock('run: projector-reader');
    expect(await ask('SELECT DISTINCT tenant_id FROM arqon.episodes', 'acme_reports')).toBe('acme');

    const before = (await runBlock('run: projector-checksum')).stdout;
    expect(before).toMatch(/^acme\|250\|[0-9a-f]{32}\numbrella\|250\|[0-9a-f]{32}\n$/);
    await runBlock('run: projector-back-up');
    await ask('DELETE FROM arqon.episode WHERE agent_id = \'agent-3\';');
    expect((await runBlock('run: projector-checksum')).stdout).not.toBe(before);
    await runBlock('run: projector-restore');
    expect((await runBlock('run: projector-checksum')).stdout).toBe(before);
    expect(await ask('SELECT DISTINCT tenant_id FROM arqon.episodes', 'acme_reports')).toBe('acme');

    const visible = await ask('SELECT count(*) FROM arqon.episodes', 'acme_reports');
    const rolledBack = await runBlock('run: projector-roll-back');
    expect(rolledBack.stdout).toMatch(/^\S+ {2}taken back now\n/);
    expect(await ask('SELECT count(*) FROM arqon.episodes', 'acme_reports')).toBe(visible);
    expect((await runBlock('run: projector-checksum')).stdout).toBe(before);

    await runBlock('run: projector-reader-away');
    expect(await ask('SELECT count(*) FROM arqon.episodes', 'acme_reports')).toContain('permission denied');
  }, 300_000);
});
