import type { Bus, GapEvent, JoinAddress, Subscription } from '@arqonbus/sdk';
import { CliError, usageError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import type { CommandHandler } from '../command-line/command-spec.js';
import { roomArgument, topicArgument } from '../connection/topic-argument.js';
import { withBus } from '../connection/with-bus.js';
import { messageJson, messageLine } from '../output/message-lines.js';
import { parseSince, resolveSince, type Since } from './since-option.js';

const maxCount = Number.MAX_SAFE_INTEGER;

/** `arqon sub`: prints events until it has enough of them or is ended. */
export const runSubCommand: CommandHandler = async (line, context) => {
  const [topic = ''] = line.operands;
  const count = line.integer('count', { min: 1, max: 999_999_999_999_999 }) ?? maxCount;
  const address = addressOf(topic, { isRoomWide: line.has('all-channels') || topic.endsWith(':*') });
  const since = parseSince(line.list('since'), { isRoomWide: typeof address !== 'string' });
  const group = line.value('group');
  if (group !== undefined && (typeof address !== 'string' || topic.startsWith('@') || since !== 'now')) {
    throw usageError('--group is for one topic, ROOM or ROOM:CHANNEL, from now on', 'Leave --since and --all-channels out.');
  }
  const inbox = topic.startsWith('@') ? topic.slice(1) : undefined;
  await withBus(line, context, { client: inbox, isLasting: true }, async (bus) => {
    if (inbox !== undefined && bus.clientId !== inbox) {
      throw new CliError('notPermitted', 'NOT_PERMITTED', `the token is of ${bus.clientId}, and only ${inbox} reads the inbox @${inbox}`, { next: `Use a token whose sub is ${inbox}.` });
    }
    tellOfConnection(bus, context);
    if (group !== undefined) {
      await work(bus, topic, group, count, context);
      return;
    }
    const subscription = await join(bus, address, since, context);
    await print(subscription, count, context);
  });
};

function addressOf(topic: string, { isRoomWide }: { readonly isRoomWide: boolean }): string | Exclude<JoinAddress, string> {
  if (isRoomWide) return { room: roomArgument(topic), allChannels: true };
  topicArgument(topic);
  return topic;
}

async function join(bus: Bus, address: JoinAddress, since: Since, context: CommandContext): Promise<Subscription> {
  const { signal } = context.interruption;
  const options = { since: await resolveSince(bus, address, since), signal };
  const subscription = typeof address === 'string' && address.startsWith('@') ? await bus.inbox(options) : await bus.join(address, options);
  subscription.on('gap', (gap) => tellOfGap(gap, context));
  subscription.on('recovered', ({ topic, reason, replayedCount }) => {
    context.output.note(`${topic}: recovered from ${reason}, ${replayedCount} events replayed`, { event: 'recovered', topic, reason, replayedCount });
  });
  const positions = subscription.positions;
  const shown = positions.map(({ channel, sequence }) => (positions.length === 1 ? `#${sequence}` : `${channel === '' ? 'main channel' : channel} #${sequence}`)).join(', ');
  context.output.note(`following ${subscription.topic}${shown === '' ? '' : ` from ${shown}`}`, { event: 'joined', topic: subscription.topic, positions });
  return subscription;
}

/** Prints tasks of a group and acknowledges each once it was printed. */
async function work(bus: Bus, topic: string, group: string, count: number, { output, interruption }: CommandContext): Promise<void> {
  const { signal } = interruption;
  const member = await bus.joinGroup(topic, group, undefined, { signal });
  output.note(`working on ${topic} in the group ${group}`, { event: 'joined', topic, group });
  const end = (): void => void member.leave().catch((error: unknown) => output.note(`leaving failed: ${String(error)}`, { event: 'error', message: String(error) }));
  signal.addEventListener('abort', end, { once: true });
  let printed = 0;
  for await (const task of member) {
    const { attempt } = task;
    await output.result(`${messageLine(task)}${attempt > 1 ? ` (attempt ${attempt})` : ''}`, { ...messageJson(task), group, attempt });
    await task.ack();
    printed += 1;
    if (printed >= count) {
      await member.leave();
      return;
    }
  }
  signal.throwIfAborted();
  throw new CliError('unreachable', 'CLOSED', `the membership in the group ${group} of ${topic} ended`);
}

async function print(subscription: Subscription, count: number, { output, interruption }: CommandContext): Promise<void> {
  const end = (): void => void subscription.leave().catch((error: unknown) => output.note(`leaving failed: ${String(error)}`, { event: 'error', message: String(error) }));
  interruption.signal.addEventListener('abort', end, { once: true });
  let printed = 0;
  for await (const message of subscription) {
    await output.result(messageLine(message), messageJson(message));
    printed += 1;
    if (printed >= count) return;
  }
  interruption.signal.throwIfAborted();
  throw new CliError('unreachable', 'CLOSED', `the subscription to ${subscription.topic} ended`);
}

function tellOfGap({ topic, reason, lost, after, resumesAt }: GapEvent, { output }: CommandContext): void {
  const what = lost ? `events between #${after.sequence} and #${resumesAt.sequence} are lost` : `interrupted after #${after.sequence}, the rest follows`;
  output.note(`${topic}: ${what} (${reason})`, { event: 'gap', topic, reason, lost, after, resumesAt });
}

function tellOfConnection(bus: Bus, { output }: CommandContext): void {
  bus.on('state', ({ state, previous }) => {
    if (state === 'reconnecting') output.note('connection lost, reconnecting', { event: 'reconnecting' });
    if (state === 'open' && previous === 'reconnecting') output.note('connected again', { event: 'reconnected' });
  });
}
