import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { createTempFolder, type TempFolder } from '@arqonbus/testkit';
import { afterEach, describe, expect, it } from 'vitest';

import { importSource } from '../architecture/imports.js';
import { debtRegisterSource } from '../debt/debt-register.js';
import type { Rows, WorkspaceSource } from '../fact-source.js';
import { readSyntax } from '../syntax-pass.js';
import { openWorkspace } from '../workspace.js';

import { changedFileSource } from './changed-files.js';
import { foreignDelaySource } from './foreign-delays.js';
import { moduleShapeSource } from './module-shapes.js';
import { delayImportSource, testDelaySource } from './test-delays.js';
import { mockImportSource } from './test-doubles.js';
import { testCountSource, testSuiteSource } from './test-suites.js';
import { testedModuleSource } from './tested-modules.js';

const manifest = (name: string): string => JSON.stringify({ name, exports: { '.': { '@arqonbus/source': './src/index.ts' } }, nx: { tags: ['layer:domain', 'role:domain'] } });

const files: Readonly<Record<string, string>> = {
  'libs/x/package.json': manifest('@arqonbus/x'),
  'libs/x/src/index.ts': "export { used } from './used.js';\nexport { unused } from './unused.js';\nexport type { Shape } from './shape.js';\n",
  'libs/x/src/used.ts': "import { inner } from './inner.js';\nexport function used() { return inner(); }\n",
  'libs/x/src/inner.ts': 'export function inner() { return 1; }\n',
  'libs/x/src/unused.ts': 'export function unused() { return 1; }\n',
  'libs/x/src/shape.ts': 'export interface Shape { a: number }\nexport const limits = { a: 1 };\n',
  'libs/x/src/worker.ts': 'post(1);\n',
  'libs/x/src/breathe.ts': 'export const breathe = (ms: number) => new Promise((r) => { setTimeout(r, ms); });\n',
  'libs/x/test/x.test.ts': "import { it, expect } from 'vitest';\nimport { used } from '@arqonbus/x';\nimport { breathe } from '../src/breathe.js';\nimport nock from 'nock';\nconst worker = new URL('../src/worker.ts', import.meta.url);\nit('a', () => { expect(used(worker, breathe, nock)).toBe(1); });\n",
  'libs/x/src/late.spec.ts': "import { it } from 'vitest';\nit('a', () => { throw new Error('never run'); });\n",
  'libs/x/test/peer_test.py': '# time.sleep(1)\nimport time as clock\nclock.sleep(1)\n',
};

