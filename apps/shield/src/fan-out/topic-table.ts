import { encodeRouting } from '@arqonbus/envelope';
import { ArqonError } from '@arqonbus/errors';
import type { DescribeTopic } from '@arqonbus/proto';

/** A room of the current link; its engine topic reaches the sessions that follow the whole room. */
export interface RoomState {
  readonly number: number;
  /** Undefined until a topic of the room is described: a room may be followed before it has one. */
  tenant: string | undefined;
  name: string | undefined;
  readonly engineTopic: string;
  readonly topics: Set<TopicState>;
  followerCount: number;
}

/** A topic of the current link. */
export interface TopicState {
  readonly number: number;
  /** Undefined for an inbox. */
  readonly room: RoomState | undefined;
  readonly tenant: string;
  readonly channel: string;
  readonly recipient: string;
  readonly engineTopic: string;
  epoch: bigint;
  /** Sequence of the last event fanned out. */
  lastSequence: number;
}

/**
 * What the Spine's numbers stand for. Numbers are valid for one link, so engine topics carry the
 * link's generation: a number that a new link gives to another topic can never reach old subscribers.
 */
export class TopicTable {
  #topics = new Map<number, TopicState>();
  #rooms = new Map<number, RoomState>();
  #generation = 0;

  get size(): number {
    return this.#topics.size;
  }

  topic(number: number): TopicState | undefined {
    return this.#topics.get(number);
  }

  room(number: number): RoomState | undefined {
    return this.#rooms.get(number);
  }

  /** The room of a number, made when it is not described yet. */
  roomFor(number: number): RoomState {
    const known = this.#rooms.get(number);
    if (known !== undefined) return known;
    const engineTopic = `r${this.#generation}.${number}`;
    const room: RoomState = { number, tenant: undefined, name: undefined, engineTopic, topics: new Set(), followerCount: 0 };
    this.#rooms.set(number, room);
    return room;
  }

  /** Takes a description, anew or for the first time. Raises MALFORMED_FRAME when a number changes its tenant or name. */
  describe(description: DescribeTopic): { readonly topic: TopicState; readonly isNew: boolean } {
    const known = this.#topics.get(description.topic);
    if (known !== undefined) {
      if (known.tenant !== description.tenant || known.channel !== description.channel || known.recipient !== description.recipient || known.room?.name !== nameOf(description)) {
        throw new ArqonError('MALFORMED_FRAME', { message: 'a topic number changed its meaning', field: 'describe_topic' });
      }
      known.epoch = description.epoch;
      known.lastSequence = Number(description.sequence);
      return { topic: known, isNew: false };
    }
    const room = description.room === 0 ? undefined : this.#roomOf(description);
    const topic: TopicState = {
      number: description.topic,
      room,
      tenant: description.tenant,
      channel: description.channel,
      recipient: description.recipient,
      engineTopic: `t${this.#generation}.${description.topic}`,
      epoch: description.epoch,
      lastSequence: Number(description.sequence),
    };
    this.#topics.set(topic.number, topic);
    room?.topics.add(topic);
    return { topic, isNew: true };
  }

  forget(number: number): TopicState | undefined {
    const topic = this.#topics.get(number);
    if (topic === undefined) return undefined;
    this.#topics.delete(number);
    const { room } = topic;
    room?.topics.delete(topic);
    if (room !== undefined && room.topics.size === 0 && room.followerCount === 0) this.#rooms.delete(room.number);
    return topic;
  }

  /** Voids all numbers: a new link gives its own. */
  reset(): void {
    this.#topics = new Map();
    this.#rooms = new Map();
    this.#generation += 1;
  }

  #roomOf(description: DescribeTopic): RoomState {
    const room = this.roomFor(description.room);
    room.tenant ??= description.tenant;
    room.name ??= description.roomName;
    if (room.tenant !== description.tenant || room.name !== description.roomName) {
      throw new ArqonError('MALFORMED_FRAME', { message: 'a room number changed its meaning', field: 'describe_topic' });
    }
    return room;
  }
}

function nameOf(description: DescribeTopic): string | undefined {
  return description.room === 0 ? undefined : description.roomName;
}

/** The routing fields that a stamped batch of this topic begins with. */
export function routingOf(topic: TopicState): Uint8Array {
  return encodeRouting(topic.room?.name ?? '', topic.channel, topic.recipient);
}
