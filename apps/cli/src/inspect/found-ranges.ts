/** A range of a whole text that something was found in. */
export interface FoundRange {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

/** What one window of a text holds, counted in the text. */
export interface WindowRanges<T extends FoundRange> {
  readonly ownFrom: number;
  readonly ownTo: number;
  readonly ranges: readonly T[];
}

/**
 * Puts the ranges of the windows of a text together: each is told once, by the window that owns its beginning, and one that reached the end of that
 * window gets the end that the next window saw. A window's own ranges are complete when the next one is given.
 */
export class FoundRanges<T extends FoundRange> {
  private pending: T[] = [];

  /** The ranges that are complete now, in order. */
  push({ ownFrom, ownTo, ranges }: WindowRanges<T>): T[] {
    const complete = this.pending.map((range) => ({ ...range, end: endSeenBy(ranges, range, ownFrom) }));
    this.pending = ranges.filter(({ start }) => start >= ownFrom && start < ownTo).sort((a, b) => a.start - b.start);
    return complete;
  }

  /** What is left when there is no further window. */
  end(): T[] {
    return this.pending;
  }
}

function endSeenBy(ranges: readonly FoundRange[], { label, start, end }: FoundRange, ownFrom: number): number {
  return ranges.reduce((longest, next) => (next.label === label && next.start < ownFrom && next.start < longest && next.end > start ? Math.max(longest, next.end) : longest), end);
}
