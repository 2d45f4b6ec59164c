import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What a change is compared with: a commit, or what the repository itself keeps under `policies/data`. */
export type Base = { readonly kind: 'commit'; readonly commit: string } | { readonly kind: 'committed' };

/** One file that belongs to the repository or would, were everything added now. */
export interface WorkspaceFile {
  /** Relative to the workspace, with forward slashes. */
  readonly path: string;
  /** Name of the owning Nx project, or `workspace`. */
  readonly project: string;
  /** Whether it is test code by its place or name. */
  readonly isTest: boolean;
  /** Whether a generator wrote it. */
  readonly isGenerated: boolean;
}

/** A folder with a package.json, or a project.json, under apps, libs or tools, or at the top. */
export interface Project {
  readonly name: string;
  readonly root: string;
  readonly tags: readonly string[];
  /** The file that declares it. */
  readonly manifest: string;
}

export interface WorkspaceOptions {
  readonly root: string;
  /** UTC date, `YYYY-MM-DD`; default today's. */
  readonly now?: string;
  /** A commit or branch to compare with; default `NX_BASE`, else none. */
  readonly base?: string;
  /** Labels of the change under review; default `POLICY_LABELS`, separated by commas. */
  readonly labels?: readonly string[];
}

/** The repository as it stands on disk, uncommitted edits and new files included. */
export interface Workspace {
  readonly root: string;
  readonly now: string;
  readonly base: Base;
  readonly labels: readonly string[];
  readonly projects: readonly Project[];
  readonly files: readonly WorkspaceFile[];
  /** @throws Error when the file cannot be read */
  readonly read: (path: string) => string;
  readonly readBytes: (path: string) => Uint8Array;
  readonly exists: (path: string) => boolean;
  /** SHA-256 of the content, hexadecimal. */
  readonly digest: (path: string) => string;
  /** The commit that a change starts from: the base, else HEAD; undefined without git or without a commit. */
  readonly changeCommit: () => string | undefined;
  /** Content at a commit; undefined when the file was not there. @throws Error for a commit that there is none of */
  readonly readAt: (commit: string, path: string) => Buffer | undefined;
  /** Owner of a path, or `workspace`. */
  readonly projectOf: (path: string) => string;
}

const PROJECT_PARENTS = ['apps', 'libs', 'tools'];
const TEST_FILE = /(\.(test|contract|fixture)\.[cm]?[jt]sx?$)|((^|\/)(test|bench)\/)/;
const GENERATED_FILE = /^libs\/proto\/src\/(gen\/|index\.ts$)/;
const IGNORED_FOLDERS = new Set(['.git', 'node_modules', 'dist', 'coverage', '.nx', '.cache', '.arqon', '.venv', '__pycache__']);
const MAX_GIT_OUTPUT_BYTES = 256 * 1024 * 1024;

/** @throws Error with what git said */
export function runGit(root: string, args: readonly string[]): Buffer {
  const result = spawnSync('git', args, { cwd: root, maxBuffer: MAX_GIT_OUTPUT_BYTES });
  if (result.error !== undefined) throw new Error(`git ${args.join(' ')}: ${result.error.message}`);
  if (result.status !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr.toString().trim()}`);
  return result.stdout;
}

function walk(root: string, folder: string, found: string[]): string[] {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !IGNORED_FOLDERS.has(entry.name)) walk(root, path, found);
    else if (entry.isFile()) found.push(path);
  }
  return found;
}

/** Tracked files and new ones that git does not ignore; without git, all files outside the usual build folders. */
function listFiles(root: string): string[] {
  const paths = existsSync(join(root, '.git'))
    ? runGit(root, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']).toString().split('\0')
    : walk(root, '', []);
  return [...new Set(paths)].filter((path) => path !== '' && statSync(join(root, path), { throwIfNoEntry: false })?.isFile() === true).sort();
}

interface Manifest {
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly nx?: { readonly tags?: readonly string[] };
}

function readManifest(root: string, path: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function readProjects(root: string, paths: readonly string[]): Project[] {
  const manifests = paths.filter((path) => {
    const parts = path.split('/');
    const name = parts.at(-1);
    if (parts.length === 2) return name === 'project.json';
    return parts.length === 3 && PROJECT_PARENTS.includes(parts[0] ?? '') && (name === 'package.json' || name === 'project.json');
  });
  const byRoot = new Map<string, Project>();
  for (const path of manifests) {
    const manifest = readManifest(root, path);
    const projectRoot = path.slice(0, path.lastIndexOf('/'));
    const earlier = byRoot.get(projectRoot);
    const tags = [...(earlier?.tags ?? []), ...(manifest.nx?.tags ?? manifest.tags ?? [])];
    byRoot.set(projectRoot, { name: earlier?.name ?? manifest.name ?? projectRoot, root: projectRoot, tags, manifest: earlier?.manifest ?? path });
  }
  return [...byRoot.values()].sort((a, b) => (a.root < b.root ? -1 : 1));
}

function readBase(root: string, base: string | undefined): Base {
  if (base === undefined || base === '') return { kind: 'committed' };
  return { kind: 'commit', commit: runGit(root, ['rev-parse', '--verify', `${base}^{commit}`]).toString().trim() };
}

function readChangeCommit(root: string, base: Base): string | undefined {
  if (base.kind === 'commit') return base.commit;
  if (!existsSync(join(root, '.git'))) return undefined;
  try {
    return runGit(root, ['rev-parse', '--verify', 'HEAD^{commit}']).toString().trim();
  } catch {
    // A repository without a commit has nothing to compare with.
    return undefined;
  }
}

/**
 * Looks at the repository.
 *
 * @throws Error when git fails, a manifest is no JSON, or the base is no commit
 */
export function openWorkspace(options: WorkspaceOptions): Workspace {
  const { root } = options;
  const paths = listFiles(root);
  const projects = readProjects(root, paths);
  const projectOf = (path: string): string => projects.find((project) => path.startsWith(`${project.root}/`))?.name ?? 'workspace';
  const base = readBase(root, options.base ?? process.env.NX_BASE);
  // Asked of git once, and only when something is compared.
  let start: { readonly commit: string | undefined } | undefined;
  const readBytes = (path: string): Uint8Array => readFileSync(join(root, path));
  return {
    root,
    now: options.now ?? new Date().toISOString().slice(0, 10),
    base,
    labels: options.labels ?? (process.env.POLICY_LABELS ?? '').split(',').map((label) => label.trim()).filter((label) => label !== ''),
    projects,
    files: paths.map((path) => ({ path, project: projectOf(path), isTest: TEST_FILE.test(path), isGenerated: GENERATED_FILE.test(path) })),
    read: (path) => readFileSync(join(root, path), 'utf8'),
    readBytes,
    exists: (path) => existsSync(join(root, path)),
    digest: (path) => createHash('sha256').update(readBytes(path)).digest('hex'),
    changeCommit: () => (start ??= { commit: readChangeCommit(root, base) }).commit,
    readAt: (commit, path) => {
      const listed = runGit(root, ['ls-tree', '-z', commit, '--', path]);
      return listed.length === 0 ? undefined : runGit(root, ['show', `${commit}:${path}`]);
    },
    projectOf,
  };
}
