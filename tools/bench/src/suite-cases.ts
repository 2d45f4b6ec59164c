import { fanoutCaseIds } from './fanout-cases.js';

/** Rows of each suite, in the order of the report. */
export const caseIdsBySuite = {
  fanout: fanoutCaseIds,
  durable: ['P9a', 'P9a-single', 'P9b', 'P9b-single'],
  replay: ['R1', 'R1-single', 'R2', 'R2-single'],
  resume: ['R3'],
  memory: ['R4-memory', 'R4-redis', 'R5'],
  casil: ['E13-recall', 'E13-marked', 'E13-false', 'E20-leaks', 'P10a', 'P10a-time', 'P10b', 'P10c', 'E12-hostile', 'E12-heap'],
  projector: ['P11', 'P11-floor', 'P11-lag', 'P11-outage'],
} as const;

export type SuiteName = keyof typeof caseIdsBySuite;
export const suiteNames: readonly SuiteName[] = ['fanout', 'durable', 'replay', 'resume', 'memory', 'casil', 'projector'];

/** What a measured suite is asked for. */
export interface MeasuredSuiteOptions {
  readonly isQuick: boolean;
  readonly caseIds: readonly string[];
  readonly side: 'both' | 'ours' | 'peer';
  readonly onProgress: (line: string) => void;
}
