import type { VerifyResult } from './run-verify.js';
import type { VerifyOptions } from './verify-options.js';

/** What `--json` prints. */
export interface VerifySummary {
  readonly store: string;
  readonly spines: number;
  /** How long things were broken. */
  readonly seconds: number;
  /** Weakest durability that an acknowledgement named. */
  readonly promised: string;
  readonly acked: number;
  /** Events that applications got, over all subscribers. */
  readonly delivered: number;
  /** Acknowledged events that are gone although their durability promised them. */
  readonly lost_acked: number;
  readonly duplicated: number;
  readonly reordered: number;
  /** Processes killed by kill -9. */
  readonly kills: number;
  readonly ok: boolean;
  readonly seed: number;
  /** Acknowledged MEMORY events that went with a killed Spine, which every reader was told of. */
  readonly lost_as_promised: number;
  /** Publishes whose outcome the publisher does not know. */
  readonly unknown: number;
  readonly unknown_by_code: Readonly<Record<string, number>>;
  readonly epochs: number;
  readonly faults: number;
  readonly kills_by_part: Readonly<Record<string, number>>;
  readonly violations: Readonly<Record<string, number>>;
}

/** Sums up a run. */
export function summaryOf({ store, spineCount, seed }: VerifyOptions, { verdict, deaths, faults, seconds }: VerifyResult): VerifySummary {
  const killsByPart: Record<string, number> = {};
  for (const { part } of deaths) killsByPart[part] = (killsByPart[part] ?? 0) + 1;
  return {
    store,
    spines: spineCount,
    seconds: Math.round(seconds * 10) / 10,
    promised: verdict.promised,
    acked: verdict.ackedCount,
    delivered: verdict.deliveredCount,
    lost_acked: verdict.lostAckedCount,
    duplicated: verdict.duplicatedCount,
    reordered: verdict.reorderedCount,
    kills: deaths.length,
    ok: verdict.violations.isEmpty,
    seed,
    lost_as_promised: verdict.lostAsPromisedCount,
    unknown: verdict.unknownCount,
    unknown_by_code: verdict.unknownByCode,
    epochs: verdict.epochCount,
    faults: faults.length,
    kills_by_part: killsByPart,
    violations: verdict.violations.byKind(),
  };
}

/** The summary of a run that could not be finished. */
export function unfinishedSummary({ store, spineCount, seed }: VerifyOptions): VerifySummary {
  return {
    store, spines: spineCount, seconds: 0, promised: 'NONE', acked: 0, delivered: 0, lost_acked: 0, duplicated: 0, reordered: 0, kills: 0, ok: false,
    seed, lost_as_promised: 0, unknown: 0, unknown_by_code: {}, epochs: 0, faults: 0, kills_by_part: {}, violations: { not_finished: 1 },
  };
}

/** The outcome for people: counts, and the first violations. */
export function reportOf(summary: VerifySummary, { verdict, faults }: VerifyResult): string {
  const { acked, unknown, delivered, promised, kills, epochs } = summary;
  const counts = `${String(acked)} acknowledged (${promised}), ${String(unknown)} unknown, ${String(delivered)} delivered, ${String(kills)} kills among ${String(faults.length)} faults, `
    + `${String(epochs)} epochs, ${String(summary.lost_as_promised)} lost as MEMORY says`;
  const limits = Object.keys(summary.violations).length === 0 ? '' : `; known limits that showed: ${JSON.stringify(summary.violations)}`;
  if (summary.ok) return `verify: everything held: ${counts}${limits}`;
  const { first } = verdict.violations;
  return [
    `verify: VIOLATIONS ${JSON.stringify(summary.violations)}: ${counts}`,
    'The first of each kind:',
    ...[...first].sort((a, b) => a.kind.localeCompare(b.kind)).map(({ kind, text }) => `  ${kind}: ${text}`),
    'What was broken when:',
    ...faults.map(({ atMs, text }) => `  ${String(atMs).padStart(7)} ms  ${text}`),
    `Run it again with --seed ${String(summary.seed)}`,
  ].join('\n');
}
