import { waitFor } from '@arqonbus/testkit';
import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonLines, runArqon, startArqon, startDev, testFolder } from './arqon-process.js';

const limitMs = 240_000;

interface LogLine {
  readonly message: string;
  readonly adminPort?: number;
}

describe('arqon serve projector', () => {
  it('projects the tenant dev of the local bus into the data folder, with a token that it makes and its owner alone may read', async () => {
    const folder = testFolder();
    const dev = await startDev(folder.path);
    const serving = await startArqon(['serve', 'projector'], {
      cwd: folder.path, env: { ARQON_PROJECTOR_ADMIN_PORT: '0' }, readyWhen: ({ stdout }) => stdout.includes('"projector ready"'), readyTimeoutMs: 60_000,
    });
    const { adminPort } = jsonLines<LogLine>(serving.output.stdout).find(({ message }) => message === 'projector ready') ?? {};
    const ready = async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${String(adminPort)}/ready`)).json();
    await waitFor(async () => JSON.stringify(await ready()) === '{"state":"Ready","reasons":[]}', { timeoutMs: 150_000, intervalMs: 250, what: 'the projector to be ready' });
    const tokenFile = folder.file('.arqon/projector-tokens/dev.jwt');
    expect([statSync(tokenFile).mode & 0o777, statSync(folder.file('.arqon/projector-tokens')).mode & 0o777]).toEqual([0o600, 0o700]);
    const claims = JSON.parse(Buffer.from(readFileSync(tokenFile, 'utf8').split('.')[1], 'base64url').toString()) as object;
    expect(claims).toMatchObject({
      tenant_id: 'dev', roles: ['service'], rooms: { publish: ['continuum.episode.dlq.v1'], subscribe: ['continuum.episode.v1', 'sys.calls:projector'] },
    });
    expect(statSync(folder.file('.arqon/projector-db')).isDirectory()).toBe(true);
    expect(await serving.stop('SIGTERM', 30_000)).toEqual({ code: 0, signal: null });
    await dev.process.stop('SIGTERM');
  }, limitMs);

  it('ends with 78 when its settings are wrong, and says which', async () => {
    const run = await runArqon(['serve', 'projector'], { cwd: testFolder().path, env: { ARQON_PROJECTOR_TENANTS: 'dev,dev' } });
    expect(run.code).toBe(78);
    expect(run.stderr).toContain('names a tenant twice');
  }, limitMs);
});
