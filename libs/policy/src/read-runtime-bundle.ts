import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { PolicyBundle } from './bundle.js';

/** Folder of the committed bundle, in a work tree of this repository. */
export const committedBundleFolder = join(import.meta.dirname, '../../../policies/runtime');

/**
 * Reads a bundle from a folder as `npm run policy:build` leaves it. The only part of this package that touches files.
 *
 * @throws what the file system says
 */
export async function readRuntimeBundle(folder: string, data: unknown): Promise<PolicyBundle> {
  const [wasm, manifest] = await Promise.all([readFile(join(folder, 'runtime.wasm')), readFile(join(folder, 'runtime.json'), 'utf8')]);
  return { wasm, manifest, data };
}
