import type { SeededRandom } from '@arqonbus/e2e';
import { isArqonError, isClosedError, type Bus } from '@arqonbus/sdk';
import { waitFor } from '@arqonbus/testkit';
import { setTimeout as wait } from 'node:timers/promises';
import type { PublishOutcome, PublishRecord } from './recorded-run.js';

const maxPending = 600;

export interface PublisherParts {
  readonly topics: readonly string[];
  readonly random: SeededRandom;
  /** Milliseconds since the run began. */
  readonly nowMs: () => number;
}

/** Writes unique ids with acknowledgement, in bursts of one to a few to one of its topics, and keeps what became of each. */
export class Publisher {
  readonly records: PublishRecord[] = [];
  /** Ids that are not settled. */
  readonly pending = new Set<string>();
  private order = 0;
  private isStopped = false;

  constructor(readonly name: string, private readonly bus: () => Bus, private readonly parts: PublisherParts) {}

  /** Publishes until stopped, whatever happens to the connection. */
  async run(): Promise<void> {
    while (!this.isStopped) {
      if (this.pending.size < maxPending) this.burst();
      await wait(5 + this.parts.random.below(30));
    }
  }

  stop(): void {
    this.isStopped = true;
  }

  /** Resolves to true once nothing is pending; to false when that takes too long. */
  async settled(timeoutMs: number): Promise<boolean> {
    return waitFor(() => this.pending.size === 0, { timeoutMs, what: 'all publishes to settle' }).then(() => true, () => false);
  }

  /** Publishes one to a few events of one topic in one turn, which travel as one run. */
  burst(): void {
    const { topics, random } = this.parts;
    const topic = random.pick(topics);
    const count = random.below(10) === 0 ? 20 : 1 + random.below(4);
    for (let index = 0; index < count; index += 1) void this.publish(topic);
  }

  /** Publishes one event and keeps its outcome; never rejects. */
  async publish(topic: string): Promise<PublishRecord> {
    this.order += 1;
    const { order } = this;
    const id = `${this.name}.${String(order)}`;
    const calledMs = this.parts.nowMs();
    this.pending.add(id);
    const outcome = await this.bus().publish(topic, { type: 'text/plain', payload: id }).then(
      ({ epoch, sequence, durability, duplicate }): PublishOutcome => ({ kind: 'acked', place: { epoch, sequence }, durability, isDuplicate: duplicate }),
      (error: unknown): PublishOutcome => ({ kind: 'unknown', code: isArqonError(error) || isClosedError(error) ? error.code : String(error) }),
    );
    this.pending.delete(id);
    const record = { id, publisher: this.name, topic, order, calledMs: Math.round(calledMs), settledMs: Math.round(this.parts.nowMs()), outcome };
    this.records.push(record);
    return record;
  }
}
