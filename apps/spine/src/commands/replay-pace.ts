/** Events that a paced replay may send ahead after it had to wait: those of one second. */
const maxAheadMs = 1_000;
/** Shortest wait, so that fast replays send several batches at once. */
const shortestWaitMs = 20;

/**
 * The pace of a replay, in events per second. Batches are not cut for it: one may leave as soon as a single event may, and those
 * behind it wait for all of its events. Time that the reader needed is made good by at most one second's events.
 */
export class ReplayPace {
  private allowed = 1;
  private filledMs: number;

  constructor(private readonly eventsPerSecond: number, nowMs: number) {
    this.filledMs = nowMs;
  }

  /** Events that may leave now; below 1 when none may. */
  eventsAllowed(nowMs: number): number {
    // A clock that was set back costs a moment, not the difference.
    const elapsedMs = Math.max(0, nowMs - this.filledMs);
    this.filledMs = nowMs;
    const most = Math.max(1, (this.eventsPerSecond * maxAheadMs) / 1_000);
    this.allowed = Math.min(most, this.allowed + (elapsedMs * this.eventsPerSecond) / 1_000);
    return this.allowed;
  }

  sent(events: number): void {
    this.allowed -= events;
  }

  /** Milliseconds until the next event may leave. */
  get waitMs(): number {
    return Math.max(shortestWaitMs, Math.ceil(((1 - this.allowed) * 1_000) / this.eventsPerSecond));
  }
}
