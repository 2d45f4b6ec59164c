/**
 * Server time in microseconds that never goes back: the physical clock, or the latest time that was seen elsewhere
 * when that is ahead (D10). A topic's times rise by themselves, because its store takes the higher of now and the last; this clock
 * keeps them rising across topics too, and across Spines whose clocks differ.
 */
export class HybridClock {
  private lastUs = 0;

  /** `maxAheadUs`: how far beyond the physical clock a seen time is believed, so that one broken clock cannot carry the others away. */
  constructor(private readonly options: { readonly physicalUs: () => number; readonly maxAheadUs: number }) {}

  /** Microseconds since 1970-01-01 UTC, not below any earlier answer or believed time. */
  nowUs(): number {
    this.lastUs = Math.max(this.lastUs, this.options.physicalUs());
    return this.lastUs;
  }

  /** Takes note of a time that another Spine set; false when it is too far ahead to be believed. */
  observe(timeUs: number): boolean {
    if (timeUs > this.options.physicalUs() + this.options.maxAheadUs) return false;
    this.lastUs = Math.max(this.lastUs, timeUs);
    return true;
  }
}
