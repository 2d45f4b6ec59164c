import { createTempFolder } from '@arqonbus/testkit';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { bin, jsonLines, runArqon, testFolder, workspaceRoot } from './arqon-process.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

describe('arqon', () => {
  it('runs as npx --no arqon at the repository root', () => {
    // npx takes a --version that follows `--no arqon` at once for its own.
    for (const args of [['--no', 'arqon', 'version'], ['--no', '--', 'arqon', '--version']]) {
      const run = spawnSync('npx', args, { cwd: workspaceRoot, encoding: 'utf8' });
      expect([run.status, run.stdout]).toEqual([0, `arqon ${version}\n`]);
    }
  });

  it('is executable, and runs through a symbolic link from any folder', () => {
    expect(statSync(bin).mode & 0o111).toBe(0o111);
    const folder = createTempFolder('arqon-cli-');
    symlinkSync(bin, folder.file('arqon'));
    const run = spawnSync(folder.file('arqon'), ['--version', '--json'], { cwd: folder.path, encoding: 'utf8' });
    folder.remove();
    expect(JSON.parse(run.stdout)).toEqual({ name: 'arqon', version, node: process.versions.node });
  });

  it('is not disturbed by the TypeScript settings of the folder it runs in', async () => {
    const folder = testFolder();
    writeFileSync(folder.file('tsconfig.json'), '{ "extends": "./missing.json", "compilerOptions": { "paths": { "*": ["./nowhere/*"] } } }');
    expect(await runArqon(['--version'], { cwd: folder.path })).toMatchObject({ code: 0, stderr: '' });
  });

  it('says which Node it needs when this one is too old', () => {
    const script = `Object.defineProperty(process.versions, 'node', { value: '18.20.4' }); import(${JSON.stringify(bin)});`;
    const run = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect([run.status, run.stdout, run.stderr]).toEqual([78, '', 'arqon: needs Node 20.19 or later, this is 18.20.4 (NODE_TOO_OLD)\n']);
  });

  it.each([['--help'], ['help'], ['-h']])('shows commands and exit codes for %s', async (arg) => {
    const run = await runArqon([arg]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/Usage: arqon COMMAND[^]*\bdev\b[^]*\bstatus\b[^]*Exit codes:/);
  });

  it.each(['dev', 'token', 'pub', 'sub', 'history', 'inspect', 'erase', 'status', 'projector lag', 'projector dlq replay'])('shows options and examples for %s, by --help and by help', async (command) => {
    const words = command.split(' ');
    const run = await runArqon([...words, '--help']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(new RegExp(`^Usage: arqon ${command}[^]*Options:[^]*Examples:\n {2}.*arqon ${command}`));
    expect((await runArqon(['help', ...words])).stdout).toBe(run.stdout);
    expect(JSON.parse((await runArqon(['help', ...words, '--json'])).stdout)).toMatchObject({ commands: [{ name: command }] });
  });

  it.each<[string, string[], string]>([
    ['no command', [], 'a command is missing'],
    ['an unknown command, with the nearest', ['stauts'], 'Did you mean status?'],
    ['an unknown command of a group, with the nearest', ['projector', 'dlq', 'liste'], 'Did you mean projector dlq list? `arqon projector dlq --help` lists the commands.'],
    ['a dead letter to show without its id', ['projector', 'dlq', 'show'], 'projector dlq show needs ID'],
    ['dead letters to replay without an id', ['projector', 'dlq', 'replay'], 'projector dlq replay needs an ID, or --all'],
    ['ids and all of them to replay', ['projector', 'dlq', 'replay', 'x', '--all'], '--all goes with no ID'],
    ['a backfill without an end', ['projector', 'backfill', '--from', '2026-01-31'], 'projector backfill needs --to'],
    ['a backfill that ends before it begins', ['projector', 'backfill', '--from', '2026-01-31', '--to', '2026-01-30'], '--to is not after --from'],
    ['a backfill from no time', ['projector', 'backfill', '--from', '17', '--to', '2026-01-30'], '--from "17" is no time'],
    ['a backfill with a bad id', ['projector', 'backfill', '--id', '17'], '--id "17" is no UUID'],
    ['an agent of a backfill that is only looked at', ['projector', 'backfill', '--id', '01930b5e-7c3a-7d4e-9a51-0b1f8f2f4c11', '--agent', 'a'], '--agent goes with --from and --to'],
    ['an unknown option, with the nearest', ['pub', 'plans', 'x', '--heder', 'a=b'], 'Did you mean --header?'],
    ['an option before the command', ['--verbose'], 'unknown option --verbose'],
    ['a bad topic', ['sub', 'Plans'], '"Plans" is not a topic'],
    ['a bad count', ['pub', 'plans', 'x', '--count', '0'], '--count takes a whole number from 1 to'],
    ['a bad header', ['pub', 'plans', 'x', '--header', 'novalue'], '--header "novalue" is not KEY=VALUE'],
    ['a bad time', ['history', 'plans', '--from', 'yesterday'], 'neither a sequence nor a time'],
    ['a request with a count', ['pub', 'plans', 'x', '--request', '--count', '2'], 'goes with neither'],
    ['a replay without an end', ['history', 'plans', '--replay', '--from', '1'], '--replay needs --from and --to'],
    ['a pace without a replay', ['history', 'plans', '--pace', '5'], '--pace goes with --replay'],
    ['a group with a position', ['sub', 'plans', '--group', 'g', '--since', 'start'], '--group is for one topic'],
    ['a group of a whole room', ['sub', 'plans:*', '--group', 'g'], '--group is for one topic'],
    ['a sequence that is none', ['erase', 'plans', 'first'], '"first" is no sequence'],
    ['an inbox to erase from', ['erase', '@worker', '1'], 'an inbox has nothing to erase'],
    ['a time of an inspection that has no place', ['inspect', '--timing'], '--timing goes with --jsonl or --json'],
    ['a second file to inspect', ['inspect', 'a', 'b'], 'inspect does not take "b"'],
    ['an unknown store', ['dev', '--store', 'sqlite'], '--store takes memory, embedded, redis or jetstream, got "sqlite"'],
    ['an address of a store that has none', ['dev', '--store', 'embedded', '--store-url', 'redis://x'], 'has no address'],
    ['an address of another store', ['serve', 'spine', '--store', 'redis', '--store-url', 'nats://127.0.0.1'], 'is no address of redis'],
    ['an address without a store', ['dev', '--store-url', 'redis://x'], '--store-url goes with --store'],
    ['a store for a shield', ['serve', 'shield', '--store', 'memory'], '--store is for a spine'],
    ['a port out of range', ['dev', '--port', '70000'], '--port takes a whole number from 0 to 65535'],
    ['a token without a tenant', ['token', '--sub', 'a'], 'token needs --tenant'],
    ['a token with a bad pattern', ['token', '--tenant', 'a', '--sub', 'a', '--publish', 'A'], '--publish "A" is not a pattern'],
    ['a URL of another kind', ['status', '--url', 'https://bus.example'], 'is not a URL of a server'],
    ['a URL that would send the token in the clear', ['status', '--url', 'ws://bus.example'], 'in the clear'],
  ])('refuses %s with exit code 2 and nothing on stdout but help', async (_what, args, message) => {
    const run = await runArqon(args, { cwd: testFolder().path });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(message);
    expect(run.stderr).toContain('(USAGE)');
    if (args.length > 0) expect(run.stdout).toBe('');
  });

  it('shows the commands of a group by --help, by help and with an error when none is named', async () => {
    const run = await runArqon(['projector', 'dlq', '--help']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^Usage: arqon projector dlq COMMAND[^]*projector dlq list [^]*projector dlq show [^]*projector dlq replay /);
    expect((await runArqon(['help', 'projector', 'dlq'])).stdout).toBe(run.stdout);
    expect(await runArqon(['projector', 'dlq'])).toMatchObject({ code: 2, stdout: run.stdout, stderr: expect.stringContaining('projector dlq needs a command (USAGE)') as string });
    const { commands } = JSON.parse((await runArqon(['projector', '--json', 'dlq', '--help'])).stdout) as { commands: { name: string }[] };
    expect(commands.map(({ name }) => name)).toEqual(['projector dlq list', 'projector dlq show', 'projector dlq replay']);
  });

  it('reports errors as one JSON object on stderr with --json', async () => {
    const run = await runArqon(['sub', 'plans', '--coutn', '1', '--json'], { cwd: testFolder().path });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(jsonLines(run.stderr)).toEqual([{ error: { code: 'USAGE', message: 'unknown option --coutn of sub', next: expect.stringContaining('lists the options') as string, exitCode: 2 } }]);
  });

  it('tells what is missing where no server is named (exit 3), no token (exit 4), no authority (exit 78)', async () => {
    const { path: cwd } = testFolder();
    expect(await runArqon(['status'], { cwd })).toMatchObject({ code: 3, stderr: expect.stringMatching(/\(NO_SERVER\)\n.*arqon dev/) as string });
    expect(await runArqon(['status', '--url', 'wss://bus.example/v1'], { cwd })).toMatchObject({ code: 4, stderr: expect.stringContaining('(NO_TOKEN)') as string });
    expect(await runArqon(['status', '--url', 'wss://bus.example/v1', '--ca', 'missing.pem'], { cwd })).toMatchObject({ code: 78, stderr: expect.stringContaining('(CA_FILE)') as string });
  });

  it('ends with 3 where nobody listens', async () => {
    const run = await runArqon(['status', '--url', 'wss://127.0.0.1:1/v1', '--token', 'a.b.c', '--timeout', '5'], { cwd: testFolder().path });
    expect(run).toMatchObject({ code: 3, stderr: expect.stringMatching(/cannot connect to wss:.*ECONNREFUSED.*\(CANNOT_CONNECT\)/) as string });
  });
});

describe('arqon token', () => {
  it('prints a signed token alone, with what the flags say', async () => {
    const folder = testFolder();
    const run = await runArqon(
      ['token', '--tenant', 'acme', '--sub', 'planner', '--publish', 'plans:*', '--publish', '@worker', '--subscribe', '*', '--role', 'operator', '--capability', 'continuum.produce', '--ttl', '60'],
      { cwd: folder.path },
    );
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const claims = decodeJwt(run.stdout.trim());
    expect(claims).toMatchObject({
      iss: 'https://arqon.localhost/dev', aud: 'arqonbus', sub: 'planner', tenant_id: 'acme', roles: ['operator'], capabilities: ['continuum.produce'],
      rooms: { publish: ['plans:*', '@worker'], subscribe: ['*'] },
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(60);
    const { keys } = JSON.parse(readFileSync(folder.file('.arqon/jwks.json'), 'utf8')) as { keys: { kid: string }[] };
    expect(decodeProtectedHeader(run.stdout.trim())).toEqual({ alg: 'ES256', typ: 'JWT', kid: keys[0]?.kid });
  });

  it('is of the role client and for 3600 s by default, and permits nothing without patterns', async () => {
    const run = await runArqon(['token', '--tenant', 'acme', '--sub', 'a', '--json'], { cwd: testFolder().path });
    const { token, expiresAt } = JSON.parse(run.stdout) as { token: string; expiresAt: string };
    const claims = decodeJwt(token);
    expect(claims).toMatchObject({ roles: ['client'], capabilities: [], rooms: { publish: [], subscribe: [] } });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3_600);
    expect(Date.parse(expiresAt)).toBe((claims.exp ?? 0) * 1_000);
  });
});
