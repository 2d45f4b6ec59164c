import { statSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { readIfThere } from './read-if-there.js';

const pollMs = 200;

export interface LockOptions {
  /** After this age a lock is taken for left behind. */
  readonly staleMs: number;
  /** Told once when another process holds the lock. */
  readonly onWait: () => void;
}

async function tryLock(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether the holder is gone: its process ended, or the lock is older than any holder may take. */
async function isLeftBehind(path: string, staleMs: number): Promise<boolean> {
  const text = (await readIfThere(path))?.toString() ?? '';
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined) return false;
  if (Date.now() - info.mtimeMs > staleMs) return true;
  const pid = Number(text);
  return text !== '' && Number.isInteger(pid) && !isAlive(pid);
}

/** Runs `work` while no other process of this machine runs it under the same path. */
export async function withLock<T>(path: string, { staleMs, onWait }: LockOptions, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  let waited = false;
  while (!(await tryLock(path))) {
    if (!waited) onWait();
    waited = true;
    if (await isLeftBehind(path, staleMs)) await rm(path, { force: true });
    else await delay(pollMs);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}
