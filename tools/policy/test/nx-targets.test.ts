import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { makeSandbox, type Ended, type Sandbox } from './run-in-copy.fixture.js';

const SHIELD_MAIN = 'apps/shield/src/main.ts';
const SHIELD_RULE = 'architecture.shield_no_storage';
const STORAGE_IMPORT = "\nimport { Pool } from 'pg';\nexport const pool = new Pool();\n";

// Each run judges the whole repository, which takes long beside other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Target {
  readonly cache?: boolean;
  readonly inputs?: readonly unknown[];
  readonly dependsOn?: readonly unknown[];
  readonly options?: { readonly command?: string };
}

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = makeSandbox();
});
afterAll(() => sandbox.copy.remove());

interface Graph {
  readonly graph: { readonly nodes: Readonly<Record<string, { readonly data: { readonly targets: Record<string, Target> } }>> };
}

let graph: Graph | undefined;

/** Targets as Nx infers them; it is asked once for all projects. */
function targetsOf(project: string): Record<string, Target> {
  const file = '.cache/graph.json';
  if (graph === undefined) {
    const { code, stderr } = sandbox.nx(['graph', `--file=${file}`]);
    if (code !== 0) throw new Error(stderr);
    graph = JSON.parse(sandbox.read(file)) as Graph;
  }
  return graph.graph.nodes[project]?.data.targets ?? expect.fail(`There is no project ${project}`);
}

const judgeShield = (): Ended => sandbox.nx(['run', '@arqonbus/shield:policy', '--output-style', 'static']);
const judgeAll = (env?: NodeJS.ProcessEnv): Ended => sandbox.nx(['run-many', '-t', 'policy', '--output-style', 'static'], env);

/** Each of these judges the whole repository once more; nightly runs have the time. */
const IS_LONG = process.env.ARQON_TEST_LONG === '1';

describe('targets', () => {
  it('of an application: policy', () => {
    const targets = targetsOf('@arqonbus/shield');
    expect(targets.policy).toMatchObject({
      cache: true,
      inputs: ['{workspaceRoot}/policies/**/*', '{workspaceRoot}/tools/policy/bin/verdict.mjs', { dependentTasksOutputFiles: '**/report/@arqonbus__shield.json' }],
      dependsOn: [{ projects: ['policies'], target: 'policy-evaluate' }],
      options: { command: 'node tools/policy/bin/verdict.mjs @arqonbus/shield' },
    });
    expect(targets['policy-coverage']).toBeUndefined();
  });

  it('of a library: policy and policy-coverage, which needs the tests to have run', () => {
    const targets = targetsOf('@arqonbus/errors');
    expect(targets.policy).toMatchObject({ cache: true });
    expect(targets['policy-coverage']).toMatchObject({ cache: false, dependsOn: ['test'] });
  });

  it('of the policies: their own, over the whole repository', () => {
    const targets = targetsOf('policies');
    const key = { runtime: 'node tools/policy/bin/cache-key.mjs' };
    expect(targets['policy-evaluate']).toMatchObject({ cache: true, inputs: ['{workspaceRoot}/**/*', key] });
    expect(targets.policy).toMatchObject({ cache: true, inputs: ['{workspaceRoot}/**/*', key], dependsOn: ['policy-evaluate'] });
  });
});

describe('nx run-many -t policy', () => {
  const failing = { [SHIELD_MAIN]: (): string => sandbox.read(SHIELD_MAIN) + STORAGE_IMPORT };

  it('passes, and does not judge the same again', () => {
    const first = judgeAll();
    expect(first.stdout + first.stderr).toContain('Successfully ran target policy');
    expect(first.code).toBe(0);
    const again = judgeAll();
    expect(again.stdout).toMatch(/Cache: +(\d+)\/\1 hit|read the output from the cache/);
    expect(again.code).toBe(0);
  });

  it('uses no kept verdict after an edit that is not committed', () => {
    const { code, stdout } = sandbox.withFiles({ [SHIELD_MAIN]: failing[SHIELD_MAIN]() }, judgeShield);
    expect(stdout).toContain(`DENY ${SHIELD_RULE}`);
    expect(code).not.toBe(0);
  });

  it('judges a new file that git does not know', () => {
    const { code, stdout } = sandbox.withFiles({ 'apps/shield/src/fresh.ts': STORAGE_IMPORT }, judgeShield);
    expect(stdout).toContain(`DENY ${SHIELD_RULE} (high) apps/shield/src/fresh.ts:2`);
    expect(code).not.toBe(0);
  });

  it.runIf(IS_LONG)('judges the files of hidden folders', () => {
    const workflow = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@main\n';
    const { code, stdout } = sandbox.withFiles({ '.github/workflows/fresh.yml': workflow }, () => judgeAll());
    expect(stdout).toMatch(/DENY \S+ \(\w+\) \.github\/workflows\/fresh\.yml:\d+/);
    expect(code).not.toBe(0);
  });

  it.runIf(IS_LONG)('fails for what cannot be read', () => {
    const { code, stdout, stderr } = sandbox.withFiles({ 'policies/data/layering_graph.json': '{' }, () => judgeAll());
    expect(stdout + stderr).toContain('What cannot be judged does not pass.');
    expect(code).not.toBe(0);
  });

  it.runIf(IS_LONG)('compares with NX_BASE', () => {
    const { code, stdout } = sandbox.nx(['run', '@arqonbus/shield:policy', '--output-style', 'static'], { NX_BASE: 'HEAD' });
    expect(stdout).toMatch(/compared with [0-9a-f]{12}/);
    expect(code).toBe(0);
    expect(judgeAll({ NX_BASE: 'no-such-branch' }).code).not.toBe(0);
  });
});
