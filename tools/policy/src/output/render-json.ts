import type { Report } from '../finding.js';

/** The whole report; its `schema` is raised when a field changes its meaning. */
export function renderJson(report: Report): string {
  return JSON.stringify(report, null, 2);
}
