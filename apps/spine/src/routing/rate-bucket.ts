/** Token bucket of one session: events and bytes per second, each with a burst of twice the rate. */
export class RateBucket {
  private events: number;
  private bytes: number;
  private filledMs: number;

  constructor(private readonly eventsPerSecond: number, private readonly bytesPerSecond: number, nowMs: number) {
    this.events = eventsPerSecond * 2;
    this.bytes = bytesPerSecond * 2;
    this.filledMs = nowMs;
  }

  /** Takes what a run costs; 0 when granted, else milliseconds until it would be. Nothing is taken then. */
  take(events: number, bytes: number, nowMs: number): number {
    this.fill(nowMs);
    if (this.events >= events && this.bytes >= bytes) {
      this.events -= events;
      this.bytes -= bytes;
      return 0;
    }
    return this.waitMs(events, bytes);
  }

  /** Charges bytes that were already sent; may leave a debt, which later runs and commands wait for. */
  charge(bytes: number): void {
    this.bytes -= bytes;
  }

  /** Takes what is left, and what comes in for so long: nothing is granted meanwhile. */
  pause(milliseconds: number): void {
    this.bytes = Math.min(this.bytes, -(this.bytesPerSecond * milliseconds) / 1000);
  }

  /** Milliseconds until a debt is paid; 0 when there is none. */
  debtMs(nowMs: number): number {
    return this.take(0, 0, nowMs);
  }

  /** Milliseconds until at least half of the burst in bytes is there; 0 when it is. */
  reserveMs(nowMs: number): number {
    this.fill(nowMs);
    return Math.max(0, Math.ceil(((this.bytesPerSecond - this.bytes) * 1000) / this.bytesPerSecond));
  }

  private fill(nowMs: number): void {
    const elapsedMs = nowMs - this.filledMs;
    if (elapsedMs <= 0) return;
    this.filledMs = nowMs;
    this.events = Math.min(this.eventsPerSecond * 2, this.events + (elapsedMs * this.eventsPerSecond) / 1000);
    this.bytes = Math.min(this.bytesPerSecond * 2, this.bytes + (elapsedMs * this.bytesPerSecond) / 1000);
  }

  private waitMs(events: number, bytes: number): number {
    const eventsMs = ((events - this.events) * 1000) / this.eventsPerSecond;
    const bytesMs = ((bytes - this.bytes) * 1000) / this.bytesPerSecond;
    return Math.max(1, Math.ceil(Math.max(eventsMs, bytesMs)));
  }
}
