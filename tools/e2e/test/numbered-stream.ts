import { isArqonError, isClosedError, type Bus, type PublishResult, type Subscription } from '@arqonbus/sdk';
import { waitFor } from '@arqonbus/testkit';
import { setTimeout as wait } from 'node:timers/promises';
import { NumberLedger } from '../src/index.js';
import { succeeds } from './succeeds.js';

/** How each number's publish ended: its place, or the code of the refusal. */
export type Outcome = PublishResult | string;

/** Publishes numbers at fixed times whatever happens to the connection, until stopped. */
export class NumberedStream {
  readonly outcomes = new Map<number, Outcome>();
  private isStopped = false;
  private readonly loop: Promise<void>;
  count = 0;

  constructor(private readonly bus: Bus, private readonly topic: string, private readonly intervalMs = 5) {
    this.loop = this.run();
  }

  /** Waits until that many more numbers were published. */
  async more(count: number): Promise<void> {
    const goal = this.count + count;
    await waitFor(() => this.count >= goal, { timeoutMs: 45_000, what: `${String(count)} more numbers` });
  }

  /** Waits until that many more were acknowledged. */
  async moreAcknowledged(count: number): Promise<void> {
    const goal = this.acknowledged().length + count;
    await waitFor(() => this.acknowledged().length >= goal, { timeoutMs: 45_000, what: `${String(count)} more acknowledgements` });
  }

  /** Publishes no more and resolves once each publish has settled; rejects when one never does. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.loop;
    await waitFor(() => this.outcomes.size === this.count, { timeoutMs: 45_000, what: `${String(this.count - this.outcomes.size)} publishes to settle` });
  }

  /** Numbers that were acknowledged, ascending. */
  acknowledged(): number[] {
    return [...this.outcomes].flatMap(([number, outcome]) => (typeof outcome === 'string' ? [] : [number])).sort((a, b) => a - b);
  }

  /** Codes of the refusals, each once. */
  refusals(): string[] {
    return [...new Set([...this.outcomes.values()].flatMap((outcome) => (typeof outcome === 'string' ? [outcome] : [])))];
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      this.count += 1;
      const number = this.count;
      this.bus.publish(this.topic, { type: 'text/plain', payload: String(number) }).then(
        (result) => this.outcomes.set(number, result),
        (error: unknown) => this.outcomes.set(number, codeOf(error)),
      );
      await wait(this.intervalMs);
    }
  }
}

function codeOf(error: unknown): string {
  return isArqonError(error) || isClosedError(error) ? error.code : String(error);
}

/** Keeps the account of what a subscription delivers and tells. */
export class StreamReader {
  readonly ledger = new NumberLedger();
  /** Reasons of gaps with a loss. */
  readonly losses: string[] = [];
  readonly recoveries: string[] = [];

  constructor(subscription: Subscription) {
    subscription.on('message', (message) => { this.ledger.take(Number(message.text)); });
    subscription.on('gap', ({ reason, lost }) => {
      if (lost) this.losses.push(reason);
    });
    subscription.on('recovered', ({ reason }) => this.recoveries.push(reason));
  }

  /** Waits for all numbers up to the count; then nothing may be doubled or out of order. */
  async all(count: number): Promise<{ lostCount: number; doubledCount: number; disorderedCount: number }> {
    // What is still missing then is told by the counts.
    await succeeds(waitFor(() => this.ledger.lostCount(count) === 0, { timeoutMs: 45_000, intervalMs: 50, what: 'all numbers' }));
    const { doubledCount, disorderedCount } = this.ledger;
    return { lostCount: this.ledger.lostCount(count), doubledCount, disorderedCount };
  }
}

/** What StreamReader.all() gives when nothing is wrong. */
export const nothingWrong = { lostCount: 0, doubledCount: 0, disorderedCount: 0 };
