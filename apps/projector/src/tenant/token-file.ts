import { ArqonError } from '@arqonbus/errors';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Far above any token (8,192 bytes). */
const maxTokenFileBytes = 65_536;

/**
 * Reads the token of a tenant, anew at each call: whoever renews it writes the file. Rejects with the file system's error, or ArqonError UNAUTHENTICATED
 * where the file holds no token; both are tried again, since the file may come.
 */
export async function readTokenFile(folder: string, tenantId: string): Promise<string> {
  const bytes = await readFile(join(folder, `${tenantId}.jwt`));
  const token = bytes.length > maxTokenFileBytes ? '' : bytes.toString('latin1').trim();
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw new ArqonError('UNAUTHENTICATED', { message: 'The token file holds no token.' });
  return token;
}
