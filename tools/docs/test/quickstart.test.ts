import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTempFolder, waitFor, type TempFolder } from '@arqonbus/testkit';
import { readCodeBlocks, readDocument } from '../src/index.js';
import { REPOSITORY_ROOT } from '../src/repository-root.js';
import { runProgram } from './run-program.fixture.js';
import { shellPrelude, startShell, stopShell, type BackgroundShell } from './shell.fixture.js';

const documents = ['README.md', 'docs/quickstart.md'].flatMap((path) => readCodeBlocks(readDocument(path).text));

function block(marker: string): string {
  const found = documents.filter((one) => one.marker === marker);
  if (found.length !== 1) throw new Error(`there is not one block "${marker}"`);
  return found[0].code;
}

describe('the quickstart', () => {
  let folder: TempFolder;
  let bus: BackgroundShell;
  let address: { shieldUrl: string; caFile: string };
  beforeAll(async () => {
    folder = createTempFolder('arqon-quickstart-');
    symlinkSync(join(REPOSITORY_ROOT, 'node_modules'), folder.file('node_modules'));
    bus = startShell(block('run: quickstart-start'), folder.path);
    await waitFor(() => bus.output.stdout.includes('\n') || bus.child.exitCode !== null, { timeoutMs: 60_000, what: `npm start: ${bus.output.stderr}` });
    address = JSON.parse(bus.output.stdout.split('\n')[0] ?? '') as typeof address;
  }, 120_000);
  afterAll(async () => {
    await stopShell(bus, 'SIGTERM');
    folder.remove();
  });

  async function run(script: string, env: Record<string, string> = {}): Promise<string> {
    const { stdout, stderr, code } = await runProgram('bash', ['-c', `${shellPrelude}\n${script}`], { cwd: folder.path, timeoutMs: 60_000, env });
    expect(code, stderr).toBe(0);
    return stdout;
  }

  it('starts a bus whose files are where it says (P2)', () => {
    expect(address.caFile).toBe(folder.file('.arqon/ca.pem'));
  });

  it('shows in one shell what another one publishes (P2)', async () => {
    const sub = startShell(block('run: quickstart-sub'), folder.path);
    try {
      await waitFor(() => sub.output.stderr.includes('following plans:main'), { timeoutMs: 40_000, what: 'the subscriber to follow' });
      const said = await run(block('run: quickstart-pub'));
      expect(said).toMatch(/^plans:main #1 MEMORY\n.* hello from the shell\n.*readiness +Ready/s);
      await waitFor(() => sub.output.stdout.includes('hello from the shell'), { timeoutMs: 30_000, what: 'the subscriber to print the event' });
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
    expect(await run('node --conditions=@arqonbus/source --import tsx/esm readme.ts', env)).toBe('stored as #1\nreader 1n {"step":1}\n');
  }, 90_000);

  it('has the same commands as docs/cli.md, which run line by line (P16)', async () => {
    const lines = readCodeBlocks(readDocument('docs/cli.md').text)
      .filter(({ language }) => language === 'sh')
      .flatMap(({ code }) => code.trimEnd().split('\n'))
      .map((line) => line.replace(/\s+#.*$/, ''));
    expect(lines.length).toBeGreaterThan(0);
    writeFileSync(folder.file('server.log'), 'nothing to see\n');
    writeFileSync(folder.file('spine.yaml'), 'casil.enabled: true\n');
    writeFileSync(folder.file('texts.jsonl'), '{"id":"a","text":"nothing to see"}\n');
    for (const line of lines) {
      const command = /^npx --no arqon (\w+)/.exec(line)?.[1];
      // The bus of this test is what `dev` runs; `sub` has no end of its own.
      if (command === 'dev') continue;
      // No projector is connected here; tools/e2e/test/projector-cli.test.ts runs its commands with one. They are known, and so are their options.
      if (command === 'projector') {
        const [name = ''] = /^npx --no arqon projector(?: [a-z]+)+/.exec(line) ?? [];
        const help = await run(`${name} --help`);
        expect(line.slice(name.length).match(/--[a-z][a-z-]+/g)?.filter((option) => !help.includes(option)), line).toEqual([]);
        continue;
      }
      // Exit code 0: nothing was found. Its own output may go to a file, or be none at all.
      if (line.includes('arqon inspect')) {
        await run(line.replace('git diff --cached', 'git --version'));
        continue;
      }
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
