import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where results are kept from run to run, and by what they were found. */
export interface Keeping {
  /** Absolute. */
  readonly folder: string;
  /** Digest of all code that the results follow from: with other code they are found anew. */
  readonly codeDigest: string;
}

/** What an earlier run kept as JSON; undefined when it is missing or cut short, so that everything is done again. */
export function readKept<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** Keeps a value for later runs. Written aside and moved, so that two runs at once leave no half file. */
export function writeKept(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const aside = `${path}.${String(process.pid)}`;
  writeFileSync(aside, JSON.stringify(value));
  renameSync(aside, path);
}
