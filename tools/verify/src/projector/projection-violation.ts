import type { Report } from '../violation.js';

/** What can be wrong with a projection. */
export type ProjectionViolation =
  | 'nothing_published' | 'event_lost' | 'row_missing' | 'row_lost_event' | 'row_differs' | 'row_doubled' | 'row_phantom' | 'mark_doubled' | 'mark_phantom'
  | 'event_applied_twice' | 'stale_applied' | 'dead_letter_missing' | 'dead_letter_doubled' | 'dead_letter_differs' | 'dead_letter_phantom' | 'dead_letter_unannounced'
  | 'announced_phantom' | 'reader_sees_other' | 'reader_misses' | 'content_told' | 'tenant_in_metrics' | 'failed';

export type ProjectionReport = Report<ProjectionViolation>;
