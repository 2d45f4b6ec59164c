/** How a text came to be scanned: as it stands in the message, or decoded from an encoding in it. */
export type LayerName = 'raw' | 'json' | 'percent' | 'html' | 'quoted_printable' | 'base64' | 'hex' | 'fields';

/**
 * Bytes to look into, and how much work may still be spent on them. Detectors read `bytes` from `start` to `end` and nothing outside.
 * A pooled record: valid during one call.
 */
export class ScanText {
  bytes: Uint8Array = noBytes;
  start = 0;
  end = 0;
  layer: LayerName = 'raw';
  /** Steps (about one byte looked at each) that all scans of one message may still take; below 0 the inspection is incomplete. */
  stepsLeft = 0;

  /** Takes `steps` from the budget; false when it is used up: the detector returns at once, and the message counts as not fully inspected. */
  spend(steps: number): boolean {
    this.stepsLeft -= steps;
    return this.stepsLeft >= 0;
  }
}

const noBytes = new Uint8Array(0);
