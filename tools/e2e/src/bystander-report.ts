/**
 * One delivery: when it was due to be sent (milliseconds since 1970), how long after that the other side had it, and how much of that
 * passed before the sending process ran at all, which no server can help.
 */
export type LatencySample = readonly [dueMs: number, latencyMs: number, latenessMs: number];

/** What the bystander process tells while it runs. */
export interface BystanderProgress {
  readonly type: 'progress';
  readonly samples: readonly LatencySample[];
}

/** What it tells at its end. */
export interface BystanderOutcome {
  readonly type: 'outcome';
  readonly publishedCount: number;
  readonly acknowledgedCount: number;
  readonly deliveredCount: number;
  readonly lostCount: number;
  readonly doubledCount: number;
  /** Deliveries that came after one with a higher number. */
  readonly disorderedCount: number;
  /** Refusals of publishes and losses that the SDK told of. */
  readonly complaints: readonly string[];
}

export type BystanderReport = BystanderProgress | BystanderOutcome;

/** The value that this share of the samples does not exceed; NaN without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
