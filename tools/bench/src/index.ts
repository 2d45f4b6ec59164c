export type { BenchResult } from './bench-result.js';
export { runFanoutSuite, type SuiteOptions, type SuiteReport } from './run-fanout-suite.js';
