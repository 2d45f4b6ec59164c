import { waitFor, within, type TempFolder } from '@arqonbus/testkit';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DevInfo } from '../src/data-dir/dev-file.js';
import { bin, isRunning, jsonLines, runArqon, serverPidOf, serverPidsOf, startArqon, startDev, testFolder, untilGone, workspaceRoot, type ArqonRun } from './arqon-process.js';

const limitMs = 150_000;

function secretsIn(folder: TempFolder): string[] {
  return ['ca.pem', 'key.pem', 'signing-key.json', 'link-key'].map((file) => readFileSync(folder.file(`.arqon/${file}`), 'utf8'));
}

describe('arqon dev', () => {
  it('prints one JSON object first, keeps to its folder, and drains on SIGTERM with 0', async () => {
    const folder = testFolder();
    const dev = await startDev(folder.path);
    expect(Object.keys(dev.info)).toEqual(['shieldUrl', 'spineUrl', 'shieldAdminUrl', 'spineAdminUrl', 'caFile', 'dataDir', 'pid']);
    expect(dev.info).toMatchObject({ pid: dev.process.pid, dataDir: folder.file('.arqon'), caFile: folder.file('.arqon/ca.pem') });
    expect(isAbsolute(dev.info.caFile)).toBe(true);
    expect(dev.info.shieldUrl).toMatch(/^wss:\/\/127\.0\.0\.1:\d+\/v1$/);
    expect(dev.info.spineUrl).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/);
    for (const url of [dev.info.shieldAdminUrl, dev.info.spineAdminUrl]) expect(await (await fetch(`${url}/ready`)).json()).toEqual({ state: 'Ready', reasons: [] });
    for (const file of ['key.pem', 'signing-key.json', 'link-key', 'spine-audit.jsonl', 'shield-audit.jsonl']) expect(statSync(folder.file(`.arqon/${file}`)).mode & 0o777).toBe(0o600);
    const servers = dev.serverPids();
    expect(servers).toHaveLength(2);
    expect(await dev.process.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    await untilGone(servers);
    expect(dev.process.output.stdout.trim().split('\n')).toHaveLength(1);
    expect([existsSync(folder.file('.arqon/dev.json')), existsSync(folder.file('.arqon/dev.lock'))]).toEqual([false, false]);
  }, limitMs);

  it('is ignored by git wherever its folder lies', async () => {
    const folder = testFolder();
    spawnSync('git', ['init', '-q'], { cwd: folder.path });
    await runArqon(['token', '--tenant', 'acme', '--sub', 'a'], { cwd: folder.path });
    expect(existsSync(folder.file('.arqon/signing-key.json'))).toBe(true);
    expect(spawnSync('git', ['status', '--porcelain', '--untracked-files=all'], { cwd: folder.path, encoding: 'utf8' }).stdout).toBe('');
  });

  it('tells a person URLs, authority, a token, and two commands that run as they stand', async () => {
    const folder = testFolder();
    const dev = await startArqon(['dev', '--port', '0'], { cwd: folder.path, readyWhen: ({ stdout }) => stdout.includes('npx --no arqon pub'), readyTimeoutMs: 60_000 });
    const text = dev.output.stdout;
    const [, token = ''] = /^(eyJ\S+)$/m.exec(text) ?? [];
    expect(text).toContain(folder.file('.arqon/ca.pem'));
    expect(text).toMatch(/ {2}npx --no arqon sub plans:main\n {2}npx --no arqon pub plans:main hello\n/);
    expect(await runArqon(['pub', 'plans:main', 'hello'], { cwd: folder.path })).toMatchObject({ code: 0, stdout: 'plans:main #1 MEMORY\n' });
    expect(await runArqon(['status', '--json'], { cwd: folder.path, env: { ARQON_TOKEN: token } })).toMatchObject({ code: 0 });
    expect(await dev.stop('SIGINT')).toEqual({ code: 0, signal: null });
  }, limitMs);

  it('refuses a second one in its folder, and lets a token be made beside it', async () => {
    const folder = testFolder();
    const dev = await startDev(folder.path);
    const second = await runArqon(['dev', '--port', '0'], { cwd: folder.path });
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toContain(`(process ${dev.info.pid}) (ALREADY_RUNNING)`);
    const reset = await runArqon(['dev', '--reset', '--port', '0'], { cwd: folder.path });
    expect(reset.code).toBe(1);
    const token = await runArqon(['token', '--tenant', 'acme', '--sub', 'a'], { cwd: folder.path });
    expect(await runArqon(['status'], { cwd: folder.path, env: { ARQON_TOKEN: token.stdout.trim() } })).toMatchObject({ code: 0 });
    await dev.process.stop('SIGTERM');
  }, limitMs);

  it('leaves no server behind when it is killed, and starts again in the same folder with the same keys', async () => {
    const folder = testFolder();
    const dev = await startDev(folder.path);
    const servers = dev.serverPids();
    await dev.process.stop('SIGKILL');
    await untilGone(servers);
    expect(await runArqon(['status'], { cwd: folder.path })).toMatchObject({ code: 3, stderr: expect.stringContaining('(NO_SERVER)') as string });
    const before = secretsIn(folder);
    const next = await startDev(folder.path);
    expect(secretsIn(folder)).toEqual(before);
    expect(await next.process.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  }, limitMs);

  it('ends when its parent is killed', async () => {
    const folder = testFolder();
    const out = folder.file('out');
    const script = `require('node:child_process').spawn(process.execPath, [${JSON.stringify(bin)}, 'dev', '--json', '--port', '0'], { stdio: ['ignore', require('node:fs').openSync(${JSON.stringify(out)}, 'w'), 'ignore'] }); setInterval(() => undefined, 60_000);`;
    const parent = spawn(process.execPath, ['-e', script], { cwd: folder.path, stdio: 'ignore' });
    await waitFor(() => existsSync(out) && readFileSync(out, 'utf8').includes('\n'), { timeoutMs: 60_000, what: 'the first line of dev' });
    const { pid } = JSON.parse(readFileSync(out, 'utf8')) as DevInfo;
    const servers = serverPidsOf(pid);
    expect(servers).toHaveLength(2);
    parent.kill('SIGKILL');
    await untilGone([pid, ...servers]);
    expect(existsSync(folder.file('.arqon/dev.json'))).toBe(false);
  }, limitMs);

  it.each(['SIGTERM', 'SIGKILL'] as const)('ends when npx, which started it, is gone by %s', async (signal) => {
    const folder = testFolder();
    const out = folder.file('out');
    const npx = spawn('sh', ['-c', `exec npx --no arqon dev --json --port 0 --data-dir "${folder.path}/bus" > "${out}" 2> /dev/null`], { cwd: workspaceRoot, stdio: 'ignore' });
    const ended = new Promise<void>((resolve) => { npx.once('exit', () => resolve()); });
    await waitFor(() => existsSync(out) && readFileSync(out, 'utf8').includes('\n'), { timeoutMs: 60_000, what: 'the first line of dev' });
    const { pid } = JSON.parse(readFileSync(out, 'utf8')) as DevInfo;
    const servers = serverPidsOf(pid);
    npx.kill(signal);
    await within(ended, 30_000, 'npx to end');
    await untilGone([pid, ...servers]);
  }, limitMs);

  it('makes certificate and keys anew with --reset, so that earlier tokens end', async () => {
    const folder = testFolder();
    const first = await startDev(folder.path);
    const token = (await runArqon(['token', '--tenant', 'acme', '--sub', 'a'], { cwd: folder.path })).stdout.trim();
    await first.process.stop('SIGTERM');
    const before = secretsIn(folder);
    const reset = await startDev(folder.path, ['--reset']);
    expect(secretsIn(folder).filter((text, index) => text === before[index])).toEqual([]);
    expect(await runArqon(['status'], { cwd: folder.path, env: { ARQON_TOKEN: token } })).toMatchObject({ code: 4 });
    expect(await runArqon(['status'], { cwd: folder.path })).toMatchObject({ code: 0 });
    await reset.process.stop('SIGTERM');
  }, limitMs);

  it('names the port that is in use, and --port 0', async () => {
    const [one, two] = [testFolder(), testFolder()];
    const dev = await startDev(one.path);
    const { port } = new URL(dev.info.shieldUrl);
    const env = { ARQON_SPINE_SERVICE_PORT: '0', ARQON_SPINE_LINK_PORT: '0', ARQON_SPINE_ADMIN_PORT: '0', ARQON_SHIELD_ADMIN_PORT: '0' };
    const shield = await runArqon(['dev', '--port', port], { cwd: two.path, env });
    expect(shield).toMatchObject({ code: 1, stdout: '' });
    expect(shield.stderr).toMatch(new RegExp(`arqon: port ${port}, which the shield needs, is in use \\(PORT_IN_USE\\)\n.*--port 0`));
    await dev.process.stop('SIGTERM');
  }, limitMs);

  it('starts a killed Spine again on its ports, and gives up on one that keeps failing', async () => {
    const folder = testFolder();
    const dev = await startDev(folder.path);
    let runs = 0;
    for (;;) {
      const spine = await waitFor(() => !isRunning(dev.info.pid) || serverPidOf(dev.info.pid, 'spine'), { timeoutMs: 40_000, what: 'a Spine to run or dev to end' });
      if (spine === true) break;
      process.kill(spine, 'SIGKILL');
      runs += 1;
      await untilGone([spine]);
    }
    expect(runs).toBe(6);
    expect(await dev.process.exited).toEqual({ code: 1, signal: null });
    expect(dev.process.output.stderr).toContain('"code":"KEEPS_FAILING"');
  }, limitMs);

  it('keeps history in its folder with --store embedded, across a killed Spine and a restart of all', async () => {
    const folder = testFolder();
    const arqon = (...args: string[]): Promise<ArqonRun> => runArqon(args, { cwd: folder.path });
    const dev = await startDev(folder.path, ['--store', 'embedded']);
    const first = await arqon('pub', 'kept:main', 'one', '--json');
    expect(JSON.parse(first.stdout)).toMatchObject({ sequence: '1', durability: 'FSYNC' });
    expect(existsSync(folder.file('.arqon/history.db'))).toBe(true);
    expect(JSON.parse((await arqon('status', '--json')).stdout)).toMatchObject({ store: { name: 'embedded', durability: 'FSYNC', up: true } });
    expect((await arqon('status')).stdout).toMatch(/\n {2}store {7}embedded, FSYNC, up/);
    process.kill(serverPidOf(dev.info.pid, 'spine') ?? 0, 'SIGKILL');
    await waitFor(() => dev.process.output.stderr.includes('spine runs again'), { timeoutMs: 40_000, what: 'the Spine to be restarted' });
    expect(JSON.parse((await arqon('pub', 'kept:main', 'two', '--json')).stdout)).toMatchObject({ sequence: '2', epoch: (JSON.parse(first.stdout) as { epoch: string }).epoch });
    await dev.process.stop('SIGTERM');
    const again = await startDev(folder.path, ['--store', 'embedded']);
    const replay = await arqon('history', 'kept:main', '--replay', '--from', '1', '--to', '2', '--json');
    expect(jsonLines<{ payload: string }>(replay.stdout).map(({ payload }) => payload)).toEqual(['one', 'two']);
    await again.process.stop('SIGTERM');
  }, limitMs);

  it('shows a bad setting and ends with 78', async () => {
    const run = await runArqon(['dev', '--port', '0'], { cwd: testFolder().path, env: { ARQON_SPINE_HEARTBEAT_MS: 'soon' } });
    expect(run).toMatchObject({ code: 78, stdout: '' });
    expect(run.stderr).toMatch(/\[spine\] .*heartbeat_ms[^]*START_FAILED/);
  }, limitMs);

  it('refuses a data folder that holds other files', async () => {
    const folder = testFolder();
    writeFileSync(folder.file('main.c'), '');
    expect(await runArqon(['dev', '--data-dir', '.'], { cwd: folder.path })).toMatchObject({ code: 78, stdout: '', stderr: expect.stringContaining('(DATA_DIR)') as string });
  });
});
