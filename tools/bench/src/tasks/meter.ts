import { readCpuSeconds } from '../generator/process-usage.js';

export interface Metered {
  readonly elapsedMs: number;
  /** CPU of this process as part of one core. */
  readonly generatorCpuShare: number;
  /** CPU of the servers together as part of one core; `null` outside Linux. */
  readonly serverCpuShare: number | null;
  readonly serverCpuSeconds: number | null;
}

/** Time and CPU from now on, of this process and of the servers. */
export function startMeter(serverPids: readonly number[]): () => Metered {
  const startedMs = performance.now();
  const own = process.cpuUsage();
  const servers = cpuSecondsOf(serverPids);
  return () => {
    const elapsedMs = performance.now() - startedMs;
    const used = process.cpuUsage(own);
    const now = cpuSecondsOf(serverPids);
    const serverCpuSeconds = now === null || servers === null ? null : now - servers;
    return {
      elapsedMs,
      generatorCpuShare: (used.user + used.system) / 1_000 / elapsedMs,
      serverCpuShare: serverCpuSeconds === null ? null : (serverCpuSeconds * 1_000) / elapsedMs,
      serverCpuSeconds,
    };
  };
}

function cpuSecondsOf(pids: readonly number[]): number | null {
  let sum = 0;
  for (const pid of pids) {
    const seconds = readCpuSeconds(pid);
    if (seconds === undefined) return null;
    sum += seconds;
  }
  return sum;
}

/** CPU seconds per million of what was counted. */
export function perMillion(seconds: number | null, count: number): number | null {
  return seconds === null || count === 0 ? null : seconds / (count / 1e6);
}
