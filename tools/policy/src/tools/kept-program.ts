import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { readIfThere } from './read-if-there.js';

/** A program that was built here, in a folder of its own beside a record of what was built. */
export interface KeptProgram {
  readonly folder: string;
  readonly executable: string;
}

const recordFile = 'record.json';
/** Programs have some seventy megabytes; in the usual small pieces, handing them on takes as long as the digest itself. */
const PIECE_BYTES = 1024 * 1024;

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: PIECE_BYTES }), hash);
  return hash.digest('hex');
}

/** `whole` is what was built, `absent` was never built, `altered` is not what was built. */
export async function inspectKept({ folder, executable }: KeptProgram): Promise<'whole' | 'absent' | 'altered'> {
  const record = await readIfThere(join(folder, recordFile));
  if (record === undefined) return existsSync(folder) ? 'altered' : 'absent';
  try {
    const { sha256 } = JSON.parse(record.toString()) as { sha256?: unknown };
    return sha256 === (await sha256OfFile(executable)) ? 'whole' : 'altered';
  } catch {
    return 'altered';
  }
}

/**
 * Lets `build` fill a folder aside and puts it in place as one, so that a build that is cut short, or another one beside it, leaves no
 * half program.
 *
 * @param name file name of the program in the folder
 * @param build puts the program into the folder that it is given
 */
export async function keepProgram(program: KeptProgram, cacheFolder: string, name: string, build: (folder: string) => Promise<void>): Promise<void> {
  await mkdir(cacheFolder, { recursive: true });
  const aside = await mkdtemp(join(cacheFolder, 'build-'));
  try {
    await build(aside);
    const sha256 = await sha256OfFile(join(aside, name));
    await writeFile(join(aside, recordFile), `${JSON.stringify({ sha256 })}\n`);
    await rm(program.folder, { recursive: true, force: true });
    await rename(aside, program.folder);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
