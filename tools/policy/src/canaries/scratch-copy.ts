import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, rmdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { runGit } from '@arqonbus/policy-inputs';

import type { EditPlan } from './edit-plan.js';

/** Scope under which the repository's own packages are linked. */
const OWN_SCOPE = '@arqonbus';
const PACKAGE_PARENTS = ['apps', 'libs', 'tools'];

/** A copy of the repository that may be broken. */
export interface ScratchCopy {
  /** Absolute. */
  readonly path: string;
  /** Content of a file of the copy; undefined when there is none. */
  readonly read: (path: string) => string | undefined;
  /** Changes files; what is returned puts them back. */
  readonly apply: (plan: EditPlan) => () => void;
  readonly remove: () => void;
  /** Lets the copy outlive the process; returns where it is. */
  readonly keep: () => string;
}

/** The environment without what ties git, Nx or the runner to the repository that was copied. */
export function detachedEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(GIT_|NX_|POLICY_LABELS$)/.test(name));
  return { ...Object.fromEntries(kept), GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1', NX_DAEMON: 'false', NX_TUI: 'false', NX_ISOLATE_PLUGINS: 'false', FORCE_COLOR: '0' };
}

function git(folder: string, args: readonly string[]): void {
  const identity = ['-c', 'user.name=Canary', '-c', 'user.email=canary@example.org', '-c', 'core.autocrlf=false'];
  const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: folder, env: detachedEnvironment(), encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr.trim()}`);
}

function copyFiles(root: string, folder: string): void {
  const listed = runGit(root, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']).toString().split('\0');
  for (const path of new Set(listed)) {
    // A tracked file may be gone, and a submodule or a linked folder is no file.
    if (path === '' || statSync(join(root, path), { throwIfNoEntry: false })?.isFile() !== true) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    copyFileSync(join(root, path), join(folder, path));
  }
}

/** Folders that hold packages of their own, relative to the repository. */
function packageFolders(folder: string): string[] {
  return PACKAGE_PARENTS.flatMap((parent) => readdirSync(join(folder, parent)).map((name) => `${parent}/${name}`)).filter((path) => existsSync(join(folder, path, 'package.json')));
}

function linkEntries(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from)) {
    if (entry !== OWN_SCOPE && !entry.startsWith('.vite')) symlinkSync(join(from, entry), join(to, entry));
  }
}

/** Links what is installed; only the repository's own packages lead into the copy, so that its code runs and not the original's. */
function linkModules(root: string, folder: string): void {
  const packages = packageFolders(folder);
  for (const place of ['', ...packages]) {
    const installed = join(root, place, 'node_modules');
    if (existsSync(installed)) linkEntries(realpathSync(installed), join(folder, place, 'node_modules'));
  }
  for (const path of packages) {
    const { name } = JSON.parse(readFileSync(join(folder, path, 'package.json'), 'utf8')) as { name: string };
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(folder, path), link);
  }
}

/** Lets the copy find what a first run in the original has already read and built. */
function shareCaches(root: string, folder: string): void {
  mkdirSync(join(folder, '.cache/policy'), { recursive: true });
  // Kept by content; the runner itself is not, for it knows its place.
  for (const name of ['syntax.json', 'secrets.json', 'contract.json', 'verdicts-repository.json', 'verdicts-coverage.json']) {
    const kept = join(root, '.cache/policy', name);
    if (existsSync(kept)) copyFileSync(kept, join(folder, '.cache/policy', name));
  }
  const tools = join(root, '.cache/policy-tools');
  if (existsSync(tools)) symlinkSync(realpathSync(tools), join(folder, '.cache/policy-tools'));
}

/** Removes a file and the folders that hold nothing any more. */
function removeFile(folder: string, path: string): void {
  rmSync(path, { force: true });
  for (let parent = dirname(path); parent.startsWith(`${folder}/`) && existsSync(parent) && readdirSync(parent).length === 0; parent = dirname(parent)) rmdirSync(parent);
}

/** Leaves in each library what its tests would, had they covered as much as the baseline says. */
function leaveCoverage(folder: string): void {
  const baseline = join(folder, 'policies/data/baseline_coverage.json');
  if (!existsSync(baseline)) return;
  const { baseline_coverage: figures } = JSON.parse(readFileSync(baseline, 'utf8')) as { baseline_coverage: Readonly<Record<string, Readonly<Record<string, number>>>> };
  for (const path of packageFolders(folder)) {
    const { name } = JSON.parse(readFileSync(join(folder, path, 'package.json'), 'utf8')) as { name: string };
    const found = figures[name];
    if (found === undefined) continue;
    const total = Object.fromEntries(Object.entries(found).map(([metric, pct]) => [metric, { total: 10_000, covered: Math.round(pct * 100), skipped: 0, pct }]));
    mkdirSync(join(folder, path, 'coverage'), { recursive: true });
    writeFileSync(join(folder, path, 'coverage/coverage-summary.json'), JSON.stringify({ total }));
  }
}

function applyPlan(folder: string, plan: EditPlan): () => void {
  const before = [...plan.keys()].map((path) => [join(folder, path), existsSync(join(folder, path)) ? readFileSync(join(folder, path)) : undefined] as const);
  const set = (path: string, content: string | Uint8Array | undefined): void => {
    if (content === undefined) removeFile(folder, path);
    else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  };
  for (const [path, content] of plan) set(join(folder, path), content);
  return () => {
    for (const [path, content] of before) set(path, content);
  };
}

/**
 * Copies the repository as it stands, uncommitted edits and new files included, into a temporary folder with one commit.
 *
 * @param root absolute path of the repository, with its dependencies installed
 */
export function makeScratchCopy(root: string): ScratchCopy {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'arqon-canaries-')));
  const removeAll = (): void => {
    process.off('exit', removeAll);
    rmSync(path, { recursive: true, force: true });
  };
  process.on('exit', removeAll);
  try {
    copyFiles(root, path);
    git(path, ['init', '-q', '-b', 'main']);
    git(path, ['add', '-A', '-f']);
    git(path, ['commit', '-q', '--no-verify', '-m', 'Scratch copy']);
    linkModules(root, path);
    shareCaches(root, path);
    leaveCoverage(path);
  } catch (error) {
    removeAll();
    throw error;
  }
  const keep = (): string => {
    process.off('exit', removeAll);
    return path;
  };
  const read = (file: string): string | undefined => (existsSync(join(path, file)) ? readFileSync(join(path, file), 'utf8') : undefined);
  return { path, read, apply: (plan) => applyPlan(path, plan), remove: removeAll, keep };
}
