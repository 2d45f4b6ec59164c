export { runDemo, type DemoOptions } from './run-demo.js';
export type { DemoSummary } from './transcript.js';
