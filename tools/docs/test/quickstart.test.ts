import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTempFolder, waitFor, within, type TempFolder } from '@arqonbus/testkit';
import { readCodeBlocks, readDocument } from '../src/index.js';
import { REPOSITORY_ROOT } from '../src/repository-root.js';
import { runProgram } from './run-program.fixture.js';

const arqon = join(REPOSITORY_ROOT, 'apps/cli/bin/arqon.mjs');

/**
 * The shell that runs the blocks as they stand. `npm start` and `npx --no arqon` are stood in for by what they run, because the
 * folder of the test is no checkout, and its bus listens on free ports; the test below pins that they do run it.
 */
const prelude = `
set -eu
npm() { [ "$*" = start ] || exit 64; exec "${process.execPath}" "${arqon}" dev --port 0 --json; }
npx() { [ "$1 $2" = '--no arqon' ] || exit 64; shift 2; "${process.execPath}" "${arqon}" "$@"; }
`;

const documents = ['README.md', 'docs/quickstart.md'].flatMap((path) => readCodeBlocks(readDocument(path).text));

function block(marker: string): string {
  const found = documents.filter((one) => one.marker === marker);
  if (found.length !== 1) throw new Error(`there is not one block "${marker}"`);
  return found[0].code;
}

interface BackgroundShell {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly exited: Promise<number | null>;
}

function startShell(script: string, cwd: string): BackgroundShell {
  const child = spawn('bash', ['-c', `${prelude}\n${script}`], { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output.stdout += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { output.stderr += text; });
  return { child, output, exited: new Promise((resolve) => child.once('close', resolve)) };
}

/** Signals the shell's whole process group, as a terminal does. */
async function stopShell({ child, exited }: BackgroundShell, signal: NodeJS.Signals): Promise<number | null> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, signal);
  return within(exited, 20_000, `the shell to end by ${signal}`);
}

describe('the quickstart', () => {
  let folder: TempFolder;
  let bus: BackgroundShell;
  let address: { shieldUrl: string; caFile: string };
  beforeAll(async () => {
    folder = createTempFolder('arqon-quickstart-');
    symlinkSync(join(REPOSITORY_ROOT, 'node_modules'), folder.file('node_modules'));
    bus = startShell(block('run: quickstart-start'), folder.path);
    await waitFor(() => bus.output.stdout.includes('\n') || bus.child.exitCode !== null, { timeoutMs: 40_000, what: `npm start: ${bus.output.stderr}` });
    address = JSON.parse(bus.output.stdout.split('\n')[0] ?? '') as typeof address;
  }, 120_000);
  afterAll(async () => {
    await stopShell(bus, 'SIGTERM');
    folder.remove();
  });

  async function run(script: string, env: Record<string, string> = {}): Promise<string> {
    const { stdout, stderr, code } = await runProgram('bash', ['-c', `${prelude}\n${script}`], { cwd: folder.path, timeoutMs: 60_000, env });
    expect(code, stderr).toBe(0);
    return stdout;
  }

  it('starts a bus whose files are where it says (P2)', () => {
    expect(address.caFile).toBe(folder.file('.arqon/ca.pem'));
  });

  it('shows in one shell what another one publishes (P2)', async () => {
    const sub = startShell(block('run: quickstart-sub'), folder.path);
    try {
      await waitFor(() => sub.output.stderr.includes('following plans:main'), { timeoutMs: 20_000, what: 'the subscriber to follow' });
      const said = await run(block('run: quickstart-pub'));
      expect(said).toMatch(/^plans:main #1 MEMORY\n.* hello from the shell\n.*readiness +Ready/s);
      await waitFor(() => sub.output.stdout.includes('hello from the shell'), { what: 'the subscriber to print the event' });
    } finally {
      await stopShell(sub, 'SIGINT');
    }
  }, 90_000);

  it('runs the client, with the output that it shows (P2, P16, R4)', async () => {
    writeFileSync(folder.file('package.json'), '{ "type": "module" }\n');
    writeFileSync(folder.file('hello.ts'), block('run: quickstart-client'));
    const lines = (text: string): string[] => text.trimEnd().split('\n').sort();
    const said = await run(block('run: quickstart-run'), { ARQON_URL: address.shieldUrl });
    expect(lines(said)).toEqual(lines(block('output: quickstart-run')));
  }, 90_000);

  it('is what the README begins with, whose client runs too (P1, P16)', async () => {
    writeFileSync(folder.file('readme.ts'), block('run: readme-client'));
    const token = await run('npx --no arqon token --tenant readme --sub reader --publish plans --subscribe plans');
    const env = { ARQON_URL: address.shieldUrl, ARQON_TOKEN: token.trim() };
    expect(await run('node --conditions=@arqonbus/source --import tsx readme.ts', env)).toBe('stored as #1\nreader 1n {"step":1}\n');
  }, 90_000);

  it('has the same commands as docs/cli.md, which run line by line (P16)', async () => {
    const lines = readCodeBlocks(readDocument('docs/cli.md').text)
      .filter(({ language }) => language === 'sh')
      .flatMap(({ code }) => code.trimEnd().split('\n'))
      .map((line) => line.replace(/\s+#.*$/, ''));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const command = /^npx --no arqon (\w+)/.exec(line)?.[1];
      // The bus of this test is what `dev` runs; `sub` has no end of its own.
      if (command === 'dev') continue;
      const said = await run(command === 'sub' ? `${line} --since start --count 1` : line);
      expect(said, line).not.toBe('');
    }
  }, 120_000);

  it('says commands that run what the test stands in for', () => {
    const scripts = (JSON.parse(readFileSync(join(REPOSITORY_ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts;
    const bin = (JSON.parse(readFileSync(join(REPOSITORY_ROOT, 'apps/cli/package.json'), 'utf8')) as { bin: Record<string, string> }).bin;
    expect(scripts['start']).toBe('node apps/cli/bin/arqon.mjs dev');
    expect(bin['arqon']).toBe('./bin/arqon.mjs');
  });
});
