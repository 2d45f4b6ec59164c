import { readFileSync, writeFileSync } from 'node:fs';

/** Ticks per second of /proc/PID/stat: USER_HZ, 100 on every architecture Node runs on. */
const ticksPerSecond = 100;

/** CPU seconds (user and system, all threads) that a process has used; `undefined` outside Linux. */
export function readCpuSeconds(pid: number): number | undefined {
  const stat = readProcFile(pid, 'stat');
  if (stat === undefined) return undefined;
  // The program's name, in parentheses, may hold spaces: fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Largest resident memory in bytes since the start or the last reset; `undefined` outside Linux. */
export function readPeakRssBytes(pid: number): number | undefined {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(readProcFile(pid, 'status') ?? '');
  return match === null ? undefined : Number(match[1]) * 1_024;
}

/** Milliseconds that a process's main thread ran and waited for a core, by the scheduler's clock; `undefined` where the kernel does not tell. */
export function readScheduledMs(pid: number): { readonly runMs: number; readonly waitMs: number } | undefined {
  const [run, wait] = (readProcFile(pid, 'schedstat') ?? '').split(' ').map(Number);
  return run > 0 ? { runMs: run / 1e6, waitMs: wait / 1e6 } : undefined;
}

/** Resident memory in bytes now; `undefined` outside Linux. */
export function readRssBytes(pid: number): number | undefined {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readProcFile(pid, 'status') ?? '');
  return match === null ? undefined : Number(match[1]) * 1_024;
}

/** Starts the peak anew; `false` where the kernel does not allow it and the old peak stays. */
export function resetPeakRss(pid: number): boolean {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    return true;
  } catch {
    return false;
  }
}

function readProcFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}
