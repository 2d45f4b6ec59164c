import type { Category, Confidence } from '../detectors/detector.js';

/** Where in a message something was found; never what. */
export interface Finding {
  /** Stable id of the detector or rule. */
  readonly detector: string;
  readonly category: Category;
  readonly confidence: Confidence;
  /** `payload`, or the index of a header. */
  readonly part: 'payload' | number;
  /** Half-open, in bytes of the part; for decoded text the outer encoded range. */
  readonly start: number;
  readonly end: number;
}

const ranks: Record<Confidence, number> = { probable: 1, specific: 2, certain: 3 };

/** In order of place; where findings overlap, the surer one stays, of equally sure ones the longer. */
export function withoutOverlaps(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length < 2) return findings;
  const bySureness = [...findings].sort((a, b) => ranks[b.confidence] - ranks[a.confidence] || (b.end - b.start) - (a.end - a.start) || a.start - b.start || compareText(a.detector, b.detector));
  const kept: Finding[] = [];
  for (const finding of bySureness) {
    if (!kept.some((other) => other.part === finding.part && other.start < finding.end && finding.start < other.end)) kept.push(finding);
  }
  return kept.sort((a, b) => comparePart(a.part, b.part) || a.start - b.start);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function comparePart(a: Finding['part'], b: Finding['part']): number {
  if (a === b) return 0;
  if (a === 'payload') return -1;
  return b === 'payload' ? 1 : a - b;
}
