import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import type { Row, Rows } from '../fact-source.js';
import { openWorkspace } from '../workspace.js';
import { contextsOf } from './workflow-facts.js';
import { ciSource, ownedPaths } from './workflows.js';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function factsOf(files: Readonly<Record<string, string>>): Promise<Rows> {
  const root = mkdtempSync(join(tmpdir(), 'arqon-ci-'));
  folders.push(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return ciSource.read(openWorkspace({ root, now: '2026-01-01' }), {});
}

const only = (rows: readonly Row[] | undefined, ...columns: string[]): unknown[] => (rows ?? []).map((row) => columns.map((column) => row[column]));

const WORKFLOW = `name: CI
on:
  pull_request:
    paths: [a]
  schedule:
    - cron: '0 1 * * *'
permissions:
  contents: read
  id-token: write
concurrency: ci
jobs:
  test:
    name: test \${{ matrix.node }}
    runs-on: [self-hosted, linux]
    timeout-minutes: 5
    permissions: write-all
    needs: build
    if: github.actor != 'bot'
    continue-on-error: true
    container: node:20
    strategy:
      matrix:
        node: ['20', '22']
    defaults:
      run:
        shell: bash {0}
    env:
      TITLE: \${{ github.event.pull_request.title }}
    steps:
      - uses: actions/checkout@v4 # v4.2.2
        with:
          persist-credentials: false
      - name: Build
        if: always()
        run: |
          npm ci
          echo \${{ github.head_ref }} || true
  call:
    uses: a/b/.github/workflows/c.yml@main
    secrets: inherit
`;

describe('a workflow', () => {
  it('tells its triggers, rights and jobs', async () => {
    const rows = await factsOf({ '.github/workflows/ci.yml': WORKFLOW });
    expect(only(rows.workflow_triggers, 'event', 'filters', 'crons')).toEqual([['pull_request', ['paths'], []], ['schedule', [], ['0 1 * * *']]]);
    expect(only(rows.workflows, 'permissions', 'concurrency')).toEqual([[['contents:read', 'id-token:write'], 'ci']]);
    expect(only(rows.workflow_jobs, 'line', 'job', 'check_names', 'runs_on', 'timeout', 'permissions', 'needs', 'condition', 'continue_on_error', 'inherits_secrets')).toEqual([
      [12, 'test', ['test 20', 'test 22'], ['self-hosted', 'linux'], 5, ['*:write-all'], ['build'], "github.actor != 'bot'", 'true', false],
      [38, 'call', ['call'], [], 0, [], [], '', '', true],
    ]);
    expect(only(rows.workflow_matrices, 'variable', 'values')).toEqual([['node', ['20', '22']]]);
  });

  it('tells what it fetches, with lines and comments', async () => {
    const rows = await factsOf({ '.github/workflows/ci.yml': WORKFLOW });
    expect(only(rows.workflow_uses, 'line', 'kind', 'target', 'ref', 'comment')).toEqual([
      [20, 'docker', 'node:20', '', ''], [30, 'action', 'actions/checkout', 'v4', 'v4.2.2'], [39, 'action', 'a/b/.github/workflows/c.yml', 'main', ''],
    ]);
  });

  it('tells its steps, commands and expressions', async () => {
    const rows = await factsOf({ '.github/workflows/ci.yml': WORKFLOW });
    expect(only(rows.workflow_steps, 'step', 'shell', 'condition', 'inputs')).toEqual([[1, 'bash {0}', '', ['persist-credentials=false']], [2, 'bash {0}', 'always()', []]]);
    expect(only(rows.workflow_commands, 'line', 'words', 'joined_by')).toEqual([[36, ['npm', 'ci'], ''], [37, ['echo', '${{ github.head_ref }}'], ';'], [37, ['true'], '||']]);
    expect(only(rows.workflow_expressions, 'place', 'contexts')).toEqual([
      ['env', ['github.event.pull_request.title']], ['if', ['github.actor']], ['name', ['matrix.node']], ['if', []], ['run', ['github.head_ref']],
    ]);
  });

  it('that is no YAML is an error', async () => {
    await expect(factsOf({ '.github/workflows/ci.yml': 'a: [' })).rejects.toThrow('.github/workflows/ci.yml');
  });

  it('with a key twice is an error', async () => {
    await expect(factsOf({ '.github/workflows/ci.yml': 'on: push\non: pull_request' })).rejects.toThrow('.github/workflows/ci.yml');
  });
});

it('reads actions of the repository, wherever they are', async () => {
  const rows = await factsOf({ '.github/actions/setup/action.yml': 'name: Setup\nruns:\n  using: composite\n  steps:\n    - uses: a/b@v1\n    - run: npm i\n      shell: bash\n' });
  expect(only(rows.workflows, 'kind')).toEqual([['action']]);
  expect(only(rows.workflow_uses, 'line', 'target', 'ref')).toEqual([[5, 'a/b', 'v1']]);
  expect(only(rows.workflow_commands, 'words')).toEqual([[['npm', 'i']]]);
});

it('reads the protection of branches', async () => {
  const rows = await factsOf({
    '.github/rulesets/main.json': JSON.stringify({
      enforcement: 'active', conditions: { ref_name: { include: ['~DEFAULT_BRANCH'] } }, bypass_actors: [{}],
      rules: [{ type: 'pull_request', parameters: { required_approving_review_count: 2 } }, { type: 'required_status_checks', parameters: { strict_required_status_checks_policy: true, required_status_checks: [{ context: 'policy' }] } }],
    }),
  });
  expect(only(rows.rulesets, 'enforcement', 'kinds', 'approvals', 'code_owner_review', 'up_to_date', 'bypass_actors')).toEqual([['active', ['pull_request', 'required_status_checks'], 2, false, true, 1]]);
  expect(only(rows.required_checks, 'check')).toEqual([['policy']]);
});

it('reads owners and what their patterns name', async () => {
  const rows = await factsOf({ '.github/CODEOWNERS': '# all\n*  @a/b\n/docs/ @a/c a@d.example\n/gone/\n', 'docs/a/b.md': '' });
  expect(only(rows.code_owners, 'line', 'pattern', 'owners', 'matches')).toEqual([[2, '*', ['@a/b'], 2], [3, '/docs/', ['@a/c', 'a@d.example'], 1], [4, '/gone/', [], 0]]);
});

describe('ownedPaths()', () => {
  it.each([['*', 'a/b.md'], ['/docs/', 'docs/a/b.md'], ['docs/', 'x/docs/a'], ['*.md', 'a/b.md'], ['/package.json', 'package.json'], ['/a/**/c', 'a/b/x/c'], ['/a', 'a/b']])('%s names %s', (pattern, path) => {
    expect(ownedPaths(pattern).test(path)).toBe(true);
  });

  it.each([['/docs/', 'x/docs/a'], ['/package.json', 'libs/package.json'], ['/a/*', 'b/a'], ['*.md', 'a.mdx']])('%s does not name %s', (pattern, path) => {
    expect(ownedPaths(pattern).test(path)).toBe(false);
  });
});

describe('contextsOf()', () => {
  it.each([
    ["github.event['pull_request'].title", ['github.event.pull_request.title']],
    ["contains(github.head_ref, 'github.actor')", ['github.head_ref']],
    ['toJSON(github)', ['github']],
    ['join(github.event.pull_request.labels.*.name)', ['github.event.pull_request.labels.*.name']],
    ['GitHub.Head_Ref', ['github.head_ref']],
    ["format('{0}', inputs.x)", ['inputs.x']],
    ['true', []],
  ])('%s reads %j', (expression, contexts) => {
    expect(contextsOf(expression)).toEqual(contexts);
  });
});
