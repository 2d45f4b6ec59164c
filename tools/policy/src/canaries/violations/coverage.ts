import { remove, replace, type Violation } from '../violation.js';

/** What the tests of a library leave; in the copy it has the figures of the baseline. */
const summaryOf = (library: string): string => `libs/${library}/coverage/coverage-summary.json`;

export const coverageViolations: readonly Violation[] = [
  {
    name: 'coverage-dropped',
    rule: 'coverage.coverage_regression',
    did: 'Removed tests, so that less of a library is executed than before.',
    edits: [replace(summaryOf('errors'), '"pct":100', '"pct":91')],
    at: 'libs/errors/package.json',
    command: 'coverage',
  },
  {
    name: 'coverage-not-measured',
    rule: 'coverage.coverage_present',
    did: 'Let the tests of a library leave no coverage.',
    edits: [remove(summaryOf('link'))],
    at: 'libs/link/package.json',
    command: 'coverage',
  },
];
