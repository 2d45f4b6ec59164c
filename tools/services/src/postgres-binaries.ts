import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ensureTool } from './ensure-tool.js';
import { findOnPath } from './find-on-path.js';

const execute = promisify(execFile);

const oldestMajor = 15;
const needed = ['postgres', 'initdb', 'createdb', 'psql', 'pg_dump', 'pg_restore'];
const debianRoot = '/usr/lib/postgresql';
/** Majors that a package of the distribution may bring; its programs are not on PATH. */
const installableMajors = Array.from({ length: 10 }, (_, index) => oldestMajor + index);

export interface PostgresBinaries {
  /** Folder of postgres, initdb, pg_dump, pg_restore, psql. */
  readonly folder: string;
  /** As the program says it, e.g. `15.18`. */
  readonly version: string;
}

/** The newest PostgreSQL from 15 on: on PATH, where Debian puts it, else installed by apt where possible. Raises `ToolMissingError` otherwise. */
export async function findPostgres(): Promise<PostgresBinaries> {
  const found = await Promise.all(candidateFolders().map(describe));
  const [newest] = found.filter((binaries) => majorOf(binaries.version) >= oldestMajor).sort((left, right) => majorOf(right.version) - majorOf(left.version));
  if (newest !== undefined) return newest;
  const path = installableMajors.map((major) => join(debianRoot, String(major), 'bin')).join(delimiter);
  return describe(dirname(await ensureTool('postgres', { aptPackage: 'postgresql', path })));
}

/** Whom a server runs as: PostgreSQL refuses root, so under root the user `postgres`, else `nobody`. Undefined: as this process. */
export function unprivilegedUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  const [, , uid, gid] = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody') ?? [];
  if (uid === undefined || gid === undefined) throw new Error('PostgreSQL refuses to run as root, and there is neither a user "postgres" nor "nobody"');
  return { uid: Number(uid), gid: Number(gid) };
}

function candidateFolders(): string[] {
  // PATH often has links to some of the programs only; their folder has all.
  const onPath = findOnPath('postgres');
  const debian = existsSync(debianRoot) ? readdirSync(debianRoot).map((major) => join(debianRoot, major, 'bin')) : [];
  const all = [...(onPath === undefined ? [] : [dirname(realpathSync(onPath))]), ...debian];
  return [...new Set(all)].filter((folder) => needed.every((name) => existsSync(join(folder, name))));
}

async function describe(folder: string): Promise<PostgresBinaries> {
  const { stdout } = await execute(join(folder, 'postgres'), ['--version']);
  return { folder, version: /(\d+(?:\.\d+)*)/.exec(stdout)?.[1] ?? '' };
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10) || 0;
}
