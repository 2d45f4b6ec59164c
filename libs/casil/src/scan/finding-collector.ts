import type { Category, Confidence, FindingSink } from '../detectors/detector.js';
import type { Finding } from './finding.js';

/** Findings kept per message; a message with more is not called fully inspected. */
export const maxFindings = 256;

/** Translates a range of the text that is scanned to the part of the message that it was made from. */
export interface RangeMap {
  toSource(start: number, end: number): { readonly start: number; readonly end: number };
}

/** Takes what detectors find in any layer of a message, in places of the message itself. Pooled. */
export class FindingCollector implements FindingSink {
  findings: Finding[] = [];
  hasTooMany = false;
  private part: Finding['part'] = 'payload';
  private map: RangeMap | undefined;

  constructor(private readonly disabled: ReadonlySet<string>) {}

  reset(): void {
    if (this.findings.length > 0) this.findings = [];
    this.hasTooMany = false;
    this.at('payload', undefined);
  }

  /** What follows is found in `part`, by way of `map` where it was decoded. */
  at(part: Finding['part'], map: RangeMap | undefined): void {
    this.part = part;
    this.map = map;
  }

  add(detector: string, category: Category, start: number, end: number, confidence: Confidence): void {
    if (end <= start || this.disabled.has(detector)) return;
    if (this.findings.length === maxFindings) {
      this.hasTooMany = true;
      return;
    }
    const range = this.map === undefined ? { start, end } : this.map.toSource(start, end);
    const { part } = this;
    if (this.findings.some((other) => other.detector === detector && other.part === part && other.start === range.start && other.end === range.end)) return;
    this.findings.push({ detector, category, confidence, part, start: range.start, end: range.end });
  }
}
