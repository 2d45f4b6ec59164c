import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { Report } from '../src/finding.js';
import { readRules, registryFile, renderRegistry } from '../src/rules/read-rules.js';
import { ensureConftest } from '../src/tools/ensure-tool.js';
import { regoOf } from './packs.fixture.js';
import { makeSandbox, type Ended, type Sandbox } from './run-in-copy.fixture.js';

const SHIELD_MAIN = 'apps/shield/src/main.ts';
const STORAGE_IMPORT = "\nimport { Pool } from 'pg';\nexport const pool = new Pool();\n";
const SHIELD_RULE = 'architecture.shield_no_storage';

// Each run judges the whole repository, which takes long beside other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Rules that are not compiled to WebAssembly can be judged by Conftest alone. */
const hasConftest = (await ensureConftest({ go: 'off' })).ok;

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = makeSandbox();
});
afterAll(() => sandbox.copy.remove());

function withImport<T>(during: () => T): T {
  return sandbox.withFiles({ [SHIELD_MAIN]: sandbox.read(SHIELD_MAIN) + STORAGE_IMPORT }, during);
}

function expectNoVerdict(ended: Ended, reason: string | RegExp): void {
  expect(ended.stderr).toMatch(reason);
  expect(ended.stderr).toContain('What cannot be judged does not pass.');
  expect(ended.code).toBe(3);
  expect(ended.stdout).not.toContain('ok:');
}

/** What judges the whole repository once more for a variant is left to nightly runs. */
const IS_LONG = process.env.ARQON_TEST_LONG === '1';

describe('a repository in order', () => {
  it('passes with exit code 0', () => {
    const { code, stdout, stderr } = sandbox.policy([]);
    expect(stdout + stderr).toMatch(/^.+: \d+ rules, [\d,]+ facts, compared with the committed baselines\n/);
    expect(stdout).toContain('ok: 0 denied');
    expect(code).toBe(0);
  });
});

describe('a repository that breaks a rule', () => {
  it('fails with exit code 1 and names rule, place and fix', () => {
    const { code, stdout } = withImport(() => sandbox.policy([]));
    expect(stdout).toMatch(new RegExp(`DENY ${SHIELD_RULE} \\(high\\) ${SHIELD_MAIN}:\\d+\n  the Shield loads pg\n  fix: \\S+`));
    expect(stdout).toMatch(/FAILED: \d+ denied/);
    expect(stdout).toContain('more: npm run policy -- --explain ');
    expect(code).toBe(1);
  });

  it.runIf(IS_LONG)('shows one rule and one project when asked, in another format and a file', () => {
    withImport(() => {
      const file = join(sandbox.copy.path, 'dist-report.json');
      const { code, stdout } = sandbox.policy(['--rule', SHIELD_RULE, '--project', '@arqonbus/shield', '--format', 'json', '--output', file]);
      const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
      expect(report.findings.map(({ rule, project }) => [rule, project])).toEqual([[SHIELD_RULE, '@arqonbus/shield']]);
      expect(report.rules.length).toBeGreaterThan(1);
      expect(stdout.split('\n').filter((line) => line !== '')).toHaveLength(1);
      expect(code).toBe(1);
    });
  });

  it('passes for a project that breaks none', () => {
    const { code, stdout } = withImport(() => sandbox.policy(['--project', '@arqonbus/errors', '--base', 'HEAD']));
    expect(stdout).toMatch(/compared with [0-9a-f]{12}\n/);
    expect(stdout).toContain('ok: 0 denied');
    expect(code).toBe(0);
  });
});

