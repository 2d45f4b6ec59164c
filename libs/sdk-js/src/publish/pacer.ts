/** Bounds of what a session may send; 0 means no limit. */
export interface PaceLimits {
  readonly maxEventsPerSecond: number;
  readonly maxBytesPerSecond: number;
  readonly maxBytesInFlight: number;
}

/**
 * Keeps the SDK within the session's limits, so that the server has no cause to refuse or close: two token buckets that hold one
 * second's worth, and a window of bytes that the server has not yet answered.
 */
export class Pacer {
  private events = 0;
  private bytes = 0;
  private filledAtMs = 0;
  private bytesInFlight = 0;
  private limits: PaceLimits = { maxEventsPerSecond: 0, maxBytesPerSecond: 0, maxBytesInFlight: 0 };

  constructor(private readonly now: () => number) {}

  /** Takes the limits of a new session or connection; nothing is in flight then. */
  reset(limits: PaceLimits): void {
    this.limits = limits;
    this.events = limits.maxEventsPerSecond;
    this.bytes = limits.maxBytesPerSecond;
    this.filledAtMs = this.now();
    this.bytesInFlight = 0;
  }

  /** Milliseconds until a run of this size may be sent: 0 now, Infinity when an answer must come first. */
  waitMs(bytes: number): number {
    const { maxEventsPerSecond, maxBytesPerSecond, maxBytesInFlight } = this.limits;
    if (maxBytesInFlight > 0 && this.bytesInFlight > 0 && this.bytesInFlight + bytes > maxBytesInFlight) return Infinity;
    if (maxEventsPerSecond === 0 && maxBytesPerSecond === 0) return 0;
    this.refill();
    // A bucket may go below zero, so a run larger than what is left is sent and the next one pays for it.
    const eventsMs = maxEventsPerSecond > 0 && this.events < 1 ? ((1 - this.events) / maxEventsPerSecond) * 1000 : 0;
    const bytesMs = maxBytesPerSecond > 0 && this.bytes < 1 ? ((1 - this.bytes) / maxBytesPerSecond) * 1000 : 0;
    return Math.max(eventsMs, bytesMs);
  }

  sent(events: number, bytes: number): void {
    this.events -= events;
    this.bytes -= bytes;
    this.bytesInFlight += bytes;
  }

  /** The server answered for this many bytes. */
  answered(bytes: number): void {
    this.bytesInFlight = Math.max(0, this.bytesInFlight - bytes);
  }

  private refill(): void {
    const now = this.now();
    const seconds = (now - this.filledAtMs) / 1000;
    this.filledAtMs = now;
    this.events = Math.min(this.limits.maxEventsPerSecond, this.events + seconds * this.limits.maxEventsPerSecond);
    this.bytes = Math.min(this.limits.maxBytesPerSecond, this.bytes + seconds * this.limits.maxBytesPerSecond);
  }
}
