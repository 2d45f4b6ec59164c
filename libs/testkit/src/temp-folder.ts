import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of one test, mode 0700. */
export interface TempFolder {
  readonly path: string;
  /** Path of an entry in the folder. */
  file(name: string): string;
  /** Removes the folder with all in it; a second call does nothing. */
  remove(): void;
}

/** Makes an empty folder in the system's temporary one. It is also removed when the process exits in order. */
export function createTempFolder(prefix = 'arqon-test-'): TempFolder {
  const path = mkdtempSync(join(tmpdir(), prefix));
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(path, { recursive: true, force: true });
  };
  process.on('exit', remove);
  return { path, file: (name) => join(path, name), remove };
}
