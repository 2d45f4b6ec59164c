/** Lets through at most `perSecond` of something in each second, and counts the rest. */
export class RateWindow {
  /** Refused since the start. */
  refusedCount = 0;
  private second = 0;
  private taken = 0;

  constructor(private readonly perSecond: number) {}

  take(nowMs: number): boolean {
    const second = Math.floor(nowMs / 1_000);
    if (second !== this.second) {
      this.second = second;
      this.taken = 0;
    }
    if (this.taken < this.perSecond) {
      this.taken += 1;
      return true;
    }
    this.refusedCount += 1;
    return false;
  }
}
