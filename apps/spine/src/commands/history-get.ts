import { ArqonError } from '@arqonbus/errors';
import type { HistoryPage, HistoryWindow } from '@arqonbus/storage';
import { readHistory } from '../durable/read-history.js';
import { whenCaughtUp, type Topic } from '../routing/index.js';
import type { CommandCall, CommandContext, CommandHandler, CommandValue } from './command.js';
import { findReadable, placesNamed, readBounds, showsInspection } from './readable-topic.js';

const defaultEvents = 100;

/** history_get: one page; its batches and the reply travel in one frame, so that they cannot be taken for live ones. */
export const historyGet: CommandHandler<'historyGet'> = (context, call, value) => {
  const { bucket } = call.session;
  // A page costs its reader as much as publishing it would; otherwise small requests fill a whole link.
  const retryAfterMs = bucket?.debtMs(context.nowMs()) ?? 0;
  if (retryAfterMs > 0) throw new ArqonError('RATE_LIMITED', { field: 'history_get', retryAfterMs });
  const known = findReadable(context, call.session, value);
  return known instanceof Promise ? known.then((topic) => caughtUp(context, call, value, topic)) : caughtUp(context, call, value, known);
};

/** Answers once this Spine has come as far as what its own publishers were told, and as what the client has seen of the epoch that it names. */
function caughtUp(context: CommandContext, call: CommandCall, value: CommandValue<'historyGet'>, topic: Topic): void | Promise<void> {
  const waiting = whenCaughtUp(placesNamed(value, topic));
  return waiting === undefined ? answer(context, call, value, topic) : waiting.then(() => answer(context, call, value, topic));
}

function answer(context: CommandContext, call: CommandCall, value: CommandValue<'historyGet'>, topic: Topic): void | Promise<void> {
  context.fanOut.flushTopic(topic);
  const { epoch } = topic.history;
  if (value.epoch !== 0n && value.epoch !== BigInt(epoch)) throw new ArqonError('EPOCH_CHANGED', { field: 'epoch' });
  const page = readHistory(topic, windowOf(context, call, value));
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

function windowOf(context: CommandContext, call: CommandCall, value: CommandValue<'historyGet'>): HistoryWindow {
  const wanted = value.limit === 0 ? defaultEvents : value.limit;
  return {
    ...readBounds(value), maxEvents: Math.min(wanted, context.limits.maxPageEvents), maxBytes: context.limits.maxPageBytes, withInspection: showsInspection(context, call.session),
  };
}
