export { findImportCycles } from './import-cycles.js';
export { findGeneratedDrift } from './generated-drift.js';
export { planChecks, parseCheckMode } from './check-plan.js';
export { ensureSystemTools } from './system-tools.js';
export { sumTestReports, explainBadTotals } from './test-report.js';
