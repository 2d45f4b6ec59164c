import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Absolute path of the repository. */
export const WORKSPACE_ROOT = resolve(import.meta.dirname, '../../..');

/** Folders that hold one package per entry. */
export const PACKAGE_FOLDERS = ['apps', 'libs', 'tools'] as const;

/**
 * Finds the workspace packages on disk.
 *
 * @param workspaceRoot absolute path of the repository
 * @returns paths relative to it, such as `libs/errors`, sorted
 */
export function packageRoots(workspaceRoot: string = WORKSPACE_ROOT): string[] {
  return PACKAGE_FOLDERS.flatMap((folder) => readdirSync(join(workspaceRoot, folder)).map((entry) => `${folder}/${entry}`))
    .filter((root) => existsSync(join(workspaceRoot, root, 'package.json')))
    .sort();
}

/**
 * Lists the files that git tracks and that still exist.
 *
 * @returns paths relative to the repository, with forward slashes
 * @throws Error when this is no git work tree
 */
export function trackedFiles(workspaceRoot: string = WORKSPACE_ROOT): string[] {
  const result = spawnSync('git', ['ls-files', '-z'], { cwd: workspaceRoot, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (result.status !== 0) throw new Error(`git ls-files failed: ${result.stderr}`);
  return result.stdout.split('\0').filter((file) => file !== '' && existsSync(join(workspaceRoot, file)));
}
