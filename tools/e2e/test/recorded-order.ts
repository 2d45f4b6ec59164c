import type { Subscription } from '@arqonbus/sdk';
import { waitFor } from '@arqonbus/testkit';
import { NumberLedger } from '../src/index.js';
import { succeeds } from './succeeds.js';

/** What a subscription got, in its order, with an account of the numbers of each sender. */
export class RecordedOrder {
  /** One entry per message: sender, text, epoch and sequence. */
  readonly entries: string[] = [];
  readonly epochs = new Set<bigint>();
  readonly losses: string[] = [];
  private readonly bySender = new Map<string, NumberLedger>();

  constructor(subscription: Subscription) {
    subscription.on('message', (message) => {
      this.entries.push(`${message.sender} ${message.text} ${String(message.epoch)}.${String(message.sequence)}`);
      this.epochs.add(message.epoch);
      this.ledgerOf(message.sender).take(Number(message.text));
    });
    subscription.on('gap', ({ reason, lost }) => {
      if (lost) this.losses.push(reason);
    });
  }

  /** Waits for all numbers of a sender up to the count; gives what is wrong then. */
  async all(sender: string, count: number): Promise<{ lostCount: number; doubledCount: number; disorderedCount: number }> {
    const ledger = this.ledgerOf(sender);
    // What is still missing then is told by the counts.
    await succeeds(waitFor(() => ledger.lostCount(count) === 0, { timeoutMs: 30_000, intervalMs: 50, what: `all numbers of ${sender}` }));
    return { lostCount: ledger.lostCount(count), doubledCount: ledger.doubledCount, disorderedCount: ledger.disorderedCount };
  }

  private ledgerOf(sender: string): NumberLedger {
    const ledger = this.bySender.get(sender) ?? new NumberLedger();
    this.bySender.set(sender, ledger);
    return ledger;
  }
}
