import { canSubscribe, canSubscribeInbox } from '@arqonbus/auth';
import { ArqonError } from '@arqonbus/errors';
import type { HistoryPage, HistoryWindow } from '@arqonbus/storage';
import { readHistory } from '../durable/read-history.js';
import { whenReady, type Topic } from '../routing/index.js';
import type { CommandCall, CommandContext, CommandHandler, CommandValue } from './command.js';
import { requireRoomAndChannel, requireSafeNumber } from './names.js';

const defaultEvents = 100;

/** history_get: one page; its batches and the reply travel in one frame, so that they cannot be taken for live ones. */
export const historyGet: CommandHandler<'historyGet'> = (context, call, value) => {
  const { bucket } = call.session;
  // A page costs its reader as much as publishing it would; otherwise small requests fill a whole link.
  const retryAfterMs = bucket?.debtMs(context.nowMs()) ?? 0;
  if (retryAfterMs > 0) throw new ArqonError('RATE_LIMITED', { field: 'history_get', retryAfterMs });
  const known = findReadable(context, call, value);
  return known instanceof Promise ? known.then((topic) => answer(context, call, value, topic)) : answer(context, call, value, known);
};

function answer(context: CommandContext, call: CommandCall, value: CommandValue<'historyGet'>, topic: Topic): void | Promise<void> {
  context.fanOut.flushTopic(topic);
  const { epoch } = topic.history;
  if (value.epoch !== 0n && value.epoch !== BigInt(epoch)) throw new ArqonError('EPOCH_CHANGED', { field: 'epoch' });
  const page = readHistory(topic, windowOf(context, value));
  if (page instanceof Promise) return page.then((read) => { sendPage(context, call, epoch, read); });
  sendPage(context, call, epoch, page);
}

function sendPage(context: CommandContext, call: CommandCall, epoch: number, page: HistoryPage): void {
  call.session.bucket?.charge(page.bytes.length);
  call.session.flush();
  const reply = context.messages.reply(call.requestId, {
    case: 'history', value: { nextSequence: BigInt(page.nextSequence), complete: page.nextSequence === 0, epoch: BigInt(epoch) },
  });
  call.session.queue(Buffer.concat([page.bytes, reply]));
  call.session.flush();
}

/** The topic, at once when it is open here. Not found and not permitted are one answer. */
function findReadable(context: CommandContext, call: CommandCall, value: CommandValue<'historyGet'>): Topic | Promise<Topic> {
  const { tenant, claims } = call.session;
  const { room, channel, recipient } = value;
  if (recipient !== '') {
    if (room !== '' || channel !== '') throw new ArqonError('INVALID_ARGUMENT', { field: 'room' });
    const refusal = new ArqonError('NOT_PERMITTED', { field: 'recipient' });
    if (!canSubscribeInbox(claims, recipient)) throw refusal;
    const isDurable = context.directory.hasDurableInbox(tenant, recipient);
    return ready(isDurable ? context.directory.openInbox(tenant, recipient) : tenant.inboxes.get(recipient), refusal);
  }
  requireRoomAndChannel(room, channel);
  const refusal = new ArqonError('NOT_PERMITTED', { field: 'room' });
  if (!canSubscribe(claims, room, channel)) throw refusal;
  const topic = context.directory.findTopic(tenant, room, channel);
  if (topic?.isReady === true) return topic;
  return context.directory.locate(tenant, room, channel).then((located) => ready(located, refusal));
}

function ready(topic: Topic | undefined, refusal: ArqonError): Topic | Promise<Topic> {
  if (topic === undefined) throw refusal;
  return whenReady([topic])?.then(() => topic) ?? topic;
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
