import { createTempFolder, waitFor, type RunningProcess, type TempFolder } from '@arqonbus/testkit';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, jsonLines, runArqon, serverPidOf, startArqon, startDev, type ArqonRun, type RunningDev } from './arqon-process.js';

interface PrintedMessage {
  readonly topic: string;
  readonly sequence: string;
  readonly epoch: string;
  readonly sender: string;
  readonly type: string;
  readonly encoding: string;
  readonly payload: string;
  readonly headers: Record<string, string>;
  readonly replayed: boolean;
  readonly erased?: boolean;
}

describe('arqon against its own dev over TLS', () => {
  let folder: TempFolder;
  let dev: RunningDev;
  beforeAll(async () => {
    folder = createTempFolder('arqon-cli-');
    dev = await startDev(folder.path);
  }, 90_000);
  afterAll(async () => {
    await dev.process.stop('SIGTERM');
    folder.remove();
  });

  const arqon = (...args: string[]): Promise<ArqonRun> => runArqon(args, { cwd: folder.path });
  const follow = (...args: string[]): Promise<RunningProcess> =>
    startArqon(['sub', '--json', ...args], { cwd: folder.path, readyWhen: ({ stderr }) => stderr.includes('"joined"') });

  it('carries events from pub to sub, in order, with sequences as text', async () => {
    const sub = await follow('plans:main', '--count', '3');
    const pub = await arqon('pub', 'plans:main', 'step {{n}}', '--count', '3', '--header', 'origin=test=1', '--json');
    expect(pub).toMatchObject({ code: 0, stderr: '' });
    expect(jsonLines(pub.stdout)).toMatchObject([1, 2, 3].map((sequence) => ({ topic: 'plans:main', sequence: String(sequence), durability: 'MEMORY', duplicate: false })));
    expect(await sub.exited).toEqual({ code: 0, signal: null });
    const messages = jsonLines<PrintedMessage>(sub.output.stdout);
    expect(messages.map(({ sequence, payload }) => [sequence, payload])).toEqual([['1', 'step 1'], ['2', 'step 2'], ['3', 'step 3']]);
    expect(messages[0]).toMatchObject({ topic: 'plans:main', type: 'text/plain', encoding: 'text', headers: { origin: 'test=1' }, replayed: false, sender: expect.stringMatching(/^cli-[0-9a-f]{8}$/) as string });
  });

  it('publishes standard input byte by byte, and prints what is not text as base64', async () => {
    const bytes = Buffer.from([0, 255, 10, 128]);
    const run = spawnSync(process.execPath, [command, 'pub', 'bytes', '-', '--type', 'application/octet-stream'], { cwd: folder.path, input: bytes });
    expect(run.status).toBe(0);
    const [message] = jsonLines<PrintedMessage>((await arqon('history', 'bytes', '--json')).stdout);
    expect(message).toMatchObject({ encoding: 'base64', payload: bytes.toString('base64') });
    expect((await arqon('history', 'bytes')).stdout).toMatch(/ bytes #1 cli-\w+: <application\/octet-stream, 4 bytes>\n$/);
  });

  it('reads a part of history by sequence, time and limit', async () => {
    await arqon('pub', 'log', '{{n}}', '--count', '20');
    const payloads = async (...args: string[]): Promise<string[]> => jsonLines<PrintedMessage>((await arqon('history', 'log', '--json', ...args)).stdout).map(({ payload }) => payload);
    expect(await payloads('--from', '5', '--to', '7')).toEqual(['5', '6', '7']);
    expect(await payloads('--from', '18', '--limit', '2')).toEqual(['18', '19']);
    expect(await payloads('--to', '2001-01-01T00:00:00Z')).toEqual([]);
    expect(await payloads('--from', '2001-01-01', '--limit', '1')).toEqual(['1']);
  });

  it('replays a window with both ends, at a pace, and refuses one that is not there', async () => {
    await arqon('pub', 'replay', '{{n}}', '--count', '30');
    const replay = (...args: string[]): Promise<ArqonRun> => arqon('history', 'replay', '--replay', '--json', ...args);
    const window = await replay('--from', '5', '--to', '24');
    expect(jsonLines<PrintedMessage>(window.stdout).map(({ payload, replayed }) => [payload, replayed])).toEqual(Array.from({ length: 20 }, (_, index) => [`${index + 5}`, true]));
    expect((await replay('--from', '5', '--to', '24', '--pace', '100')).stdout).toBe(window.stdout);
    const times = await replay('--from', '2001-01-01', '--to', new Date(Date.now() - 1).toISOString(), '--limit', '3');
    expect(jsonLines<PrintedMessage>(times.stdout).map(({ payload }) => payload)).toEqual(['1', '2', '3']);
    const beyond = await replay('--from', '5', '--to', '31');
    expect(beyond).toMatchObject({ code: 6, stdout: '' });
    expect(JSON.parse(beyond.stderr)).toMatchObject({ error: { code: 'WINDOW_UNBOUNDED' } });
  });

  it('erases one event for good and leaves a tombstone, with the role admin alone (M21)', async () => {
    await arqon('pub', 'erase', 'secret {{n}}', '--count', '3');
    expect(await arqon('erase', 'erase', '2')).toMatchObject({ code: 0, stdout: 'erase #2 erased\n' });
    const messages = jsonLines<PrintedMessage>((await arqon('history', 'erase', '--replay', '--from', '1', '--to', '3', '--json')).stdout);
    expect(messages.map(({ sequence, payload, erased }) => [sequence, payload, erased])).toEqual([['1', 'secret 1', undefined], ['2', '', true], ['3', 'secret 3', undefined]]);
    expect((await arqon('history', 'erase', '--from', '2', '--to', '2')).stdout).toMatch(/ erase #2 cli-\w+: <erased>\n$/);
    const token = (await arqon('token', '--tenant', 'dev', '--sub', 'ops', '--role', 'operator', '--publish', '*', '--subscribe', '*')).stdout.trim();
    expect(await runArqon(['erase', 'erase', '1'], { cwd: folder.path, env: { ARQON_TOKEN: token } })).toMatchObject({ code: 5 });
    expect(await arqon('erase', 'erase', '99')).toMatchObject({ code: 6 });
  });

  it('goes on from a position, of one topic and of each channel of a room', async () => {
    await arqon('pub', 'resume:a', 'a{{n}}', '--count', '3');
    await arqon('pub', 'resume:b', 'b{{n}}', '--count', '3');
    const one = await arqon('sub', 'resume:a', '--since', '1', '--count', '2', '--json');
    expect(jsonLines<PrintedMessage>(one.stdout).map(({ payload, replayed }) => [payload, replayed])).toEqual([['a2', true], ['a3', true]]);
    const all = await arqon('sub', 'resume:*', '--since', 'a=2', '--since', 'b=2', '--count', '2', '--json');
    expect(jsonLines<PrintedMessage>(all.stdout).map(({ topic, payload }) => `${topic} ${payload}`).sort()).toEqual(['resume:a a3', 'resume:b b3']);
    const start = await arqon('sub', 'resume:a', '--since', 'start', '--count', '3');
    expect(start.stdout.split('\n').map((line) => line.split(': ')[1])).toEqual(['a1', 'a2', 'a3', undefined]);
  });

  it('follows every channel of a room, also those that come later', async () => {
    const sub = await follow('wide', '--all-channels', '--count', '2');
    await arqon('pub', 'wide:new-1', 'x');
    await arqon('pub', 'wide', 'y');
    await sub.exited;
    expect(jsonLines<PrintedMessage>(sub.output.stdout).map(({ topic }) => topic)).toEqual(['wide:new-1', 'wide']);
  });

  it('sends to the inbox of a client', async () => {
    const sub = await follow('@worker', '--count', '1');
    expect(await arqon('pub', '@worker', 'for you')).toMatchObject({ code: 0 });
    await sub.exited;
    expect(jsonLines<PrintedMessage>(sub.output.stdout)).toMatchObject([{ topic: '@worker', payload: 'for you' }]);
  });

  it('says that nobody answers a request (exit 6)', async () => {
    const run = await arqon('pub', 'nobody:here', 'hello?', '--reply-timeout', '5');
    expect(run).toMatchObject({ code: 6, stdout: '' });
    expect(run.stderr).toContain('(NO_RESPONDERS)');
  });

  it('ends a sub by SIGINT with 130 and by SIGTERM with 143, without a message', async () => {
    for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
      const sub = await follow('ends');
      expect(await sub.stop(signal)).toEqual({ code, signal: null });
      expect(sub.output.stderr).not.toContain('error');
    }
  });

  it('shows the status of server and session', async () => {
    const { code, stdout } = await arqon('status', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ url: dev.info.shieldUrl, readiness: 'Ready', reasons: [], clientId: expect.stringMatching(/^cli-/) as string, store: { name: 'memory', durability: 'MEMORY', up: true } });
    expect((await arqon('status')).stdout).toMatch(/^arqonbus-spine\/\S+ at wss:.*\n {2}readiness {3}Ready\n {2}store {7}memory, MEMORY, up \(.*\)\n/);
  });

  it('uses a token from the environment, and tells what it does not permit (exit 5)', async () => {
    const token = (await arqon('token', '--tenant', 'acme', '--sub', 'planner', '--publish', 'plans:*', '--subscribe', 'plans:main', '--ttl', '60')).stdout.trim();
    const as = (...args: string[]): Promise<ArqonRun> => runArqon(args, { cwd: folder.path, env: { ARQON_TOKEN: token } });
    expect(await as('pub', 'plans:side', 'ok')).toMatchObject({ code: 0 });
    const refused = await as('history', 'plans:side', '--json');
    expect(refused).toMatchObject({ code: 5, stdout: '' });
    expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: 'NOT_PERMITTED', exitCode: 5 } });
    expect(await as('sub', '@worker')).toMatchObject({ code: 5 });
  });

  it('keeps tenants apart: another tenant finds nothing under the same name', async () => {
    await arqon('pub', 'shared:name', 'of tenant dev');
    const token = (await arqon('token', '--tenant', 'globex', '--sub', 'stranger', '--publish', '*', '--subscribe', '*')).stdout.trim();
    const as = { cwd: folder.path, env: { ARQON_TOKEN: token } };
    const sub = await startArqon(['sub', 'shared:name', '--since', 'start', '--count', '1', '--json'], { ...as, readyWhen: ({ stderr }) => stderr.includes('"joined"') });
    expect(await runArqon(['pub', 'shared:name', 'of globex'], as)).toMatchObject({ code: 0, stdout: 'shared:name #1 MEMORY\n' });
    await sub.exited;
    expect(jsonLines<PrintedMessage>(sub.output.stdout).map(({ payload }) => payload)).toEqual(['of globex']);
    expect((await runArqon(['history', 'shared:name'], as)).stdout.split('\n')).toHaveLength(2);
  });

  it('refuses a token that the server does not accept (exit 4)', async () => {
    const run = await arqon('status', '--token', 'a.b.c');
    expect(run).toMatchObject({ code: 4, stdout: '' });
    expect(run.stderr).toContain('(UNAUTHENTICATED)');
  });

  it('does not trust a certificate of an authority that it was not given (exit 3)', async () => {
    const elsewhere = createTempFolder('arqon-cli-');
    const run = await runArqon(['status', '--url', dev.info.shieldUrl], { cwd: elsewhere.path, env: { ARQON_TOKEN: 'a.b.c' } });
    elsewhere.remove();
    expect(run.code).toBe(3);
    expect(run.stderr).toMatch(/CANNOT_CONNECT[^]*--ca FILE/);
  });

  it('connects from any folder with URL, authority and token named', async () => {
    const elsewhere = createTempFolder('arqon-cli-');
    const token = (await arqon('token', '--tenant', 'acme', '--sub', 'far')).stdout.trim();
    const run = await runArqon(['status', '--json'], { cwd: elsewhere.path, env: { ARQON_URL: dev.info.shieldUrl, ARQON_CA: dev.info.caFile, ARQON_TOKEN: token } });
    elsewhere.remove();
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({ clientId: 'far' });
  });

  it('stops in silence when the reader of its output is gone', async () => {
    await arqon('pub', 'pipe', '{{n}}', '--count', '5000', '--json');
    const run = spawnSync('sh', ['-c', `"${process.execPath}" "${command}" history pipe --json | head -n 1`], { cwd: folder.path, encoding: 'utf8' });
    expect(run.stdout.split('\n')).toHaveLength(2);
    expect(run.stderr).toBe('');
  });

  it('comes back by itself after its Shield was killed, and misses nothing', async () => {
    const sub = await follow('survives', '--count', '2');
    await arqon('pub', 'survives', 'before');
    const shield = serverPidOf(dev.info.pid, 'shield') ?? 0;
    process.kill(shield, 'SIGKILL');
    await waitFor(() => dev.process.output.stderr.includes('shield runs again'), { timeoutMs: 40_000, what: 'the Shield to be restarted' });
    expect(serverPidOf(dev.info.pid, 'shield')).not.toBe(shield);
    expect(await arqon('pub', 'survives', 'after')).toMatchObject({ code: 0 });
    expect(await sub.exited).toEqual({ code: 0, signal: null });
    expect(jsonLines<PrintedMessage>(sub.output.stdout).map(({ payload, sequence }) => [payload, sequence])).toEqual([['before', '1'], ['after', '2']]);
    expect(sub.output.stderr).toContain('"reconnected"');
    expect(JSON.parse(readFileSync(folder.file('.arqon/dev.json'), 'utf8'))).toEqual(dev.info);
  }, 90_000);
});
