import type { ErrorCode } from '@arqonbus/errors';
import type { RiskLevel } from './casil-config.js';
import type { Category } from './detectors/detector.js';
import type { Finding } from './scan/finding.js';

/** What becomes of a message (E3). */
export type Decision = 'allow' | 'allow_with_redaction' | 'block';

/** The worst that was found; `plain` when nothing was. */
export type Kind = 'plain' | 'oversize' | Category;

/** A range that redaction replaces. */
export interface Span {
  readonly part: Finding['part'];
  /** Half-open, in bytes of the part. */
  readonly start: number;
  readonly end: number;
  /** Stands in the marker: the detector's id, or `field`. */
  readonly label: string;
}

/** What a message holds, before anything is decided (E5). */
export interface Classification {
  readonly kind: Kind;
  readonly riskLevel: RiskLevel;
  /** Without overlaps, in order of place. */
  readonly findings: readonly Finding[];
  /** Everything found, overlaps included: what redaction must cover. */
  readonly allFindings: readonly Finding[];
  /** Ranges of fields that the configuration redacts whatever they hold. */
  readonly fieldSpans: readonly Span[];
  /** Larger than what is inspected. */
  readonly isOversize: boolean;
  /** Whether all of it was looked at; never called clean otherwise. */
  readonly isComplete: boolean;
}

/** The result of inspecting one message: exactly one decision, deterministic (E3, E4). Never holds content. */
export interface Inspection {
  readonly decision: Decision;
  /** What `enforce` would do; differs from `decision` in monitor mode only. */
  readonly intended: Decision;
  readonly kind: Kind;
  readonly riskLevel: RiskLevel;
  /** Sorted, unique: categories, `oversize`, `not_fully_inspected`, flags of policies. */
  readonly flags: readonly string[];
  /** Code of the error table, empty when there is nothing to say. */
  readonly reasonCode: ErrorCode | '';
  /** What redaction replaces, whatever the decision. */
  readonly spans: readonly Span[];
  readonly findings: readonly Finding[];
  /** Name of the policy that decided, `default` or empty. */
  readonly policy: string;
  /** Whether the inspection itself failed and `default_decision` decided (E6). */
  readonly hasFailed: boolean;
}

/** Nothing found; shared by all clean messages. */
export const cleanClassification: Classification = Object.freeze({
  kind: 'plain', riskLevel: 'none', findings: Object.freeze([]), allFindings: Object.freeze([]), fieldSpans: Object.freeze([]), isOversize: false, isComplete: true,
});

/** The inspection of a message with nothing found; shared. */
export const cleanInspection: Inspection = Object.freeze({
  decision: 'allow', intended: 'allow', kind: 'plain', riskLevel: 'none', flags: Object.freeze([]), reasonCode: '', spans: Object.freeze([]),
  findings: Object.freeze([]), policy: '', hasFailed: false,
});
