import { stat } from 'node:fs/promises';
import { ArqonError } from '@arqonbus/errors';

/** Refuses to start with a private key that group or world may read or write (G33); raises INTERNAL naming the file. */
export async function assertPrivateKeyFile(path: string): Promise<void> {
  // Windows has no such modes.
  if (process.platform === 'win32') return;
  const { mode } = await stat(path).catch((cause: unknown) => {
    throw new ArqonError('INTERNAL', { message: `cannot read ${path}`, cause });
  });
  const shared = mode & 0o077;
  if (shared !== 0) {
    throw new ArqonError('INTERNAL', { message: `${path} has mode ${(mode & 0o777).toString(8)}: group and world must have no access (chmod 600)` });
  }
}
