import type { SeededRandom } from '@arqonbus/e2e';
import { isArqonError, isClosedError, type Bus } from '@arqonbus/sdk';
import { waitFor } from '@arqonbus/testkit';
import { setTimeout as wait } from 'node:timers/promises';
import type { PublishOutcome, PublishRecord } from './recorded-run.js';

const maxPending = 600;

/** Writes unique ids with acknowledgement, in bursts of one to a few to one of its topics, and keeps what became of each. */
export class Publisher {
  readonly records: PublishRecord[] = [];
  /** Ids that are not settled. */
  readonly pending = new Set<string>();
  private order = 0;
  private isStopped = false;

  constructor(
    readonly name: string,
    private readonly bus: Bus,
    private readonly topics: readonly string[],
    private readonly random: SeededRandom,
    private readonly nowMs: () => number,
  ) {}

  /** Publishes until stopped, whatever happens to the connection. */
  async run(): Promise<void> {
    while (!this.isStopped) {
      if (this.pending.size < maxPending) {
        const topic = this.random.pick(this.topics);
        const count = this.random.below(10) === 0 ? 20 : 1 + this.random.below(4);
        for (let index = 0; index < count; index += 1) void this.publish(topic);
      }
      await wait(5 + this.random.below(30));
    }
  }

  stop(): void {
    this.isStopped = true;
  }

  /** Resolves to true once nothing is pending; to false when that takes too long. */
  async settled(timeoutMs: number): Promise<boolean> {
    return waitFor(() => this.pending.size === 0, { timeoutMs, what: 'all publishes to settle' }).then(() => true, () => false);
  }

  /** Publishes one event and keeps its outcome; never rejects. */
  async publish(topic: string): Promise<PublishRecord> {
    this.order += 1;
    const { order } = this;
    const id = `${this.name}.${String(order)}`;
    const calledMs = this.nowMs();
    this.pending.add(id);
    const outcome = await this.bus.publish(topic, { type: 'text/plain', payload: id }).then(
      ({ epoch, sequence, durability, duplicate }): PublishOutcome => ({ kind: 'acked', place: { epoch, sequence }, durability, isDuplicate: duplicate }),
      (error: unknown): PublishOutcome => ({ kind: 'unknown', code: isArqonError(error) || isClosedError(error) ? error.code : String(error) }),
    );
    this.pending.delete(id);
    const record = { id, publisher: this.name, topic, order, calledMs: Math.round(calledMs), settledMs: Math.round(this.nowMs()), outcome };
    this.records.push(record);
    return record;
  }
}
