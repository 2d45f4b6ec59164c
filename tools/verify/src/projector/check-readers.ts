import type { ProjectionReport } from './projection-violation.js';
import { keyText } from './episode-fact.js';
import { isVisible, visibleSummary, type EpisodeModel } from './episode-model.js';
import { poisonCanary } from './poison.js';
import type { RecordedProjection } from './recorded-projection.js';

/** Each tenant's role sees the episodes of its tenant and no other's; logs hold no content, and metrics no tenant. */
export function checkReaders({ readers, deadLetters, logs, metrics }: RecordedProjection, model: EpisodeModel, report: ProjectionReport): void {
  const rows = [...model.allRows.values()];
  for (const { tenant, summaries, tenantsInTable } of readers) {
    const own = new Map(rows.filter((row) => row.tenant === tenant && isVisible(row)).map((row) => [keyText(row), visibleSummary(row)]));
    for (const [key, summary] of summaries) {
      if (!own.has(key)) report('reader_sees_other', `the role of ${tenant} sees ${key}`);
      else if (own.get(key) !== summary) report('row_differs', `the role of ${tenant} sees another summary of ${key}`);
    }
    for (const key of own.keys()) if (!summaries.has(key)) report('reader_misses', `the role of ${tenant} does not see ${key}`);
    for (const other of tenantsInTable) if (other !== tenant) report('reader_sees_other', `the role of ${tenant} sees rows of ${other}`);
  }
  if (logs.includes(poisonCanary)) report('content_told', 'a log holds content of a poisoned event');
  const telling = deadLetters.find(({ reason }) => reason.includes(poisonCanary));
  if (telling !== undefined) report('content_told', `the reason of the dead letter ${telling.id} holds content`);
  for (const tenant of new Set(rows.map((row) => row.tenant))) if (metrics.includes(tenant)) report('tenant_in_metrics', `the metrics of a projector name ${tenant}`);
}
