import type { Bus, Message, PublishResult, Subscription } from '@arqonbus/sdk';
import { setTimeout as wait } from 'node:timers/promises';

/** What one side published: the acknowledged place of each number, in the order of publishing. */
export type PublishedNumbers = readonly PublishResult[];

/** Publishes 1 to `count`, one each `intervalMs`, whatever happens to the connection; resolves when every number is acknowledged. */
export async function publishNumbers(bus: Bus, topic: string, options: { readonly count: number; readonly intervalMs: number }): Promise<PublishedNumbers> {
  const outcomes: Promise<PublishOutcome>[] = [];
  const failures: Error[] = [];
  for (let number = 1; number <= options.count && failures.length === 0; number++) {
    const publish = bus.publish(topic, { type: 'text/plain', payload: `${bus.clientId} ${number}` });
    outcomes.push(publish.then((result) => ({ result }), (cause: unknown) => {
      failures.push(new Error(`${bus.clientId} could not publish number ${number}`, { cause }));
      return {};
    }));
    await wait(options.intervalMs);
  }
  const results = (await Promise.all(outcomes)).flatMap(({ result }) => (result === undefined ? [] : [result]));
  const [failure] = failures;
  if (failure !== undefined) throw failure;
  return results;
}

interface PublishOutcome {
  readonly result?: PublishResult;
}

/** Collects what a subscription delivers. */
export class NumberCollector {
  private readonly seen: Message[] = [];

  constructor(subscription: Subscription) {
    subscription.on('message', (message) => this.seen.push(message));
  }

  get count(): number {
    return this.seen.length;
  }

  /** The numbers of one sender, in the order of arrival. */
  numbersOf(sender: string): number[] {
    return this.seen.filter((message) => message.sender === sender).map((message) => Number(message.text.split(' ')[1]));
  }

  sequences(): bigint[] {
    return this.seen.map((message) => message.sequence);
  }
}

/** How far a list of numbers is from 1 to `count`, each once and in order. */
export function compareNumbers(numbers: readonly number[], count: number): { readonly lostCount: number; readonly doubledCount: number; readonly isInOrder: boolean } {
  const distinct = new Set(numbers);
  return {
    lostCount: count - distinct.size,
    doubledCount: numbers.length - distinct.size,
    isInOrder: numbers.every((number, index) => index === 0 || number > numbers[index - 1]),
  };
}
