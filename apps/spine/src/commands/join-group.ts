import { canSubscribe } from '@arqonbus/auth';
import { ArqonError } from '@arqonbus/errors';
import { isRoomName } from '@arqonbus/tenancy';
import type { CommandCall, CommandContext, CommandValue } from './command.js';
import { requireRoomAndChannel } from './names.js';

/** join with `group`: the session becomes a member and gets tasks instead of the stream. Answered once the group is open. */
export async function joinGroup(context: CommandContext, call: CommandCall, value: CommandValue<'join'>): Promise<void> {
  requireRoomAndChannel(value.room, value.channel);
  if (!isRoomName(value.group)) throw new ArqonError('INVALID_NAME', { field: 'group' });
  if (value.allChannels) throw new ArqonError('INVALID_ARGUMENT', { field: 'all_channels' });
  if (value.resume.length > 0) throw new ArqonError('INVALID_ARGUMENT', { field: 'resume' });
  const { session } = call;
  if (!canSubscribe(session.claims, value.room, value.channel)) throw new ArqonError('NOT_PERMITTED', { field: 'room' });
  const { directory, groups, subscriptions, fanOut } = context;
  if (subscriptions.countOf(session) + groups.countOf(session) >= context.limits.maxTopicsPerSession) throw new ArqonError('TOO_MANY_TOPICS', { field: 'room' });
  const topic = directory.resolveTopic(session.tenant, value.room, value.channel);
  let isAnswered = false;
  const answer = (): void => {
    isAnswered = true;
    fanOut.flushTopic(topic);
    const head = { channel: topic.channel, epoch: BigInt(topic.history.epoch), sequence: BigInt(topic.history.lastSequence) };
    call.reply({ case: 'joined', value: { positions: [head], recovered: false, reason: '' } });
  };
  await groups.join(session, topic, value.group, answer);
  // It left, or its token was exchanged, while the group was opened.
  if (isAnswered || session.isClosed) return;
  if (!canSubscribe(session.claims, value.room, value.channel)) throw new ArqonError('NOT_PERMITTED', { field: 'room' });
  answer();
}
