import type { ProjectorVerifyOptions } from './projector-options.js';
import type { ProjectorVerifyResult } from './run-projector-verify.js';

/** What `--json` prints. */
export interface ProjectorSummary {
  /** Published and acknowledged. */
  readonly events: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly stale_applied: number;
  readonly poison: number;
  readonly poison_in_dlq: number;
  readonly rows_equal: boolean;
  /** Of projectors, by kill -9. */
  readonly kills: number;
  readonly ok: boolean;
  readonly seed: number;
  readonly postgres_kills: number;
  readonly rows: number;
  readonly seconds: number;
  readonly violations: Readonly<Record<string, number>>;
}

/** Sums up a run. It is ok only if nothing was violated and every kill that was asked for was done. */
export function projectorSummary({ eventsCount, killsCount, seed }: ProjectorVerifyOptions, { verdict, kills, publishedCount, seconds }: ProjectorVerifyResult): ProjectorSummary {
  const { lostCount, duplicatedCount, staleAppliedCount, poisonCount, poisonInDlqCount, isRowsEqual, rowsCount, violations } = verdict;
  const projectorKills = kills.filter(({ victim }) => victim === 'projector').length;
  return {
    events: publishedCount,
    lost: lostCount,
    duplicated: duplicatedCount,
    stale_applied: staleAppliedCount,
    poison: poisonCount,
    poison_in_dlq: poisonInDlqCount,
    rows_equal: isRowsEqual,
    kills: projectorKills,
    ok: violations.isEmpty && isRowsEqual && poisonInDlqCount === poisonCount && publishedCount === eventsCount && projectorKills === killsCount,
    seed,
    postgres_kills: kills.length - projectorKills,
    rows: rowsCount,
    seconds: Math.round(seconds * 10) / 10,
    violations: violations.byKind(),
  };
}

/** The summary of a run that could not be finished. */
export function unfinishedProjectorSummary({ seed }: ProjectorVerifyOptions): ProjectorSummary {
  return {
    events: 0, lost: 0, duplicated: 0, stale_applied: 0, poison: 0, poison_in_dlq: 0, rows_equal: false, kills: 0, ok: false,
    seed, postgres_kills: 0, rows: 0, seconds: 0, violations: { not_finished: 1 },
  };
}

/** The outcome for people: counts, and the first violations. */
export function projectorReport(summary: ProjectorSummary, { verdict, kills }: ProjectorVerifyResult): string {
  const { events, poison, poison_in_dlq: inDlq, rows, kills: projectorKills, postgres_kills: postgresKills, seconds } = summary;
  const counts = `${String(events)} events into ${String(rows)} rows, ${String(inDlq)} of ${String(poison)} poisoned in the dead-letter topic, `
    + `${String(projectorKills)} kills of a projector and ${String(postgresKills)} of PostgreSQL, ${String(seconds)} s`;
  if (summary.ok) return `verify: everything held: ${counts}`;
  return [
    `verify: VIOLATIONS ${JSON.stringify(summary.violations)}: ${counts}`,
    'The first of each kind:',
    ...[...verdict.violations.first].sort((a, b) => a.kind.localeCompare(b.kind)).map(({ kind, text }) => `  ${kind}: ${text}`),
    'What was killed, in this order:',
    ...kills.map(({ text }) => `  ${text}`),
    `Run it again with --seed ${String(summary.seed)}`,
  ].join('\n');
}
