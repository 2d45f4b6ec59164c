import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT_FOLDERS = ['apps', 'libs', 'tools'];

/**
 * Reads the Nx tags of every workspace package from disk.
 * @param {string} workspaceRoot absolute path of the repository
 * @returns {{ name: string, root: string, tags: string[] }[]} packages, `root` relative with forward slashes, sorted by root
 */
export function readProjects(workspaceRoot) {
  const roots = PROJECT_FOLDERS.flatMap((folder) => {
    const entries = readdirSync(join(workspaceRoot, folder), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => `${folder}/${entry.name}`);
  });
  return roots
    .filter((root) => existsSync(join(workspaceRoot, root, 'package.json')))
    .sort()
    .map((root) => {
      const manifest = JSON.parse(readFileSync(join(workspaceRoot, root, 'package.json'), 'utf8'));
      return { name: manifest.name, root, tags: manifest.nx?.tags ?? [] };
    });
}
