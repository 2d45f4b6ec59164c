import { createHash } from 'node:crypto';

import type { Judgement } from './engine/engine.js';
import { severities, type RuleEntry } from './rules/rule-entry.js';

/** A judgement together with what its rule says. */
export interface Finding extends Judgement {
  readonly severity: RuleEntry['severity'];
  readonly category: string;
  readonly title: string;
  readonly fix: string;
  /** Document that explains the rule. */
  readonly docs: string;
  /** Stays the same when lines move: of rule, project, file and subject. */
  readonly fingerprint: string;
  /** Why it does not count; absent when it counts. */
  readonly exemption?: { readonly reason: string; readonly owner: string; readonly expires: string };
}

/** What one run found. */
export interface Report {
  readonly schema: 1;
  readonly engine: string;
  readonly now: string;
  /** What was compared with: a commit, or `committed` for the baselines in `policies/data`. */
  readonly base: string;
  /** Ids of the rules that ran. */
  readonly rules: readonly string[];
  readonly factCount: number;
  readonly projects: readonly string[];
  /** Worst first, then by rule and place. */
  readonly findings: readonly Finding[];
  /** Exemptions that match nothing. */
  readonly unusedExemptions: readonly string[];
  readonly durationMs: number;
}

/** Findings that fail the check. */
export function denials(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ level, exemption }) => level === 'deny' && exemption === undefined);
}

/** Findings that advise. */
export function warnings(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ level, exemption }) => level === 'warn' && exemption === undefined);
}

/** Puts a rule's words beside its judgement. */
export function toFinding(judgement: Judgement, rule: RuleEntry): Finding {
  const { project, file, subject } = judgement;
  return {
    ...judgement,
    severity: rule.severity,
    category: rule.category,
    title: rule.title,
    fix: rule.fix,
    docs: `policies/${rule.id.replace('.', '/')}/rule.md`,
    fingerprint: createHash('sha256').update([rule.id, project, file, subject].join('\0')).digest('hex').slice(0, 16),
  };
}

function rank(finding: Finding): string {
  const level = finding.exemption !== undefined ? 2 : finding.level === 'deny' ? 0 : 1;
  return `${String(level)}${String(severities.indexOf(finding.severity))}${finding.rule}\0${finding.file}\0${String(finding.line).padStart(9, '0')}\0${finding.message}`;
}

/** Worst first; the same findings are always in the same order. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => [rank(finding), finding] as const).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, finding]) => finding);
}
