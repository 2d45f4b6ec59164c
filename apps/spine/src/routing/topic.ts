import { encodeRouting } from '@arqonbus/envelope';
import { ArqonError } from '@arqonbus/errors';
import type { Following, LiveHistory, TopicHistory, TopicLog } from '@arqonbus/storage';
import type { TopicKey } from '@arqonbus/tenancy';
import type { DurableLog } from '../durable/durable-log.js';
import type { RoomPolicy } from '../durable/room-rules.js';

/** Subscribers of one topic or room, by door: each kind costs one engine publish. */
export interface SubscriberCounts {
  /** Sessions connected to this Spine. */
  direct: number;
  /** Links with at least one interested session. */
  links: number;
  /** Sessions behind links. */
  linked: number;
  /** Sessions that follow it but are off the live topic, because they recover. */
  away: number;
}

/** A room of one tenant: its channels and those who follow all of them. */
export class Room {
  readonly topics = new Map<string, Topic>();
  readonly wide: SubscriberCounts = { direct: 0, links: 0, linked: 0, away: 0 };
  readonly engineTopic: string;
  /** Tells of channels that other Spines create, while sessions follow the room. */
  watch: Following | undefined;

  constructor(readonly number: number, readonly tenant: Tenant, readonly name: string) {
    this.engineTopic = `r${String(number)}`;
  }
}

/** Everything that one tenant has on this Spine; names of two tenants never meet. */
export class Tenant {
  readonly rooms = new Map<string, Room>();
  readonly inboxes = new Map<string, Topic>();
  topicCount = 0;
  /** Open sessions; a tenant with any is never forgotten. */
  sessionCount = 0;

  constructor(readonly id: string) {}
}

/** Where a topic is in its tenant: a channel of a room, or a client's inbox. */
export type TopicPlace =
  | { readonly kind: 'channel'; readonly room: Room; readonly channel: string }
  | { readonly kind: 'inbox'; readonly clientId: string };

/** One ordered stream of events. */
export class Topic {
  readonly subscribers: SubscriberCounts = { direct: 0, links: 0, linked: 0, away: 0 };
  readonly engineTopic: string;
  readonly routing: Uint8Array;
  /** The live window: all of a memory room's history, the newest of a durable one's. */
  readonly history: TopicHistory;
  readonly policy: RoomPolicy;
  /** The way into the store; undefined where history is in memory. */
  durable: DurableLog | undefined;
  /** Waits in the fan-out's list for the end of the turn. */
  isDirty = false;
  /** Had events since its head was last announced. */
  isActive = false;
  /** Removed from its tenant: cached references resolve again. */
  isClosed = false;
  /** Whether content inspection covers it; undefined until it is asked for the first time. */
  isInspected: boolean | undefined;
  /** Milliseconds of the last event, subscription or creation. */
  lastActiveMs: number;
  /** When the head is announced next while nothing happens; 0 when not scheduled. */
  headDueMs = 0;

  constructor(readonly number: number, readonly tenant: Tenant, readonly place: TopicPlace, options: TopicOptions) {
    this.engineTopic = `t${String(number)}`;
    this.routing = encodeRouting(roomNameOf(place), channelOf(place), recipientOf(place));
    this.history = options.store.openTopic(
      { routing: this.routing, retention: options.policy.retention, onTailFull: () => { options.onTailFull(this); } },
      options.nowMs * 1000,
    );
    this.lastActiveMs = options.nowMs;
    this.policy = options.policy;
  }

  get key(): TopicKey {
    const tenant = this.tenant.id;
    return this.place.kind === 'inbox' ? { tenant, inbox: this.place.clientId } : { tenant, room: this.place.room.name, channel: this.place.channel };
  }

  /** False while it is not known what the store holds of it: neither head nor epoch mean anything then. */
  get isReady(): boolean {
    const state = this.durable?.state;
    return state !== 'opening' && state !== 'failed';
  }

  /** Whether this Spine numbers and keeps its runs by itself: a memory room, or one that goes on without its store. */
  get isInMemory(): boolean {
    return this.durable === undefined || this.durable.state === 'degraded';
  }

  /** The log of a topic that is not in memory. @throws ArqonError STORE_UNAVAILABLE with the field while it cannot be used. */
  requireLog(field: string): TopicLog {
    const log = this.durable?.openLog;
    if (log === undefined) throw new ArqonError('STORE_UNAVAILABLE', { field, retryAfterMs: 500 });
    return log;
  }

  /** Sequence of the oldest event that can be read, here or in the store. */
  get oldestSequence(): number {
    const stored = this.durable?.openLog?.head.firstSequence ?? Number.MAX_SAFE_INTEGER;
    return Math.min(stored, this.history.firstSequence);
  }

  get room(): Room | undefined {
    return this.place.kind === 'channel' ? this.place.room : undefined;
  }

  get roomName(): string {
    return roomNameOf(this.place);
  }

  get channel(): string {
    return channelOf(this.place);
  }

  get recipient(): string {
    return recipientOf(this.place);
  }

  /** Sessions that follow this topic on this Spine, those that are catching up included. */
  get sessionCount(): number {
    const own = sessionsIn(this.subscribers);
    const wide = this.room?.wide;
    return wide === undefined ? own : own + sessionsIn(wide);
  }
}

export interface TopicOptions {
  readonly store: LiveHistory;
  readonly policy: RoomPolicy;
  readonly nowMs: number;
  readonly onTailFull: (topic: Topic) => void;
}

/**
 * Undefined when all topics are ready, else a promise that resolves once they are.
 * @throws ArqonError STORE_UNAVAILABLE, by the promise, when the store cannot tell what one of them holds.
 */
export function whenReady(topics: readonly Topic[]): Promise<void> | undefined {
  const waiting = topics.filter((topic) => !topic.isReady);
  return waiting.length === 0 ? undefined : settleAll(waiting);
}

async function settleAll(topics: readonly Topic[]): Promise<void> {
  await Promise.all(topics.flatMap((topic) => topic.durable?.settled() ?? []));
  if (topics.some((topic) => !topic.isReady)) throw new ArqonError('STORE_UNAVAILABLE', { field: 'room', retryAfterMs: 500 });
}

/** Sessions that follow, live or catching up. */
export function sessionsIn(counts: SubscriberCounts): number {
  return counts.direct + counts.linked + counts.away;
}

function roomNameOf(place: TopicPlace): string {
  return place.kind === 'channel' ? place.room.name : '';
}

function channelOf(place: TopicPlace): string {
  return place.kind === 'channel' ? place.channel : '';
}

function recipientOf(place: TopicPlace): string {
  return place.kind === 'inbox' ? place.clientId : '';
}
