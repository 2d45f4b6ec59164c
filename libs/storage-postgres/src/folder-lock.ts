import { readFile, rm, writeFile } from 'node:fs/promises';

/**
 * Keeps two processes from having one folder open, which would ruin it: a file beside the folder with the id of its process. What a killed process left
 * there does not count. Raises Error when another process has it. Gives back what frees it.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = `${folder.replace(/\/+$/, '')}.lock`;
  if (!(await wasWritten(file))) {
    const holder = Number(await readFile(file, 'utf8').catch(gone));
    if (holder !== process.pid && isRunning(holder)) throw new Error(`the database in ${folder} is in use by process ${String(holder)}`);
    await rm(file, { force: true });
    if (!(await wasWritten(file))) throw new Error(`the database in ${folder} is being opened by another process`);
  }
  return () => rm(file, { force: true });
}

async function wasWritten(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** It was freed between two looks. */
function gone(): string {
  return '';
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
