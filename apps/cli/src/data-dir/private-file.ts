import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const ownerOnly = 0o600;

/** Writes a file that only its owner may read; no reader sees half of it. */
export function writePrivateFile(path: string, text: string): void {
  const next = `${path}.${randomUUID()}`;
  try {
    writeFileSync(next, text, { mode: ownerOnly, flag: 'wx' });
    renameSync(next, path);
  } finally {
    rmSync(next, { force: true });
  }
}

/** As writePrivateFile, but returns false and leaves an existing file alone. */
export function createPrivateFile(path: string, text: string): boolean {
  const next = `${path}.${randomUUID()}`;
  try {
    writeFileSync(next, text, { mode: ownerOnly, flag: 'wx' });
    linkSync(next, path);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(next, { force: true });
  }
}

/** The file's text, or undefined when there is none. */
export function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** True for an error of the operating system with this code. */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
