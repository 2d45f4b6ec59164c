/** How many events a batch takes: all that is allowed, a quarter after each failure, twice as many again after each success. */
export class BatchSize {
  private events: number;

  constructor(private readonly maxEvents: number) {
    this.events = maxEvents;
  }

  get current(): number {
    return this.events;
  }

  failed(): void {
    this.events = Math.max(1, Math.floor(this.events / 4));
  }

  succeeded(): void {
    this.events = Math.min(this.maxEvents, this.events * 2);
  }
}
