/** What the events of one tenant that wait for the database, or are on their way into it, may take of memory. */
export class QueueBudget {
  eventsCount = 0;
  bytesCount = 0;
  private waiters: (() => void)[] = [];

  constructor(private readonly maxEvents: number, private readonly maxBytes: number) {}

  get isFull(): boolean {
    return this.eventsCount >= this.maxEvents || this.bytesCount >= this.maxBytes;
  }

  take(bytes: number): void {
    this.eventsCount += 1;
    this.bytesCount += bytes;
  }

  give(events: number, bytes: number): void {
    this.eventsCount -= events;
    this.bytesCount -= bytes;
    if (!this.isFull) this.release();
  }

  /** Calls back once there is room; each caller is called once. */
  whenRoom(callback: () => void): void {
    this.waiters.push(callback);
  }

  private release(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const callback of waiters) callback();
  }
}
