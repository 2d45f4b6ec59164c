import { rmSync } from 'node:fs';
import type { DataDir } from './data-dir.js';
import { isAlive } from './dev-lock.js';
import { readTextFile, writePrivateFile } from './private-file.js';

/** A running `arqon dev`: what it prints with --json, and keeps in its data folder for the other commands. */
export interface DevInfo {
  /** Clients connect here, wss. */
  readonly shieldUrl: string;
  /** Services connect here, ws on loopback. */
  readonly spineUrl: string;
  readonly shieldAdminUrl: string;
  readonly spineAdminUrl: string;
  /** Absolute. */
  readonly caFile: string;
  /** Absolute. */
  readonly dataDir: string;
  /** Process to signal. */
  readonly pid: number;
}

export function writeDevFile(dataDir: DataDir, info: DevInfo): void {
  writePrivateFile(dataDir.devFile, `${JSON.stringify(info)}\n`);
}

export function removeDevFile(dataDir: DataDir): void {
  rmSync(dataDir.devFile, { force: true });
}

/** The bus that runs in this folder, or undefined. A file that a killed process left behind counts as none. */
export function readDevFile(dataDir: DataDir): DevInfo | undefined {
  const text = readTextFile(dataDir.devFile);
  if (text === undefined) return undefined;
  try {
    const info: unknown = JSON.parse(text);
    return isDevInfo(info) && isAlive(info.pid) ? info : undefined;
  } catch {
    // Not JSON: nothing that `arqon dev` wrote.
    return undefined;
  }
}

function isDevInfo(value: unknown): value is DevInfo {
  if (typeof value !== 'object' || value === null) return false;
  const info = value as Record<string, unknown>;
  return typeof info['shieldUrl'] === 'string' && typeof info['caFile'] === 'string' && Number.isSafeInteger(info['pid']);
}
