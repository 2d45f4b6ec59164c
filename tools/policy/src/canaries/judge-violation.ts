import { denials, type Finding } from '../finding.js';
import type { RunnerResult } from './run-runner.js';
import { noVerdict, touchedPaths, type Violation } from './violation.js';

/** What became of one violation. */
export interface Outcome {
  readonly name: string;
  readonly rule: string;
  readonly did: string;
  readonly isCaught: boolean;
  /** Place and words of the finding that caught it; else what came instead. */
  readonly found: string;
  /** Other rules that deny something too; of several violations judged together, in the files of this one. */
  readonly alsoDeniedBy: readonly string[];
  /** Time of the run in which it was judged. */
  readonly durationMs: number;
}

function catches({ rule, edits, at, says = '' }: Violation, finding: Finding): boolean {
  const places = at === undefined ? touchedPaths(edits) : [at];
  return finding.rule === rule && places.includes(finding.file) && finding.message.includes(says);
}

function describe({ rule, file, line, message }: Finding): string {
  return `${file}:${String(line)} ${message}${message.startsWith('cannot judge') ? ` (${rule})` : ''}`;
}

/** Whether the rule that must find the violation found it, at its place. `isOnly` says that nothing else was wrong in the run. */
export function judgeViolation(violation: Violation, { exitCode, report, stderr, durationMs }: RunnerResult, { isOnly }: { readonly isOnly: boolean }): Outcome {
  const { name, rule, did, says = '' } = violation;
  const base = { name, rule, did, durationMs };
  if (report === undefined) {
    const isCaught = rule === noVerdict && exitCode === 3 && stderr.includes(says);
    return { ...base, isCaught, found: stderr.trim().split('\n')[0] ?? '', alsoDeniedBy: [] };
  }
  const denied = denials(report.findings);
  const touched = touchedPaths(violation.edits);
  const others = denied.filter((finding) => finding.rule !== rule && (isOnly || touched.includes(finding.file)));
  const found = denied.find((finding) => catches(violation, finding));
  const instead = denied.find((finding) => finding.rule === rule);
  const missed = instead === undefined ? `${rule} denies nothing` : `${rule} denies only: ${describe(instead)}`;
  return { ...base, isCaught: found !== undefined, found: found === undefined ? missed : describe(found), alsoDeniedBy: [...new Set(others.map((finding) => finding.rule))].sort() };
}
