import type { SeededRandom } from '@arqonbus/e2e';
import type { Bus } from '@arqonbus/sdk';
import { setTimeout as wait } from 'node:timers/promises';
import { Publisher } from './publisher.js';
import type { PublishRecord } from './recorded-run.js';

const maxEventsPerVisit = 40;

export interface VisitorParts {
  readonly topics: readonly string[];
  readonly random: SeededRandom;
  readonly nowMs: () => number;
  /** A new client of the same name. */
  readonly connect: () => Promise<Bus>;
}

/** A publisher that comes, writes a little, waits until all of it is settled and leaves: so each visit has producers that nobody knows yet. */
export class Visitor {
  private readonly publisher: Publisher;
  private bus: Bus | undefined;
  private isStopped = false;
  /** Clients that could not be connected in time. */
  missedVisitCount = 0;

  constructor(readonly name: string, private readonly parts: VisitorParts) {
    const { topics, random, nowMs } = parts;
    this.publisher = new Publisher(name, () => this.present(), { topics, random, nowMs });
  }

  get records(): readonly PublishRecord[] {
    return this.publisher.records;
  }

  get pending(): ReadonlySet<string> {
    return this.publisher.pending;
  }

  async run(): Promise<void> {
    const { random } = this.parts;
    while (!this.isStopped) {
      this.bus = await this.arrive();
      const count = 1 + random.below(maxEventsPerVisit);
      for (let index = 0; index < count && this.bus !== undefined; index += 1) {
        this.publisher.burst();
        if (random.below(3) === 0) await wait(random.below(20));
      }
      await this.bus?.drain();
      await wait(random.below(100));
    }
  }

  /** The visit under way ends once all of it is settled. */
  stop(): void {
    this.isStopped = true;
  }

  settled(timeoutMs: number): Promise<boolean> {
    return this.publisher.settled(timeoutMs);
  }

  private async arrive(): Promise<Bus | undefined> {
    try {
      return await this.parts.connect();
    } catch (error) {
      // While everything is broken nobody gets in; that is not what is verified here, but a wrong refusal would show.
      if (!(error instanceof Error) || !/TIMEOUT/.test(`${error.name} ${String((error as { code?: unknown }).code)}`)) throw error;
      this.missedVisitCount += 1;
      return undefined;
    }
  }

  private present(): Bus {
    if (this.bus === undefined) throw new Error(`${this.name} is not connected`);
    return this.bus;
  }
}
