import type { AnchorHit, Detector, FindingSink } from '../detectors/detector.js';
import { buildAnchorAutomaton, type AnchorAutomaton } from './anchor-automaton.js';
import type { ScanText } from './scan-text.js';

/** Runs a set of detectors over a text in one pass. */
export class Scanner {
  private readonly automaton: AnchorAutomaton;
  /** Bytes of each anchor of each detector. */
  private readonly literals: readonly (readonly Uint8Array[])[];
  /** Those that are called for runs of digits. */
  private readonly ofDigits: readonly { readonly detector: Detector; readonly minDigits: number }[];
  private readonly hit: AnchorHit = { start: 0, end: 0, anchor: -1 };

  constructor(private readonly detectors: readonly Detector[]) {
    this.automaton = buildAnchorAutomaton(detectors.map((detector) => detector.anchors));
    this.literals = detectors.map(({ anchors }) => anchors.map((anchor) => Uint8Array.from(anchor, (character) => character.charCodeAt(0))));
    this.ofDigits = detectors.flatMap((detector) => (detector.minDigits === undefined ? [] : [{ detector, minDigits: detector.minDigits }]));
  }

  /** Calls each detector where one of its anchors stands; stops when the text's budget is used up. */
  scan(text: ScanText, findings: FindingSink): void {
    const partBytes = (text.end - text.start) >> 2;
    const isDone = partBytes < minPartBytes ? this.scanPart(text, 0, text.start, text.end, findings) : this.scanParts(text, partBytes, findings);
    if (isDone && this.ofDigits.length > 0) this.scanDigits(text, findings);
  }

  /**
   * Four parts of the text side by side: each step of the automaton waits for the one before, and the processor has time for three others
   * meanwhile. Anchors that stand across two parts are found behind them.
   */
  private scanParts(text: ScanText, length: number, findings: FindingSink): boolean {
    const { classes, next, firstOutput } = this.automaton;
    const { bytes, start } = text;
    const [second, third, fourth] = [start + length, start + 2 * length, start + 3 * length];
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let at = 0; at < length; at += 1) {
      a = next[(a << 6) | classes[bytes[start + at]]];
      b = next[(b << 6) | classes[bytes[second + at]]];
      c = next[(c << 6) | classes[bytes[third + at]]];
      d = next[(d << 6) | classes[bytes[fourth + at]]];
      if (a < firstOutput && b < firstOutput && c < firstOutput && d < firstOutput) continue;
      if (a >= firstOutput && !this.report(a, start + at + 1, text, findings)) return false;
      if (b >= firstOutput && !this.report(b, second + at + 1, text, findings)) return false;
      if (c >= firstOutput && !this.report(c, third + at + 1, text, findings)) return false;
      if (d >= firstOutput && !this.report(d, fourth + at + 1, text, findings)) return false;
    }
    return this.scanSeam(text, a, second, findings) && this.scanSeam(text, b, third, findings) && this.scanSeam(text, c, fourth, findings)
      && this.scanPart(text, d, fourth + length, text.end, findings);
  }

  /** Goes on from the state at the end of a part over the beginning of the next: what began before `seam` alone is new. */
  private scanSeam(text: ScanText, stateBefore: number, seam: number, findings: FindingSink): boolean {
    const { classes, next, firstOutput, depths } = this.automaton;
    let state = stateBefore;
    for (let at = seam; at < text.end && depths[state] > at - seam; at += 1) {
      state = next[(state << 6) | classes[text.bytes[at]]];
      if (state >= firstOutput && !this.report(state, at + 1, text, findings, seam)) return false;
    }
    return true;
  }

  private scanPart(text: ScanText, stateBefore: number, from: number, to: number, findings: FindingSink): boolean {
    const { classes, next, firstOutput } = this.automaton;
    let state = stateBefore;
    for (let at = from; at < to; at += 1) {
      state = next[(state << 6) | classes[text.bytes[at]]];
      if (state >= firstOutput && !this.report(state, at + 1, text, findings)) return false;
    }
    return true;
  }

  /** False when the budget is used up. */
  private report(state: number, end: number, text: ScanText, findings: FindingSink, startBelow = Number.MAX_SAFE_INTEGER): boolean {
    const owners = this.automaton.outputs[state - this.automaton.firstOutput];
    const { hit } = this;
    for (const owner of owners) {
      hit.start = end - owner.length;
      if (hit.start >= startBelow) continue;
      if (owner.isVague && !standsAt(this.literals[owner.detector][owner.anchor], text.bytes, hit.start)) continue;
      hit.end = end;
      hit.anchor = owner.anchor;
      this.detectors[owner.detector].detect(text, hit, findings);
    }
    return text.spend(owners.length * stepsPerHit);
  }

  private scanDigits(text: ScanText, findings: FindingSink): void {
    const { bytes, end } = text;
    let start = -1;
    for (let at = text.start; at <= end; at += 1) {
      if (at < end && bytes[at] - 0x30 >>> 0 <= 9) {
        if (start < 0) start = at;
        continue;
      }
      if (start < 0) continue;
      if (!this.reportDigits(start, at, text, findings)) return;
      start = -1;
    }
  }

  private reportDigits(start: number, end: number, text: ScanText, findings: FindingSink): boolean {
    const { hit } = this;
    for (const { detector, minDigits } of this.ofDigits) {
      if (end - start < minDigits) continue;
      hit.start = start;
      hit.end = end;
      hit.anchor = -1;
      detector.detect(text, hit, findings);
      text.spend(stepsPerHit);
    }
    return text.stepsLeft >= 0;
  }
}

/** Shorter parts are not worth their seams. */
const minPartBytes = 64;

/** A call costs about as much as looking at this many bytes. */
const stepsPerHit = 8;

/** Bytes that are rare in anchors share classes: whether it is the anchor itself is seen here. */
function standsAt(literal: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < literal.length; at += 1) {
    const byte = bytes[start + at];
    if ((byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte) !== literal[at]) return false;
  }
  return true;
}
