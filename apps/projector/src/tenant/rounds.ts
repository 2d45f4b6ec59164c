import type { Logger } from '@arqonbus/telemetry';

/** Work that comes again and again: each round begins a while after the one before ended, or at once when it is asked for. */
export class Rounds {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isWanted = false;
  private isStopped = false;

  constructor(private readonly everyMs: number, private readonly round: () => Promise<void>, private readonly logger: Logger) {}

  /** Runs a round now, or once more behind the one that is under way. */
  now(): void {
    if (this.isStopped) return;
    this.isWanted = true;
    this.running ??= this.run().finally(() => { this.running = undefined; });
  }

  /** Lets the round under way end. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.isWanted = false;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer);
    while (this.isWanted) {
      this.isWanted = false;
      try {
        await this.round();
      } catch (error) {
        this.logger.error({ error }, 'round failed');
      }
    }
    if (!this.isStopped) this.timer = setTimeout(() => { this.now(); }, this.everyMs);
  }
}
