import { EpisodeStoreError } from '@arqonbus/storage/episodes';
import type { Logger } from '@arqonbus/telemetry';
import { Backoff } from './consume/backoff.js';
import { WakeUp } from './consume/wake-up.js';

export interface OpeningParts {
  readonly open: () => Promise<void>;
  readonly logger: Logger;
  readonly random: () => number;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
}

/** Opens the database, trying again for as long as it does not answer. */
export class OpeningStore {
  private readonly wakeUp = new WakeUp();
  private isGivenUp = false;

  constructor(private readonly opening: OpeningParts) {}

  /** False once it is given up. Rejects where trying again would not help, such as with a schema that is too new. */
  async open(): Promise<boolean> {
    const { open, logger, random, minDelayMs, maxDelayMs } = this.opening;
    const backoff = new Backoff(minDelayMs, maxDelayMs, random);
    while (!this.isGivenUp) {
      try {
        await open();
        return true;
      } catch (error) {
        if (!(error instanceof EpisodeStoreError) || error.failure !== 'transient') throw error;
        logger.warn({ error }, 'the database does not answer, trying again');
        await this.wakeUp.wait(backoff.next());
      }
    }
    return false;
  }

  giveUp(): void {
    this.isGivenUp = true;
    this.wakeUp.signal();
  }
}
