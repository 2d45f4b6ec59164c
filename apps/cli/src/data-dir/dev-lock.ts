import { randomUUID } from 'node:crypto';
import { linkSync, renameSync, rmSync } from 'node:fs';
import { CliError } from '../cli-error.js';
import type { DataDir } from './data-dir.js';
import { createPrivateFile, isErrno, readTextFile } from './private-file.js';

const attempts = 5;

/** Takes the data folder for this process; the returned function gives it back. Raises CliError ALREADY_RUNNING while another live process holds it. */
export function lockForDev(dataDir: DataDir): () => void {
  const path = dataDir.lockFile;
  const mine = `${process.pid} ${startOf(process.pid)} ${randomUUID()}\n`;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (createPrivateFile(path, mine)) return () => release(path, mine);
    const found = readTextFile(path);
    if (found === undefined) continue;
    const pid = livePidOf(found);
    if (pid !== undefined) throw alreadyRunning(dataDir, `process ${pid}`);
    removeStale(path, found);
  }
  throw alreadyRunning(dataDir, 'another process');
}

/** True while the process whose id this is runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isErrno(error, 'EPERM');
  }
}

function alreadyRunning(dataDir: DataDir, holder: string): CliError {
  return new CliError('failure', 'ALREADY_RUNNING', `\`arqon dev\` runs already in ${dataDir.path} (${holder})`, {
    next: 'Stop it first, or run this one in a folder of its own: --data-dir FOLDER --port 0',
  });
}

function livePidOf(text: string): number | undefined {
  const [pidText = '', started = ''] = text.trimEnd().split(' ');
  if (!/^[1-9]\d{0,9}$/.test(pidText)) return undefined;
  const pid = Number(pidText);
  if (!isAlive(pid)) return undefined;
  const now = startOf(pid);
  return now === '-' || started === '-' || now === started ? pid : undefined;
}

/** When a process began, so that a later one of the same number is told from it; `-` where the system does not say (proc(5), field 22). */
function startOf(pid: number): string {
  try {
    const stat = readTextFile(`/proc/${pid}/stat`) ?? '';
    const boot = readTextFile('/proc/sys/kernel/random/boot_id') ?? '';
    // The second field may hold blanks and brackets: fields are counted after its closing bracket.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? '-' : `${boot.trim()}/${ticks}`;
  } catch {
    // No /proc, or not for us to read.
    return '-';
  }
}

/** Moves the lock aside, and back when it turns out to be a newer one than the one examined. */
function removeStale(path: string, examined: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    if (readTextFile(aside) !== examined) linkSync(aside, path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT') && !isErrno(error, 'EEXIST')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function release(path: string, mine: string): void {
  if (readTextFile(path) === mine) rmSync(path, { force: true });
}
