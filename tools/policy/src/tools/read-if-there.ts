import { readFile } from 'node:fs/promises';

/** Content of a file; undefined when there is none. @throws Error when it is there and cannot be read */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
