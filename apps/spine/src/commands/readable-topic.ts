import { canSubscribe, canSubscribeInbox } from '@arqonbus/auth';
import { ArqonError } from '@arqonbus/errors';
import { whenReady, type SeenPlace, type Session, type Topic } from '../routing/index.js';
import type { CommandContext } from './command.js';
import { requireRoomAndChannel, requireSafeNumber } from './names.js';

/** How commands name a topic: a channel of a room, or an inbox. */
export interface TopicNames {
  readonly room: string;
  readonly channel: string;
  readonly recipient: string;
}

/** Whether the token in force covers reading the topic. */
export function mayRead({ claims }: Session, names: TopicNames): boolean {
  return names.recipient === '' ? canSubscribe(claims, names.room, names.channel) : canSubscribeInbox(claims, names.recipient);
}

/** Whether a reader of history is told what content inspection found: everybody where it is exposed, operators always (E24). */
export function showsInspection({ exposesInspection }: CommandContext, { claims }: Session): boolean {
  return exposesInspection || claims.roles.has('operator') || claims.roles.has('admin');
}

/**
 * The topic, at once when it is open here.
 * @throws ArqonError NOT_PERMITTED when there is no such topic or the token does not cover it, which are one answer; INVALID_NAME,
 * INVALID_ARGUMENT; by the promise STORE_UNAVAILABLE too.
 */
export function findReadable(context: CommandContext, session: Session, names: TopicNames): Topic | Promise<Topic> {
  const { tenant } = session;
  const { room, channel, recipient } = names;
  if (recipient !== '') {
    if (room !== '' || channel !== '') throw new ArqonError('INVALID_ARGUMENT', { field: 'room' });
    const refusal = new ArqonError('NOT_PERMITTED', { field: 'recipient' });
    if (!mayRead(session, names)) throw refusal;
    const isDurable = context.directory.hasDurableInbox(tenant, recipient);
    return ready(isDurable ? context.directory.openInbox(tenant, recipient) : tenant.inboxes.get(recipient), refusal);
  }
  requireRoomAndChannel(room, channel);
  const refusal = new ArqonError('NOT_PERMITTED', { field: 'room' });
  if (!mayRead(session, names)) throw refusal;
  const topic = context.directory.findTopic(tenant, room, channel);
  if (topic?.isReady === true) return topic;
  return context.directory.locate(tenant, room, channel).then((located) => ready(located, refusal));
}

function ready(topic: Topic | undefined, refusal: ArqonError): Topic | Promise<Topic> {
  if (topic === undefined) throw refusal;
  return whenReady([topic])?.then(() => topic) ?? topic;
}

/**
 * Places that a reader of the topic knows: where this Spine's own acknowledgements are, which may be ahead of its live window, and the edges of a
 * window within the epoch that it names.
 */
export function placesNamed(value: { readonly epoch: bigint; readonly fromSequence: bigint; readonly toSequence: bigint }, topic: Topic): SeenPlace[] {
  const heard = topic.durable?.openLog?.head;
  const places = heard === undefined ? [] : [{ topic, epoch: heard.epoch, sequence: heard.lastSequence }];
  if (value.epoch === 0n) return places;
  const epoch = Number(value.epoch);
  return [...places, { topic, epoch, sequence: Number(value.fromSequence) - 1 }, { topic, epoch, sequence: Number(value.toSequence) }];
}

/** Bounds of a window as commands give them; undefined means unbounded. */
export interface Bounds {
  readonly fromSequence?: number;
  readonly toSequence?: number;
  readonly fromTimeUs?: number;
  readonly toTimeUs?: number;
}

/** @throws ArqonError INVALID_ARGUMENT for a number above 2^53 - 1 and for a window that ends before it begins. */
export function readBounds(value: { readonly fromSequence: bigint; readonly toSequence: bigint; readonly fromTimeUs: bigint; readonly toTimeUs: bigint }): Bounds {
  const fromSequence = requireSafeNumber(value.fromSequence, 'from_sequence');
  const toSequence = requireSafeNumber(value.toSequence, 'to_sequence');
  const fromTimeUs = requireSafeNumber(value.fromTimeUs, 'from_time_us');
  const toTimeUs = requireSafeNumber(value.toTimeUs, 'to_time_us');
  if (toSequence !== 0 && toSequence < fromSequence) throw new ArqonError('INVALID_ARGUMENT', { field: 'to_sequence' });
  if (toTimeUs !== 0 && toTimeUs < fromTimeUs) throw new ArqonError('INVALID_ARGUMENT', { field: 'to_time_us' });
  return {
    ...(fromSequence > 0 ? { fromSequence } : {}), ...(toSequence > 0 ? { toSequence } : {}),
    ...(fromTimeUs > 0 ? { fromTimeUs } : {}), ...(toTimeUs > 0 ? { toTimeUs } : {}),
  };
}
