import type { ScanText } from '../scan/scan-text.js';

/** What a detector looks for; decides kind, risk and default action of a message. */
export type Category = 'secret' | 'key_material' | 'personal_data' | 'prompt_injection' | 'entropy_bomb' | 'pattern';

/** `certain`: a checksum or a structure proves it. `specific`: a provider's format. `probable`: context and entropy speak for it. */
export type Confidence = 'certain' | 'specific' | 'probable';

/** Where the scan found an anchor or a run of digits: `bytes[start, end)` of the text. A pooled record. */
export interface AnchorHit {
  start: number;
  end: number;
  /** Index into the detector's `anchors`; -1 for a run of digits. */
  anchor: number;
}

/** Takes what detectors find. The matched text itself never leaves the detector. */
export interface FindingSink {
  /**
   * `detector` is the stable id shown to people, e.g. `github-classic-token`; `start` to `end` (half-open, bytes of the text) cover the secret
   * value alone, not its key or quotes.
   */
  add(detector: string, category: Category, start: number, end: number, confidence: Confidence): void;
}

/**
 * Finds one family of content. One file each, pure and stateless; `detect` is called once for each place where one of the anchors stands
 * (compared without regard to ASCII case) or a run of digits, and does work bounded by a window around it, which it takes from `text.spend`.
 */
export interface Detector {
  readonly id: string;
  readonly category: Category;
  /** Lower-case literals, 2 to 32 bytes, each character one byte (beyond ASCII: of UTF-8), as selective as possible: each occurrence costs a call. One byte only where nothing else marks the content. */
  readonly anchors: readonly string[];
  /** Length in digits from which `detect` is called for runs of ASCII digits too; absent: never. */
  readonly minDigits?: number;
  detect(text: ScanText, hit: AnchorHit, findings: FindingSink): void;
}
