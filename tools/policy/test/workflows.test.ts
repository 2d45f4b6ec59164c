import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { openWorkspace, workspaceSources, type Row } from '@arqonbus/policy-inputs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { ensureActionlint } from '../src/tools/ensure-tool.js';
import { faultOfCommand, readNxTargets, run, workspaceRoot, type NxTargets } from './workflow-commands.fixture.js';

const TEST_TIMEOUT_MS = 240_000;
const BUILD_TIMEOUT_MS = 600_000;
const IS_LONG = process.env.ARQON_TEST_LONG === '1';

const ciSource = workspaceSources.find(({ name }) => name === 'ci');
if (ciSource === undefined) throw new Error('Nothing reads workflows');
const facts = await ciSource.read(openWorkspace({ root: workspaceRoot }), {});
const rowsOf = (table: string): readonly Row[] => facts[table] ?? [];
const wordsOf = (row: Row): readonly string[] => row.words as readonly string[];

const commands = [...new Map(rowsOf('workflow_commands').map((row) => [wordsOf(row).join(' '), wordsOf(row)])).values()];

const files = readdirSync(join(workspaceRoot, '.github/workflows')).map((name) => `.github/workflows/${name}`);

describe('workflows', () => {
  it('are clean for actionlint (L12)', async () => {
    const tool = await ensureActionlint();
    if (!tool.ok) {
      // Without Go there is no linter to be had; CI has it.
      expect(process.env.CI, tool.reason).toBeUndefined();
      return;
    }
    const { code, output } = run(tool.executable, ['-no-color', ...files]);
    expect(output).toBe('');
    expect(code).toBe(0);
  }, BUILD_TIMEOUT_MS);

  it('have run texts that a shell can read', () => {
    for (const row of rowsOf('workflow_steps').filter(({ run: text }) => text !== '')) {
      const text = String(row.run).replace(/\$\{\{[\s\S]*?\}\}/g, 'x');
      expect(spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' }).stderr, `${row.file}:${String(row.line)}`).toBe('');
    }
  });

  it('use no action that policies/data/actions.yaml does not know, and every one it knows (J27)', () => {
    const { actions } = parse(readFileSync(join(workspaceRoot, 'policies/data/actions.yaml'), 'utf8')) as { actions: { action: string; sha: string }[] };
    const used = new Set(rowsOf('workflow_uses').filter(({ kind }) => kind === 'action').map((row) => `${String(row.action)}@${String(row.ref)}`));
    expect([...used].sort()).toEqual(actions.map(({ action, sha }) => `${action}@${sha}`).sort());
  });
});

describe('commands of workflows', () => {
  let targets: NxTargets;
  beforeAll(() => {
    targets = readNxTargets();
  }, TEST_TIMEOUT_MS);

  it('are there', () => {
    expect(commands.length).toBeGreaterThan(10);
  });

  it.each(commands.map((words) => [words.join(' '), words] as const))('%s would do its work', (_, words) => {
    expect(faultOfCommand(words, targets)).toBeUndefined();
  }, TEST_TIMEOUT_MS);

  it.each([
    [['npm', 'run', 'no-such-script']],
    [['npm', 'run', 'policy', '--', '--rule', 'no.such_rule']],
    [['npm', 'run', 'policy', '--', '--no-such-option']],
    [['npx', 'nx', 'run-many', '-t', 'no-such-target']],
    [['npx', 'nx', 'run', '@arqonbus/docs:no-such-target']],
    [['npx', 'nx', 'run-many', '-t', 'lint', '-p', 'no-such-project']],
    [['make', 'all']],
  ])('%j would not', (words) => {
    expect(faultOfCommand(words, targets)).toBeDefined();
  }, TEST_TIMEOUT_MS);

  // The long tests themselves are among the commands: what runs tests is left out here.
  const whole = commands.filter((words) => !/^npm (ci|run (test|coverage))|^bash |^git |docs:test|^npx nx affected|audit-dependencies|^npx buf breaking/.test(words.join(' ')));
  it.runIf(IS_LONG).each(whole.map((words) => [words.join(' '), words] as const))('%s does its work', (_, [program = '', ...args]) => {
    const { code, output } = run(program, args.filter((word) => !word.startsWith('>') && word !== 'sbom.cdx.json'));
    expect(code, output.slice(-2000)).toBe(0);
  }, BUILD_TIMEOUT_MS);
});

describe('required checks (L30)', () => {
  it('are the checks that the jobs of pull requests report, no more and no fewer', () => {
    const reported = rowsOf('workflow_jobs').filter(({ file }) => file === '.github/workflows/ci.yml').flatMap((row) => row.check_names as readonly string[]);
    expect([...reported].sort()).toEqual(rowsOf('required_checks').map(({ check }) => check).sort());
  });
});
