import { randomUUID } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';

/** Holds a file for one writer. */
export interface AuditFileLock {
  release(): Promise<void>;
}

interface LockOwner {
  readonly pid: number;
  /** Start of that process, to tell it from a later one of the same number (containers reuse 1). */
  readonly started: string;
  readonly nonce: string;
}

function hasErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Start time of a process in clock ticks since boot, with the boot's id; empty where /proc is absent (proc(5), field 22). */
async function startOf(pid: number): Promise<string> {
  try {
    const [stat, boot] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile('/proc/sys/kernel/random/boot_id', 'utf8')]);
    // The second field may hold blanks and brackets, so fields are counted after its closing bracket.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return `${boot.trim()}/${ticks}`;
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasErrorCode(error, 'EPERM');
  }
}

function parseOwner(text: string): LockOwner | undefined {
  const [pid = '', started = '', nonce = ''] = text.trimEnd().split(' ');
  return /^[1-9][0-9]{0,9}$/.test(pid) && nonce !== '' ? { pid: Number(pid), started, nonce } : undefined;
}

async function isStale(owner: LockOwner): Promise<boolean> {
  if (!isAlive(owner.pid)) return true;
  const started = await startOf(owner.pid);
  return started !== '' && owner.started !== '-' && started !== owner.started;
}

/** Takes a stale lock out of the way; puts it back when it turns out to be another than the one examined. */
async function removeStale(path: string, examined: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== examined) await link(aside, path);
  await unlink(aside);
}

async function tryCreate(path: string, content: string): Promise<boolean> {
  // Written aside and linked, so that nobody ever reads a lock without content.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}

async function readLock(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Takes the lock file at the path for this process. A lock whose process is gone, or whose number belongs to
 * a later process, is stale and replaced; a lock that cannot be read as one is not.
 * @throws Error when another writer holds it, also one in this process.
 */
export async function acquireAuditFileLock(path: string): Promise<AuditFileLock> {
  const started = await startOf(process.pid);
  const content = `${process.pid} ${started === '' ? '-' : started} ${randomUUID()}\n`;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await tryCreate(path, content)) {
      return {
        release: async () => {
          if ((await readLock(path)) === content) await unlink(path);
        },
      };
    }
    const held = await readLock(path);
    if (held === undefined) continue;
    const owner = parseOwner(held);
    if (owner === undefined) throw new Error(`The lock file ${path} is not readable as one; remove it when no process writes the audit log.`);
    if (!(await isStale(owner))) throw new Error(`The audit log is held by process ${owner.pid} (${path}).`);
    await removeStale(path, held);
  }
  throw new Error(`The lock file ${path} could not be taken.`);
}
