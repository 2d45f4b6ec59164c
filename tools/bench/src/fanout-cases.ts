/** Ids of the suite, in the order of the report. */
export const fanoutCaseIds = ['P1a', 'P1b', 'P2a', 'P2b', 'P3', 'P4a', 'P4b', 'P4c'] as const;
export type FanoutCaseId = (typeof fanoutCaseIds)[number];

export interface FanoutCase {
  readonly id: FanoutCaseId;
  readonly subscriberCount: number;
  /** Messages per WebSocket message of the publisher. */
  readonly runLength: number;
  /** Messages that may be on their way; small enough for the outbound limits of both servers. */
  readonly windowMessageCount: number;
  /** Ratio that the project wants to reach. */
  readonly goal: number;
}

/** Ordered so that a peak of memory does not hide behind that of an earlier case: most subscribers last. */
export const fanoutCases: readonly FanoutCase[] = [
  { id: 'P1a', subscriberCount: 1, runLength: 64, windowMessageCount: 8_192, goal: 1.8 },
  { id: 'P1b', subscriberCount: 1, runLength: 256, windowMessageCount: 8_192, goal: 3 },
  { id: 'P4a', subscriberCount: 1, runLength: 1, windowMessageCount: 8_192, goal: 0.6 },
  { id: 'P4b', subscriberCount: 10, runLength: 1, windowMessageCount: 8_192, goal: 1.2 },
  { id: 'P2a', subscriberCount: 100, runLength: 64, windowMessageCount: 8_192, goal: 2 },
  { id: 'P2b', subscriberCount: 100, runLength: 256, windowMessageCount: 8_192, goal: 3 },
  { id: 'P4c', subscriberCount: 100, runLength: 1, windowMessageCount: 8_192, goal: 2.5 },
  { id: 'P3', subscriberCount: 1_000, runLength: 64, windowMessageCount: 2_048, goal: 5 },
];

/** Messages that the publisher writes at once; every run length divides it, and it divides every window. */
export const chunkMessageCount = 512;

/** What a case does, for people. */
export function describeCase({ subscriberCount, runLength }: Pick<FanoutCase, 'subscriberCount' | 'runLength'>): string {
  const runs = runLength === 1 ? 'one WebSocket frame per message' : `runs of ${runLength}`;
  return `1 → ${subscriberCount}, 128 B, ${runs}`;
}
