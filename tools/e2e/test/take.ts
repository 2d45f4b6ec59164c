import type { GapEvent, Message, Subscription } from '@arqonbus/sdk';
import { within } from '@arqonbus/testkit';

const patienceMs = 25_000;

/** The next messages of a subscription. Rejects with Error when they do not come in time, and tells what came instead. */
export async function take(subscription: Subscription, count: number): Promise<Message[]> {
  const messages: Message[] = [];
  const gaps: GapEvent[] = [];
  const forget = subscription.on('gap', (gap) => { gaps.push(gap); });
  const iterator = subscription[Symbol.asyncIterator]();
  const next = async (): Promise<void> => {
    while (messages.length < count) {
      const result = await iterator.next();
      if (result.done === true) throw new Error(`${subscription.topic} ended`);
      messages.push(result.value);
    }
  };
  try {
    await within(next(), patienceMs, `${String(count)} messages of ${subscription.topic}`);
    return messages;
  } catch (error) {
    throw new Error(`${String(count)} messages of ${subscription.topic} were not taken: ${account(subscription, messages, gaps)}`, { cause: error });
  } finally {
    forget();
  }
}

/** All of a history, oldest first. Rejects with Error when it does not come in time. */
export async function takeAll(history: AsyncIterable<Message>, what: string): Promise<Message[]> {
  const messages: Message[] = [];
  const all = async (): Promise<void> => { for await (const message of history) messages.push(message); };
  await within(all(), patienceMs, `the end of ${what}`);
  return messages;
}

function account(subscription: Subscription, messages: readonly Message[], gaps: readonly GapEvent[]): string {
  const came = messages.map(({ topic, text, epoch, sequence }) => `${topic} "${text}" ${String(epoch)}.${String(sequence)}`);
  const positions = subscription.positions.map(({ channel, epoch, sequence }) => `${channel} ${String(epoch)}.${String(sequence)}`);
  return `came ${list(came)}; positions ${list(positions)}; gaps ${list(gaps.map(({ reason }) => reason))}`;
}

function list(entries: readonly string[]): string {
  return entries.length === 0 ? 'none' : entries.join(', ');
}
