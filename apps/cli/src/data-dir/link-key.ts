import { randomBytes } from 'node:crypto';
import type { DataDir } from './data-dir.js';
import { createPrivateFile, readTextFile, writePrivateFile } from './private-file.js';

const keyBytes = 32;

/** The credential between Shield and Spine, made on first use. */
export function ensureLinkKey(dataDir: DataDir): string {
  createPrivateFile(dataDir.linkKeyFile, `${newKey()}\n`);
  const key = readTextFile(dataDir.linkKeyFile)?.trim() ?? '';
  if (/^[0-9a-f]{64}$/.test(key)) return key;
  const fresh = newKey();
  writePrivateFile(dataDir.linkKeyFile, `${fresh}\n`);
  return fresh;
}

function newKey(): string {
  return randomBytes(keyBytes).toString('hex');
}
