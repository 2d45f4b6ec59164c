import { canSubscribe, canSubscribeInbox } from '@arqonbus/auth';
import { ArqonError } from '@arqonbus/errors';
import type { HistoryWindow } from '@arqonbus/storage';
import type { Topic } from '../routing/index.js';
import type { CommandCall, CommandContext, CommandHandler, CommandValue } from './command.js';
import { requireRoomAndChannel, requireSafeNumber } from './names.js';

const defaultEvents = 100;

/** history_get: one page; its batches and the reply travel in one frame, so that they cannot be taken for live ones. */
export const historyGet: CommandHandler<'historyGet'> = (context, call, value) => {
  const { bucket } = call.session;
  // A page costs its reader as much as publishing it would; otherwise small requests fill a whole link.
  const retryAfterMs = bucket?.debtMs(context.nowMs()) ?? 0;
  if (retryAfterMs > 0) throw new ArqonError('RATE_LIMITED', { field: 'history_get', retryAfterMs });
  const topic = findReadable(context, call, value);
  context.fanOut.flushTopic(topic);
  const { epoch } = topic.history;
  if (value.epoch !== 0n && value.epoch !== BigInt(epoch)) throw new ArqonError('EPOCH_CHANGED', { field: 'epoch' });
  const page = topic.history.read(windowOf(context, value));
  bucket?.charge(page.bytes.length);
  call.session.flush();
  const reply = context.messages.reply(call.requestId, {
    case: 'history', value: { nextSequence: BigInt(page.nextSequence), complete: page.nextSequence === 0, epoch: BigInt(epoch) },
  });
  call.session.queue(Buffer.concat([page.bytes, reply]));
  call.session.flush();
};

function findReadable(context: CommandContext, call: CommandCall, value: CommandValue<'historyGet'>): Topic {
  const { session } = call;
  if (value.recipient !== '') {
    if (value.room !== '' || value.channel !== '') throw new ArqonError('INVALID_ARGUMENT', { field: 'room' });
    const inbox = session.tenant.inboxes.get(value.recipient);
    if (!canSubscribeInbox(session.claims, value.recipient) || inbox === undefined) throw new ArqonError('NOT_PERMITTED', { field: 'recipient' });
    return inbox;
  }
  requireRoomAndChannel(value.room, value.channel);
  const topic = context.directory.findTopic(session.tenant, value.room, value.channel);
  if (!canSubscribe(session.claims, value.room, value.channel) || topic === undefined) throw new ArqonError('NOT_PERMITTED', { field: 'room' });
  return topic;
}

function windowOf(context: CommandContext, value: CommandValue<'historyGet'>): HistoryWindow {
  const fromSequence = requireSafeNumber(value.fromSequence, 'from_sequence');
  const toSequence = requireSafeNumber(value.toSequence, 'to_sequence');
  const fromTimeUs = requireSafeNumber(value.fromTimeUs, 'from_time_us');
  const toTimeUs = requireSafeNumber(value.toTimeUs, 'to_time_us');
  if (toSequence !== 0 && toSequence < fromSequence) throw new ArqonError('INVALID_ARGUMENT', { field: 'to_sequence' });
  if (toTimeUs !== 0 && toTimeUs < fromTimeUs) throw new ArqonError('INVALID_ARGUMENT', { field: 'to_time_us' });
  const wanted = value.limit === 0 ? defaultEvents : value.limit;
  return {
    ...(fromSequence > 0 ? { fromSequence } : {}), ...(toSequence > 0 ? { toSequence } : {}),
    ...(fromTimeUs > 0 ? { fromTimeUs } : {}), ...(toTimeUs > 0 ? { toTimeUs } : {}),
    maxEvents: Math.min(wanted, context.limits.maxPageEvents), maxBytes: context.limits.maxPageBytes,
  };
}
