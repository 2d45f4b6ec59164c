import { spawnSync } from 'node:child_process';

import ts from 'typescript';

import type { Row, Rows, WorkspaceSource } from '../fact-source.js';
import { parseUnit } from '../syntax-pass.js';
import { runGit, type Workspace, type WorkspaceFile } from '../workspace.js';

import { testCalls, testRoots } from './test-calls.js';
import { isTestCode } from './test-code.js';
import { SOURCE_FILE, TEST_FILE, reachedFrom, usesOf } from './tested-modules.js';

interface Change {
  readonly file: WorkspaceFile;
  readonly status: 'added' | 'modified' | 'deleted';
  readonly before: string | undefined;
  readonly now: string | undefined;
}

const MAX_GIT_OUTPUT_BYTES = 256 * 1024 * 1024;
const SCRIPT = /\.[cm]?[jt]sx?$/;

/** Code without comments and layout. */
function tokensOf(text: string, path: string): string {
  const unit = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023);
  return ts.createPrinter({ removeComments: true }).printFile(unit).replace(/\s+/g, ' ');
}

/** Contents at a commit, by one process for all. @throws Error when git fails */
function readMany(root: string, commit: string, paths: readonly string[]): Map<string, string> {
  if (paths.length === 0) return new Map();
  const input = paths.map((path) => `${commit}:${path}\n`).join('');
  const { status, stdout, stderr } = spawnSync('git', ['cat-file', '--batch'], { cwd: root, input, maxBuffer: MAX_GIT_OUTPUT_BYTES });
  if (status !== 0) throw new Error(`git cat-file: ${stderr.toString().trim()}`);
  const found = new Map<string, string>();
  let at = 0;
  for (const path of paths) {
    const lineEnd = stdout.indexOf(0x0a, at);
    const size = Number(/^[0-9a-f]+ blob (\d+)$/.exec(stdout.toString('utf8', at, lineEnd))?.[1]);
    if (!Number.isInteger(size)) throw new Error(`git cat-file: no content of ${path} at ${commit}`);
    found.set(path, stdout.toString('utf8', lineEnd + 1, lineEnd + 1 + size));
    // Each content ends with a line break of its own.
    at = lineEnd + size + 2;
  }
  return found;
}

/** Scripts that differ from a commit, new and deleted ones too. */
function changesSince(commit: string, workspace: Workspace): Change[] {
  const lines = (args: readonly string[]): string[] => runGit(workspace.root, args).toString().split('\0').filter((path) => SCRIPT.test(path));
  const atBase = new Set(lines(['ls-tree', '-r', '-z', '--name-only', commit]));
  const differing = new Set(lines(['diff', '-z', '--name-only', '--no-renames', commit]));
  const present = new Map(workspace.files.map((file) => [file.path, file]));
  const added = [...present.keys()].filter((path) => SCRIPT.test(path) && !atBase.has(path));
  const contents = readMany(workspace.root, commit, [...differing].filter((path) => atBase.has(path)));
  return [...new Set([...differing, ...added])].sort().map((path): Change => {
    const file = present.get(path) ?? { path, project: workspace.projectOf(path), isTest: false, isGenerated: false };
    const before = contents.get(path);
    const now = present.has(path) ? workspace.read(path) : undefined;
    return { file, status: before === undefined ? 'added' : now === undefined ? 'deleted' : 'modified', before, now };
  });
}

function countTests({ file }: Change, text: string | undefined): number {
  if (text === undefined) return 0;
  const unit = parseUnit(file, text, []);
  return testCalls(unit, testRoots(unit)).filter(({ kind, hasBody }) => kind === 'test' && hasBody).length;
}

function rowsOf(changes: readonly Change[], workspace: Workspace, syntaxRows: Rows): Row[] {
  const isCode = ({ before, now, file }: Change): boolean => before === undefined || now === undefined || tokensOf(before, file.path) !== tokensOf(now, file.path);
  const codeChanges = changes.filter(isCode);
  const tests = codeChanges.filter(({ file }) => isTestCode(file));
  const changedTests = tests.map(({ file }) => file.path);
  // A changed helper or contract changes the tests that load it.
  const graph = tests.length === 0 ? new Map<string, Set<string>>() : usesOf(workspace, syntaxRows);
  const starts = workspace.files.filter(({ path }) => TEST_FILE.test(path) && (changedTests.includes(path) || [...reachedFrom([path], graph)].some((file) => changedTests.includes(file)))).map(({ path }) => path);
  const reached = reachedFrom(starts, graph);
  return codeChanges.map((change): Row => {
    const { path, project } = change.file;
    const test = isTestCode(change.file);
    return {
      file: path, line: 1, project, status: change.status, kind: test ? 'test' : SOURCE_FILE.test(path) && !change.file.isGenerated ? 'source' : 'other',
      tested: reached.has(path), spans: test && (/\/test\//.test(path) || path.startsWith('tools/e2e/')), tests_before: test ? countTests(change, change.before) : 0, tests_now: test ? countTests(change, change.now) : 0,
    };
  });
}

/** What changed since the base commit, as far as tests are asked for. */
export const changedFileSource: WorkspaceSource = {
  name: 'changed files',
  tables: {
    /**
     * Scripts whose code differs from the base commit: comments and layout are no code. Without a base commit, test code that differs from HEAD. status: added, modified or deleted;
     * kind: source, test or other; tested: a test that changed, or that loads test code that changed, loads it; spans: test code of an integration or
     * end-to-end suite; tests_before, tests_now: tests that it declares.
     */
    changed_code: ['status', 'kind', 'tested', 'spans', 'tests_before', 'tests_now'],
  },
  read: (workspace, syntaxRows) => {
    const commit = workspace.changeCommit();
    const rows = commit === undefined ? [] : rowsOf(changesSince(commit, workspace), workspace, syntaxRows);
    // What an edit that is not committed yet still owes to tests is judged once there is a base.
    return { changed_code: workspace.base.kind === 'commit' ? rows : rows.filter(({ kind }) => kind === 'test') };
  },
};
