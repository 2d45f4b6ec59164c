/** Delays between tries, in milliseconds: doubling from the first to the last, each shortened at random by up to a half. */
export class Backoff {
  private triesCount = 0;

  constructor(private readonly minMs: number, private readonly maxMs: number, private readonly random: () => number) {}

  /** Failures in a row so far. */
  get failuresCount(): number {
    return this.triesCount;
  }

  next(): number {
    const full = Math.min(this.maxMs, this.minMs * 2 ** Math.min(this.triesCount, 30));
    this.triesCount += 1;
    return full * (1 - this.random() / 2);
  }

  reset(): void {
    this.triesCount = 0;
  }
}
