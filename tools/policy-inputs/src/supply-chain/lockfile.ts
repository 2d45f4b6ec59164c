import type { Row, Rows } from '../fact-source.js';
import type { Workspace } from '../workspace.js';
import { parseLinedJson, recordOf, textOf } from './json-lines.js';
import { licenceAlternatives } from './spdx.js';

const LOCK_NAMES = new Set(['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb']);
const LOCK_PATH = 'package-lock.json';

interface LockedPackage {
  readonly version: string;
}

/** The parsed lockfile. */
export interface Lock {
  /** The package that a manifest in `root` gets under a name. */
  readonly find: (root: string, name: string) => LockedPackage | undefined;
  /** What the lockfile keeps of a manifest's section. */
  readonly workspaceSection: (root: string, section: string) => unknown;
  readonly rows: Rows;
}

/** `node_modules/a/node_modules/@b/c` to `@b/c`. */
function folderName(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

function sourceOf(entry: Readonly<Record<string, unknown>>): string {
  const resolved = textOf(entry.resolved);
  if (entry.link === true) return 'link';
  if (entry.inBundle === true) return 'bundle';
  if (/^(git|ssh)/.test(resolved)) return 'git';
  if (resolved.startsWith('file:')) return 'file';
  return 'registry';
}

function hostOf(resolved: string): string {
  return /^[a-z+]+:\/\/(?:[^@/]*@)?([^/:]+)/.exec(resolved)?.[1] ?? '';
}

function lockedRow(path: string, entry: Readonly<Record<string, unknown>>, line: number): Row {
  const version = textOf(entry.version);
  const integrity = textOf(entry.integrity);
  const license = textOf(entry.license);
  const [algorithm = '', digest = ''] = integrity.split('-');
  const resolved = textOf(entry.resolved);
  return {
    file: LOCK_PATH, line, project: 'workspace',
    path, folder: folderName(path), name: textOf(entry.name) || folderName(path), version, major: version.split('.')[0] ?? '',
    license, license_alternatives: licenceAlternatives(license),
    source: sourceOf(entry), resolved_host: hostOf(resolved), has_resolved: resolved !== '' && entry.link !== true,
    integrity_algorithm: algorithm, integrity_bytes: Buffer.from(digest, 'base64').length,
    install_script: entry.hasInstallScript === true, dev: entry.dev === true, optional: entry.optional === true || entry.devOptional === true,
    deprecated: entry.deprecated !== undefined && entry.deprecated !== false,
  };
}

/** Lines of the entries of `packages`, by path. */
function linesOf(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  text.split('\n').forEach((line, index) => {
    const path = /^ {4}"([^"]*)": \{/.exec(line)?.[1];
    if (path !== undefined && !lines.has(path)) lines.set(path, index + 1);
  });
  return lines;
}

/**
 * Reads the lockfile and names every other one.
 *
 * @throws Error when it is no JSON object
 */
export function readLock(workspace: Workspace): Lock {
  const files = workspace.files.filter(({ path }) => LOCK_NAMES.has(path.slice(path.lastIndexOf('/') + 1)));
  const hasLock = files.some(({ path }) => path === LOCK_PATH);
  const text = hasLock ? workspace.read(LOCK_PATH) : '{}';
  const { value } = parseLinedJson(LOCK_PATH, text);
  const packages = recordOf(value.packages);
  const lines = linesOf(text);
  const rows = Object.entries(packages)
    .filter(([path]) => path.includes('node_modules/'))
    .map(([path, entry]) => lockedRow(path, recordOf(entry), lines.get(path) ?? 1));
  const nearest = (root: string, name: string): unknown => (root === '' ? undefined : packages[`${root}/node_modules/${name}`]) ?? packages[`node_modules/${name}`];
  return {
    find: (root, name) => {
      const entry = nearest(root, name);
      if (entry === undefined) return undefined;
      const target = recordOf(entry).link === true ? packages[textOf(recordOf(entry).resolved)] : entry;
      return { version: textOf(recordOf(target).version) };
    },
    workspaceSection: (root, section) => recordOf(packages[root])[section],
    rows: {
      lockfiles: files.map(({ path, project }) => ({
        file: path, line: 1, project, lock_version: path === LOCK_PATH && typeof value.lockfileVersion === 'number' ? value.lockfileVersion : 0, entries: path === LOCK_PATH ? rows.length : 0,
      })),
      locked_packages: rows,
    },
  };
}
