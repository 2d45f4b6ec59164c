import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ArqonError } from '@arqonbus/errors';

/** What decides which binary the engine's package loads: platform, processor and ABI of the running Node. */
export interface EnginePlatform {
  readonly platform: string;
  readonly arch: string;
  /** `process.versions.modules`. */
  readonly abi: string;
}

/** File name of the native engine for a platform. */
export function engineBinaryName({ platform, arch, abi }: EnginePlatform): string {
  return `uws_${platform}_${arch}_${abi}.node`;
}

/** Folder of the native binaries, or undefined where the package is not installed. */
export async function findEngineFolder(): Promise<string | undefined> {
  // The package exports no path that resolves to a folder, so the module search paths are walked.
  for (const path of createRequire(import.meta.url).resolve.paths('uWebSockets.js') ?? []) {
    const folder = join(path, 'uWebSockets.js', 'dist', 'bin');
    if (await exists(folder)) return folder;
  }
  return undefined;
}

/**
 * Compares a binary with its checksum before it is loaded. `missing` when there is no such file. Raises
 * INTERNAL when the file is not the published one or has no checksum: native code that nobody vouches
 * for must not run, so the start fails instead of falling back.
 */
export async function verifyEngineBinary(
  folder: string,
  name: string,
  checksums: Readonly<Record<string, string>>,
): Promise<'verified' | 'missing'> {
  const path = join(folder, name);
  if (!(await exists(path))) return 'missing';
  const digest = createHash('sha256').update(await readFile(path)).digest('hex');
  if (digest === checksums[name]) return 'verified';
  throw new ArqonError('INTERNAL', { message: `${name} does not match its checksum; refusing to load it` });
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
