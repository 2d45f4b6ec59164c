/**
 * Watches a connection: an idle server sends an empty frame every interval, so two intervals without any message mean
 * that the link is dead. A check that itself comes late (a throttled background tab, a paused process) proves nothing:
 * messages may be waiting behind it, so the next check decides.
 */
export class Heartbeat {
  private readonly timer: ReturnType<typeof setInterval>;
  private lastMessageMs: number;
  private lastCheckMs: number;
  private readonly checkMs: number;

  constructor(
    private readonly intervalMs: number,
    private readonly now: () => number,
    dead: () => void,
  ) {
    this.checkMs = intervalMs / 4;
    this.lastMessageMs = this.lastCheckMs = now();
    this.timer = setInterval(() => {
      if (this.isDead()) dead();
    }, this.checkMs);
  }

  heard(): void {
    this.lastMessageMs = this.now();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private isDead(): boolean {
    const now = this.now();
    const isLate = now - this.lastCheckMs > this.intervalMs;
    this.lastCheckMs = now;
    return !isLate && now - this.lastMessageMs > 2 * this.intervalMs;
  }
}
