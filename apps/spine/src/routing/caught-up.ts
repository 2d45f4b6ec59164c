import type { LogHead, TopicLog } from '@arqonbus/storage';
import type { DurableLog } from '../durable/durable-log.js';
import { whenReady, type Topic } from './topic.js';

/** A place in a topic that a client names because a Spine told it, this one or another. */
export interface SeenPlace {
  readonly topic: Topic;
  readonly epoch: number;
  readonly sequence: number;
}

/** Longest wait for what the store is known to hold; the backplane brings it within a second. */
const maxWaitMs = 5_000;

/**
 * Undefined when the live windows have come as far as the places, else a promise for it: this Spine may be behind the one that served the client
 * before. What the store does not hold is not waited for: such a place is of another epoch, or beyond the top.
 * @throws ArqonError STORE_UNAVAILABLE, by the promise, when the store cannot tell or what it holds does not come.
 */
export function whenCaughtUp(places: readonly SeenPlace[]): Promise<void> | undefined {
  const ahead = places.filter(({ topic, ...place }) => topic.durable?.openLog !== undefined && isBehind(standOf(topic), place));
  return ahead.length === 0 ? undefined : Promise.all(ahead.map(catchUp)).then(() => undefined);
}

async function catchUp({ topic, ...place }: SeenPlace): Promise<void> {
  const { durable } = topic;
  const log = durable?.openLog;
  if (durable === undefined || log === undefined) return;
  let head = headOf(log.head);
  if (isBehind(head, place)) head = await storedHead(durable, log, place);
  const goal = isBehind(head, place) || head.epoch !== place.epoch ? head : place;
  await durable.reached(() => !isBehind(standOf(topic), goal), maxWaitMs);
}

/** The store's head. One question serves all who ask at once, unless it was put before the place came into being. */
async function storedHead(durable: DurableLog, log: TopicLog, place: Place): Promise<Place> {
  const shared = headOf(await durable.sharedHead(log));
  return isBehind(shared, place) ? headOf(await log.readHead()) : shared;
}

export interface TopicsToPrepare {
  /** Until the channels of a room are known. */
  readonly open?: (() => Promise<void> | undefined) | undefined;
  readonly topics: () => readonly Topic[];
  /** Where the client left off, by channel. */
  readonly positions: readonly { readonly channel: string; readonly epoch: bigint; readonly sequence: bigint }[];
}

/**
 * Undefined when the topics are ready and have come as far as the client has seen, else a promise for it.
 * @throws ArqonError STORE_UNAVAILABLE, by the promise.
 */
export function prepareTopics({ open, topics, positions }: TopicsToPrepare): Promise<void> | undefined {
  const opening = open?.();
  if (opening !== undefined) return opening.then(() => prepareTopics({ topics, positions }));
  const readying = whenReady(topics());
  if (readying !== undefined) return readying.then(() => prepareTopics({ topics, positions }));
  const known = topics();
  return whenCaughtUp(positions.flatMap(({ channel, epoch, sequence }) => {
    const topic = known.find((candidate) => candidate.channel === channel);
    return topic === undefined ? [] : [{ topic, epoch: Number(epoch), sequence: Number(sequence) }];
  }));
}

interface Place {
  readonly epoch: number;
  readonly sequence: number;
}

function standOf({ history }: Topic): Place {
  return { epoch: history.epoch, sequence: history.lastSequence };
}

function headOf({ epoch, lastSequence }: LogHead): Place {
  return { epoch, sequence: lastSequence };
}

function isBehind(one: Place, other: Place): boolean {
  return one.epoch < other.epoch || (one.epoch === other.epoch && one.sequence < other.sequence);
}
