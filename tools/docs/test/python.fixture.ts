import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '../src/repository-root.js';

/** What the Python client of docs/protocol.md imports. */
const PACKAGES = ['protobuf==7.36.2', 'websockets==17.4'];

/** A Python that can run the documented client, its packages installed on first use into the ignored folder `.cache/`. Throws one clear message when that fails. */
export function installPython(): string {
  const folder = join(REPOSITORY_ROOT, '.cache', `python-docs-${PACKAGES.join('-').replaceAll('==', '-')}`);
  const python = join(folder, 'bin/python3');
  if (canImport(python)) return python;
  try {
    mkdirSync(folder, { recursive: true });
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe', timeout: 120_000 });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES], { stdio: 'pipe', timeout: 300_000 });
  } catch (error) {
    throw new Error(`the documented Python client needs python3 with venv and ${PACKAGES.join(', ')}`, { cause: error });
  }
  if (!canImport(python)) throw new Error(`${PACKAGES.join(', ')} were installed but cannot be imported`);
  return python;
}

function canImport(python: string): boolean {
  if (!existsSync(python)) return false;
  try {
    execFileSync(python, ['-c', 'import google.protobuf, websockets.sync.client'], { stdio: 'pipe' });
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
