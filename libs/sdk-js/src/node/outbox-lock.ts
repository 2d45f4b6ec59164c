import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { ArqonError } from '@arqonbus/errors';

const attempts = 5;

/** Holds a file for one process. */
export interface OutboxLock {
  release(): Promise<void>;
}

/**
 * Takes the lock file at the path. A lock whose process is gone, or whose number a later process has, is replaced. Rejects with ArqonError
 * STORE_UNAVAILABLE while a live process holds it, this one included, and where it is no lock file.
 */
export async function lockOutbox(path: string): Promise<OutboxLock> {
  const mine = `${String(process.pid)} ${await startOf(process.pid)} ${randomUUID()}\n`;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (await tryCreate(path, mine)) {
      return {
        release: async () => {
          if ((await readLock(path)) === mine) await rm(path, { force: true });
        },
      };
    }
    const found = await readLock(path);
    if (found === undefined) continue;
    await requireStale(path, found);
    await moveAway(path, found);
  }
  throw new ArqonError('STORE_UNAVAILABLE', { message: `The lock file ${path} could not be taken.` });
}

/** Written aside and linked, so that nobody ever reads a lock without content. */
async function tryCreate(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function requireStale(path: string, lock: string): Promise<void> {
  const [pidText = '', started = '', nonce = ''] = lock.trimEnd().split(' ');
  if (!/^[1-9][0-9]{0,9}$/.test(pidText) || nonce === '') {
    throw new ArqonError('STORE_UNAVAILABLE', { message: `${path} is no lock file; remove it when no process uses the outbox.` });
  }
  const pid = Number(pidText);
  if (!isAlive(pid)) return;
  const now = await startOf(pid);
  if (now === '-' || started === '-' || now === started) {
    throw new ArqonError('STORE_UNAVAILABLE', { message: `The outbox is held by process ${pidText} (${path}).` });
  }
}

/** Takes a stale lock out of the way, and puts it back when it turns out to be another than the one examined. */
async function moveAway(path: string, examined: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) !== examined) await link(aside, path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') && !hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function readLock(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** When a process began, which tells it from a later one of its number (containers reuse 1); `-` where the system does not say (proc(5), field 22). */
async function startOf(pid: number): Promise<string> {
  try {
    const [stat, boot] = await Promise.all([readFile(`/proc/${String(pid)}/stat`, 'utf8'), readFile('/proc/sys/kernel/random/boot_id', 'utf8')]);
    // The second field may hold blanks and brackets, so fields are counted after its closing bracket.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? '-' : `${boot.trim()}/${ticks}`;
  } catch {
    // No /proc on this system, or the process has just ended.
    return '-';
  }
}

/** True for an error of the system with the code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
