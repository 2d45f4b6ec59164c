import { canCreateChannel, canDeleteChannel, canListRoom, canSubscribe } from '@arqonbus/auth';
import { ArqonError, hardCaps, isArqonError } from '@arqonbus/errors';
import { isRoomName } from '@arqonbus/tenancy';
import { restartTopic, whenReady, type Topic } from '../routing/index.js';
import { audited } from './audited.js';
import type { CommandContext, CommandHandler } from './command.js';
import { requireRoomAndChannel } from './names.js';

/** list_channels: those of the room that the token may join; an unknown room has none. */
export const listChannels: CommandHandler<'listChannels'> = async (context, call, value) => {
  const { session } = call;
  if (!isRoomName(value.room)) throw new ArqonError('INVALID_NAME', { field: 'room' });
  if (!canListRoom(session.claims, value.room)) throw new ArqonError('NOT_PERMITTED', { field: 'room' });
  await context.directory.locateChannels(session.tenant, value.room);
  const topics = [...(session.tenant.rooms.get(value.room)?.topics.values() ?? [])];
  const permitted = topics.filter((topic) => canSubscribe(session.claims, topic.roomName, topic.channel));
  if (permitted.length > hardCaps.channelsPerRoomJoin) throw new ArqonError('LIMIT', { field: 'room' });
  const channels = permitted.map(describeChannel);
  call.reply({ case: 'channels', value: { channels } });
};

/** channel_info: not found and not permitted are one answer. */
export const channelInfo: CommandHandler<'channelInfo'> = async (context, call, value) => {
  requireRoomAndChannel(value.room, value.channel);
  const isPermitted = canSubscribe(call.session.claims, value.room, value.channel);
  const topic = isPermitted ? await context.directory.locate(call.session.tenant, value.room, value.channel) : undefined;
  if (topic === undefined) throw new ArqonError('NOT_PERMITTED', { field: 'room' });
  call.reply({ case: 'channel', value: describeChannel(topic) });
};

/** create_channel: audited; needs publish. */
export const createChannel: CommandHandler<'createChannel'> = async (context, call, value) => {
  requireRoomAndChannel(value.room, value.channel);
  const { session } = call;
  const exists = (): boolean => context.directory.findTopic(session.tenant, value.room, value.channel) !== undefined;
  await audited(context, call, { action: 'channel.create', target: nameOf(value) }, () => {
    if (!canCreateChannel(session.claims, value.room, value.channel)) return new ArqonError('NOT_PERMITTED', { field: 'room' });
    if (exists()) return new ArqonError('CHANNEL_EXISTS', { field: 'channel' });
    return refusalOf(() => { context.directory.requirePlace(session.tenant, value.room); });
  });
  if (session.isClosed) return;
  // Another may have created it while the record was written, or on another Spine.
  if (exists() || (await context.directory.locate(session.tenant, value.room, value.channel)) !== undefined) throw new ArqonError('CHANNEL_EXISTS', { field: 'channel' });
  const topic = context.directory.openTopic(session.tenant, value.room, value.channel);
  await whenReady([topic]);
  call.reply({ case: 'channel', value: describeChannel(topic) });
};

/** delete_channel: audited; needs the role operator. Its subscribers stay, told by `gap` that a new epoch began. */
export const deleteChannel: CommandHandler<'deleteChannel'> = async (context, call, value) => {
  requireRoomAndChannel(value.room, value.channel);
  const { session } = call;
  const isPermitted = canDeleteChannel(session.claims, value.room, value.channel);
  if (isPermitted) await context.directory.locate(session.tenant, value.room, value.channel);
  const find = (): Topic | undefined => context.directory.findTopic(session.tenant, value.room, value.channel);
  await audited(context, call, { action: 'channel.delete', target: nameOf(value) }, () =>
    isPermitted && find() !== undefined ? undefined : new ArqonError('NOT_PERMITTED', { field: 'room' }));
  const topic = find();
  if (topic?.isInMemory === true) emptyTopic(context, topic);
  // Every Spine hears from the store that the log began anew.
  else await topic?.requireLog('channel').reset(context.nowMs() * 1_000);
  call.reply({ case: 'done', value: {} });
};

function emptyTopic(context: CommandContext, topic: Topic): void {
  if (topic.sessionCount === 0) context.directory.closeTopic(topic);
  else restartTopic(context, topic, 'EPOCH_CHANGED', () => { topic.history.reset(context.nowMs() * 1_000); });
}

/** What a check refuses with. */
function refusalOf(check: () => void): ArqonError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (isArqonError(error)) return error;
    throw error;
  }
}

function nameOf(value: { readonly room: string; readonly channel: string }): string {
  return value.channel === '' ? value.room : `${value.room}:${value.channel}`;
}

interface ChannelDescription {
  room: string; channel: string; epoch: bigint; sequence: bigint; subscribers: number;
  historyEvents: bigint; historyBytes: bigint; firstSequence: bigint;
}

function describeChannel(topic: Topic): ChannelDescription {
  const { history } = topic;
  return {
    room: topic.roomName, channel: topic.channel, epoch: BigInt(history.epoch), sequence: BigInt(history.lastSequence),
    subscribers: topic.sessionCount, historyEvents: BigInt(history.eventCount), historyBytes: BigInt(history.byteCount),
    firstSequence: BigInt(topic.oldestSequence),
  };
}
