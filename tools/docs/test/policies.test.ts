import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCodeBlocks, readDocument } from '../src/index.js';
import { REPOSITORY_ROOT } from '../src/repository-root.js';
import { runProgram } from './run-program.fixture.js';

const page = readDocument('docs/policies.md').text;
const RUN_TIMEOUT_MS = 120_000;
const OTHER_FOLDERS = ['data', 'lib', 'runtime', 'wasm'];

function foldersIn(path: string): string[] {
  return readdirSync(join(REPOSITORY_ROOT, path), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

describe('docs/policies.md', () => {
  it('has commands that run (J32)', async () => {
    const block = readCodeBlocks(page).find(({ marker }) => marker === 'run: policy-runs');
    const result = await runProgram('bash', ['-c', `set -e\n${block?.code ?? 'exit 64'}`], { cwd: REPOSITORY_ROOT });
    expect(result.code, result.stderr).toBe(0);
    expect(result.stdout).toContain('--explain RULE');
    expect(result.stdout).toContain('policies/data/licences.json');
  }, RUN_TIMEOUT_MS);

  it('lists every rule, and links to its page (J32)', () => {
    const rules = foldersIn('policies').filter((category) => !OTHER_FOLDERS.includes(category)).flatMap((category) => foldersIn(`policies/${category}`).map((rule) => `${category}.${rule}`));
    const listed = [...page.matchAll(/^\| \[`([\w.]+)`\]\(\.\.\/policies\/([\w/]+)\/rule\.md\) \|/gm)].map(([, id = '', path = '']) => (id === path.replace('/', '.') ? id : `${id} -> ${path}`));
    expect(listed.sort()).toEqual(rules.sort());
  });

  it('says how a change goes through (J34)', () => {
    const guide = readDocument('docs/developers_guide.md').text;
    for (const step of ['npx nx affected -t test', 'npx nx affected -t policy', '--explain RULE']) expect(guide).toContain(step);
  });

  it('says what comes when, and what does not (J29, J30, J31, J33)', () => {
    for (const words of ['## Phases', '| 1 |', '| 2 |', '| 3 |', '**Out of scope now:**']) expect(page).toContain(words);
  });
});
