/** Accounts for numbered deliveries of one sender: each number from 1 up, once, in order. */
export class NumberLedger {
  private readonly seen = new Set<number>();
  private highest = 0;
  deliveredCount = 0;
  doubledCount = 0;
  disorderedCount = 0;

  take(number: number): void {
    this.deliveredCount += 1;
    if (this.seen.has(number)) this.doubledCount += 1;
    else if (number < this.highest) this.disorderedCount += 1;
    this.seen.add(number);
    this.highest = Math.max(this.highest, number);
  }

  /** Numbers up to `count` that have not come. */
  lostCount(count: number): number {
    let lost = 0;
    for (let number = 1; number <= count; number += 1) if (!this.seen.has(number)) lost += 1;
    return lost;
  }

  has(number: number): boolean {
    return this.seen.has(number);
  }
}