describe('wrong arguments', () => {
  it.each([
    [['--format', 'xml'], '--format is one of'],
    [['--unknown'], '--unknown'],
    [['--explain', 'architecture.shield_no_storag'], 'The nearest: architecture.shield_no_storage,'],
    [['--rule', 'shield_no_storge'], 'The nearest: architecture.shield_no_storage,'],
    [['--project', '@arqonbus/shild'], 'There is no project @arqonbus/shild'],
  ])('end %j with exit code 2', (args, message) => {
    const { code, stdout, stderr } = sandbox.policy(args);
    expect(stderr).toContain(message);
    expect(stderr).toContain('See npm run policy -- --help');
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

describe('questions', () => {
  it('explains a rule by its name alone', () => {
    const { code, stdout } = sandbox.policy(['--explain', 'shield_no_storage']);
    expect(stdout).toContain('**Fix.**');
    expect(code).toBe(0);
  });

  it('lists every rule of the registry', () => {
    const { code, stdout } = sandbox.policy(['--list']);
    const { rules } = JSON.parse(sandbox.read('policies/registry.json')) as { rules: { id: string }[] };
    expect(stdout.trim().split('\n').map((line) => line.split(' ')[0])).toEqual(rules.map(({ id }) => id));
    expect(code).toBe(0);
  });

  it('gives help', () => {
    const { code, stdout } = sandbox.policy(['--help']);
    expect(stdout).toMatch(/^Usage: npm run policy/);
    expect(code).toBe(0);
  });
});

describe('what is kept of the command', () => {
  const KEPT = '.cache/policy';
  const SOURCE = 'tools/policy/src/explain.ts';
  const codeFiles = (): string[] => readdirSync(join(sandbox.copy.path, KEPT)).filter((name) => name.endsWith('.code')).map((name) => `${KEPT}/${name}`);
  const firstLine = (): string => sandbox.policy(['--list']).stdout.split('\n')[0] ?? '';

  beforeAll(() => {
    if (codeFiles().length === 0) sandbox.policy([]);
  });

  it('is not run for another text, even one of the same length', () => {
    expect(codeFiles()).toHaveLength(2);
    const before = firstLine();
    const source = sandbox.read(SOURCE);
    const other = source.replace('severity.padEnd(8)', 'severity.padEnd(9)');
    expect(other).not.toBe(source);
    expect(sandbox.withFiles({ [SOURCE]: other }, firstLine)).toBe(before.replace(/^(\S+ +\S+ +)/, '$1 '));
    expect(firstLine()).toBe(before);
  });

  it.each([['cut short', ''], ['altered', 'x'.repeat(100_000)]])('is not run when it is %s', (_, text) => {
    const before = firstLine();
    expect(before).not.toBe('');
    expect(sandbox.withFiles(Object.fromEntries(codeFiles().map((path) => [path, text])), firstLine)).toBe(before);
  });
});

describe('what cannot be read or run gives no verdict and exit code 3', () => {
  type Broken = [string, string, string | undefined, RegExp];
  const quick: Broken[] = [
    ['a manifest that is no JSON', 'apps/shield/package.json', '{ "name": ', /apps\/shield\/package\.json/],
    ['no registry', 'policies/registry.json', undefined, /registry\.json/],
    ['a rule that is lost', 'policies/architecture/shield_no_storage/rule.rego', undefined, /architecture\.shield_no_storage: rule\.rego is missing/],
    ['a rule without a canary', 'policies/architecture/shield_no_storage/cases.json', '{"pass": [{}], "fail": []}', /cases\.json needs at least one case/],
    ['a rule that is not registered', 'policies/testing/of_a_test/rule.rego', 'package arqonbus.testing.of_a_test\n', /testing\.of_a_test/],
  ];
  const slow: Broken[] = [
    ['a workflow that is no YAML', '.github/workflows/broken.yml', 'on: [push\njobs: {', /broken\.yml/],
    ['data that is no JSON', 'policies/data/layering_graph.json', '{ "layering_graph": ', /layering_graph|data/],
    ['exemptions that are no YAML', 'policies/data/exemptions.yaml', 'exemptions: [', /exemptions\.yaml/],
  ];

  it.each<Broken>([...quick, ...(IS_LONG ? slow : [])])('%s', (_, path, text, reason) => {
    expectNoVerdict(sandbox.withFiles({ [path]: text }, () => sandbox.policy([])), reason);
  });

  it('a base that is no commit', () => {
    expectNoVerdict(sandbox.policy([], { NX_BASE: 'no-such-branch' }), /no-such-branch/);
  });
});

describe.runIf(hasConftest)('a rule that goes wrong gives no verdict and exit code 3', () => {
  const ID = 'testing.of_a_test';
  const FOLDER = 'policies/testing/of_a_test';

  /** Runs with one more rule, whose denials are `body`. */
  function runWith(body: string, args: readonly string[] = []): Ended {
    const rego = regoOf(ID, { reads: 'reads := {"projects": {"root"}}', deny: body });
    const row = { file: 'a', line: 1, project: 'p', root: 'a', layer: '', role: '', tags: [] };
    const files = {
      [`${FOLDER}/rule.rego`]: rego,
      [`${FOLDER}/rule_test.rego`]: `package arqonbus.${ID}_test\n`,
      [`${FOLDER}/rule.md`]: '# Of a test\n',
      [`${FOLDER}/cases.json`]: JSON.stringify({ pass: [{}], fail: [{ projects: [row] }] }),
    };
    return sandbox.withFiles(files, () => {
      const registry = renderRegistry(readRules(join(sandbox.copy.path, 'policies')));
      return sandbox.withFiles({ [`policies/${registryFile}`]: registry }, () => sandbox.policy(['--engine', 'conftest', ...args]));
    });
  }

  const found = (file: string): string => `{"msg": "m", "_loc": {"file": "${file}", "line": 1}, "project": "workspace", "subject": "s"}`;

  it.runIf(IS_LONG)('warns, which fails only when asked to', () => {
    const body = `deny contains ${found('a')} if count(input.projects) < 3\n\nwarn contains ${found('b')} if count(input.projects) > 3`;
    const warned = runWith(body, ['--rule', ID]);
    expect(warned.stdout).toContain(`warn ${ID} (high) b:1`);
    expect(warned.code).toBe(0);
    expect(runWith(body, ['--rule', ID, '--fail-on-warn']).code).toBe(1);
  });

  it('divides by nothing', () => {
    expectNoVerdict(runWith(`deny contains ${found('a')} if 1 / (count(input.projects) - count(input.projects)) > 0`), /divide by zero/);
  });

  it.runIf(IS_LONG)('has two values for one thing', () => {
    expectNoVerdict(runWith(`deny contains ${found('a')} if which == 1\n\nwhich := 1 if count(input.projects) > 0\n\nwhich := 2 if input.projects[0]`), /conflict|multiple outputs/);
  });

  it.runIf(IS_LONG)('does not compile', () => {
    expectNoVerdict(runWith(`deny contains ${found('a')} if undefined_name`), /undefined_name/);
  });

  it('finds nothing, not even its canary', () => {
    expectNoVerdict(runWith(`deny contains ${found('a')} if 1 == 2`), new RegExp(`let pass by ${ID}`));
  });

  it.runIf(IS_LONG)('says nothing of the place', () => {
    expectNoVerdict(runWith('deny contains {"msg": "m"} if input.projects[0]'), new RegExp(ID));
  });
});
