import type { LatencyOutcome } from './task.js';

/** Percentiles by nearest rank. Raises `RangeError` for none, or for one that is no number. */
export function summariseLatencies(latenciesMs: ArrayLike<number>): Omit<LatencyOutcome, 'generatorCpuShare'> {
  const sorted = Float64Array.from(latenciesMs).sort();
  if (sorted.length === 0 || !Number.isFinite(sorted[sorted.length - 1])) throw new RangeError('latencies are missing');
  return { count: sorted.length, p50Ms: rank(sorted, 0.5), p99Ms: rank(sorted, 0.99), maxMs: sorted[sorted.length - 1] };
}

function rank(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
