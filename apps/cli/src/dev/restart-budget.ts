const windowMs = 60_000;
const firstDelayMs = 100;
const lastDelayMs = 5_000;

/** How often a process may be restarted, and how soon. */
export class RestartBudget {
  private restartsMs: number[] = [];

  constructor(private readonly maxPerMinute: number) {}

  /** Delay before the next restart in milliseconds, twice the one before within a minute; undefined when the budget is spent. */
  take(nowMs: number): number | undefined {
    this.restartsMs = this.restartsMs.filter((at) => nowMs - at < windowMs);
    if (this.restartsMs.length >= this.maxPerMinute) return undefined;
    const delayMs = Math.min(lastDelayMs, firstDelayMs * 2 ** this.restartsMs.length);
    this.restartsMs.push(nowMs);
    return delayMs;
  }
}