function write(root: string, tree: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const folders: TempFolder[] = [];

afterEach(() => { for (const folder of folders.splice(0)) folder.remove(); });

function makeTree(): string {
  const folder = createTempFolder();
  folders.push(folder);
  write(folder.path, files);
  return folder.path;
}

async function readAll(root: string, sources: readonly WorkspaceSource[], base = ''): Promise<Rows> {
  const workspace = openWorkspace({ root, now: '2026-01-01', base });
  const syntax = readSyntax(workspace, [importSource, moduleShapeSource, testCountSource, testDelaySource], join(root, '.cache/syntax.json'));
  const parts = await Promise.all(sources.map(async (source) => source.read(workspace, syntax)));
  return Object.assign({}, ...parts) as Rows;
}

describe('tested modules', () => {
  it('are those that tests use by name, not those that an index re-exports', async () => {
    const { production_modules: modules = [] } = await readAll(makeTree(), [testedModuleSource]);
    expect(modules.map(({ file, reached }) => [file.slice('libs/x/src/'.length), reached])).toEqual([
      ['breathe.ts', true], ['inner.ts', true], ['unused.ts', false], ['used.ts', true], ['worker.ts', true],
    ]);
  });

  it('come with the suites and whether they run', async () => {
    const { test_files: suites = [] } = await readAll(makeTree(), [testSuiteSource]);
    expect(suites.map(({ file, tests, runs, kinds }) => [file, tests, runs, kinds])).toEqual([
      ['libs/x/src/late.spec.ts', 1, false, []], ['libs/x/test/x.test.ts', 1, true, ['integration']],
    ]);
  });

  it('come with delays and stand-ins that tests load, and delays in Python', async () => {
    const rows = await readAll(makeTree(), [delayImportSource, mockImportSource, foreignDelaySource]);
    expect([rows.delay_imports?.map(({ name }) => name), rows.mock_imports?.map(({ module }) => module), rows.foreign_delays?.map(({ line }) => line)]).toEqual([['breathe'], ['nock'], [3]]);
  });
});

function git(root: string, ...args: readonly string[]): void {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid', '-c', 'commit.gpgsign=false'];
  const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

describe('changed files', () => {
  it('are scripts whose code differs from the base, with whether a changed test loads them', async () => {
    const root = makeTree();
    git(root, 'init', '-q');
    git(root, 'add', '.');
    git(root, 'commit', '-q', '-m', 'base');
    write(root, {
      'libs/x/src/inner.ts': '// A remark.\nexport function inner() { return 1; }\n',
      'libs/x/src/used.ts': 'export function used() { return 2; }\n',
      'libs/x/src/unused.ts': 'export function unused() { return 3; }\n',
      'libs/x/test/x.test.ts': "import { it, expect } from 'vitest';\nimport { used } from '@arqonbus/x';\nit('a', () => { expect(used()).toBe(2); });\nit('b', () => { expect(used()).not.toBe(3); });\n",
    });
    const { changed_code: changes = [] } = await readAll(root, [changedFileSource], 'HEAD');
    expect(changes.map(({ file, status, kind, tested, tests_before: before, tests_now: now }) => [file.slice('libs/x/'.length), status, kind, tested, before, now])).toEqual([
      ['src/unused.ts', 'modified', 'source', false, 0, 0], ['src/used.ts', 'modified', 'source', true, 0, 0], ['test/x.test.ts', 'modified', 'test', true, 1, 2],
    ]);
  });

  it('are none without a base', async () => {
    expect(await readAll(makeTree(), [changedFileSource])).toEqual({ changed_code: [] });
  });
});

const item = `---
id: TD-001
title: Slow join
severity: medium
owner: "@arqonbus/spine"
created: 2025-12-01
ttl_days: 45
status: open
refs:
  - libs/x/src/used.ts
---

# TD-001: Slow join

## Exit plan

Join in one turn, measure it, and close this when it holds for a week.
`;

describe('debt register', () => {
  const read = async (text: string, name = 'TD-001-slow-join.md'): Promise<Rows> => {
    const root = makeTree();
    write(root, { [`docs/technical_debt/${name}`]: text, 'docs/technical_debt/README.md': '# About' });
    return readAll(root, [debtRegisterSource]);
  };

  it('reads an item, its last day and what it points at', async () => {
    const { debt_items: [found] = [], debt_refs: [ref] = [] } = await read(item);
    expect(found).toMatchObject({ id: 'TD-001', expires: '2026-01-15', days_left: 14, faults: [] });
    expect(ref).toMatchObject({ ref: 'libs/x/src/used.ts', exists: true, target: '@arqonbus/x', open: true });
  });

  it.each([
    ['owner: "@arqonbus/spine"', 'owner: somebody', 'has an owner that is no @name or @organisation/team'],
    ['severity: medium', 'severity: minor', 'has a severity other than critical, high, medium and low'],
    ['created: 2025-12-01', 'created: 2025-02-30', 'has a created that is no date as YYYY-MM-DD'],
    ['created: 2025-12-01', 'created: 2026-01-02', 'was created in the future'],
    ['ttl_days: 45', 'ttl_days: soon', 'has a ttl_days that is no whole number of days'],
    ['## Exit plan', '## Plan', 'has no section "Exit plan" that says how the debt is paid'],
    ['status: open', 'status: open\nowners: x', 'has an unknown field owners'],
    ['# TD-001: Slow', '# TD-001: Fast', 'has a heading other than "id: title"'],
  ])('says what is wrong with %s as %s', async (before, after, fault) => {
    const { debt_items: [found] = [] } = await read(item.replace(before, after));
    expect(found?.faults).toEqual([fault]);
  });

  it('takes a file without front matter or of another name for an item that has run out', async () => {
    const { debt_items: [found] = [] } = await read('# Something', 'notes.md');
    expect(found).toMatchObject({ id: '', days_left: -1 });
    expect(found?.faults).toContain('has no front matter');
  });
});
