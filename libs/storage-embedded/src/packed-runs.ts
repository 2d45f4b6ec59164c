import type { CommittedRun, RunRecord } from '@arqonbus/storage';

/** Runs as they travel between the threads: three objects however many runs there are. */
export interface PackedRuns {
  /** Owner of each run's producer; null for a run without. */
  readonly owners: readonly (string | null)[];
  /** `numbersPerRun` per run, in the order of `PackedNumber`. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** All bodies, contiguous. */
  readonly bodies: Uint8Array<ArrayBuffer>;
}

/** Place of each number within a run's part of `numbers`. */
export const PackedNumber = { count: 0, hi: 1, lo: 2, run: 3, bytes: 4, sequence: 5, timeUs: 6 } as const;
export const numbersPerRun = 7;

/** Copies the bodies: nothing of the caller's memory is kept. */
export function packRuns(runs: readonly (RunRecord | CommittedRun)[]): PackedRuns {
  const owners: (string | null)[] = [];
  const numbers = new Float64Array(runs.length * numbersPerRun);
  const bodies = new Uint8Array(runs.reduce((sum, run) => sum + run.body.length, 0));
  let at = 0;
  for (const [index, run] of runs.entries()) {
    const { producer, count, body } = run;
    owners.push(producer?.owner ?? null);
    const committed = 'sequence' in run ? [run.sequence, run.timeUs] : [0, 0];
    numbers.set([count, producer?.hi ?? 0, producer?.lo ?? 0, producer?.run ?? 0, body.length, ...committed], index * numbersPerRun);
    bodies.set(body, at);
    at += body.length;
  }
  return { owners, numbers, bodies };
}

/** The bodies are views into one buffer. Numbers of a topic are dense here, so `prev` follows from the sequence. */
export function unpackRuns({ owners, numbers, bodies }: PackedRuns): CommittedRun[] {
  let at = 0;
  return owners.map((owner, index) => {
    const [count, hi, lo, run, bytes, sequence, timeUs] = numbers.subarray(index * numbersPerRun, (index + 1) * numbersPerRun);
    at += bytes;
    return {
      producer: owner === null ? undefined : { owner, hi, lo, run }, count, sequence, prev: sequence - 1, timeUs, body: bodies.subarray(at - bytes, at),
    };
  });
}
