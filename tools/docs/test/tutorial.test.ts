import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTempFolder, waitFor, type TempFolder } from '@arqonbus/testkit';
import { readCodeBlocks, readDocument } from '../src/index.js';
import { REPOSITORY_ROOT } from '../src/repository-root.js';
import { runProgram } from './run-program.fixture.js';
import { shellPrelude, startShell, stopShell, type BackgroundShell } from './shell.fixture.js';

const blocks = readCodeBlocks(readDocument('docs/tutorial.md').text);

function block(marker: string): string {
  const found = blocks.filter((one) => one.marker === marker);
  if (found.length !== 1) throw new Error(`there is not one block "${marker}"`);
  return found[0].code;
}

const linesOf = (text: string): string[] => text.trimEnd().split('\n').sort();

describe('the tutorial', () => {
  let folder: TempFolder;
  let bus: BackgroundShell;
  beforeAll(async () => {
    folder = createTempFolder('arqon-tutorial-');
    symlinkSync(join(REPOSITORY_ROOT, 'node_modules'), folder.file('node_modules'));
    bus = startShell(block('run: tutorial-start'), folder.path);
    await waitFor(() => bus.output.stdout.includes('\n') || bus.child.exitCode !== null, { timeoutMs: 60_000, what: `npm start: ${bus.output.stderr}` });
  }, 120_000);
  afterAll(async () => {
    await stopShell(bus, 'SIGTERM');
    folder.remove();
  });

  it('runs as it stands, with the output that it shows (P6, P16, E7)', async () => {
    const { shieldUrl } = JSON.parse(bus.output.stdout.split('\n')[0] ?? '') as { shieldUrl: string };
    writeFileSync(folder.file('package.json'), '{ "type": "module" }\n');
    for (const [marker, file] of [['run: tutorial-triage', 'triage.ts'], ['run: tutorial-intake', 'intake.ts'], ['run: tutorial-watch', 'watch.ts']] as const) {
      writeFileSync(folder.file(file), block(marker));
    }
    const { stdout, stderr, code } = await runProgram('bash', ['-c', `${shellPrelude}\n${block('run: tutorial-run')}`], { cwd: folder.path, timeoutMs: 90_000, env: { ARQON_URL: shieldUrl } });
    expect(code, stderr).toBe(0);
    expect(linesOf(stdout)).toEqual(linesOf(block('output: tutorial-run')));
  }, 120_000);
});
