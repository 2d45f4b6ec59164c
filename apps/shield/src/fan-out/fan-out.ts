import { ArqonError } from '@arqonbus/errors';
import type { DescribeTopic } from '@arqonbus/proto';
import type { TransportServer } from '@arqonbus/transport';
import { roomInterestOf, topicInterestOf } from '../link/resume-interests.js';
import { ResumePlan } from '../link/resume-plan.js';
import type { Uplink } from '../link/uplink.js';
import type { SessionTable } from '../session-table.js';
import type { ClientSocket, Session } from '../session.js';
import type { ShieldCounters } from '../shield-counters.js';
import { readPagePositions } from './page-positions.js';
import { PublishLog } from './publish-log.js';
import { HEARTBEAT_TOPIC, SlowReaders } from './slow-readers.js';
import { TopicTable, type RoomState, type TopicState } from './topic-table.js';

const HEARTBEAT = new Uint8Array(0);
/** Has no subscribers. */
const NOBODY_TOPIC = 'nobody';
/** The engine queues smaller messages per subscriber until its flush and writes larger ones at once. */
const LARGE_BYTES = 16_384;
/** Turns after which the engine has surely flushed. */
const FLUSH_TURN_COUNT = 2;

export interface FanOutParts {
  readonly sessions: SessionTable;
  readonly uplink: Uplink;
  readonly counters: ShieldCounters;
  /** Bytes buffered per session above which the engine drops. */
  readonly maxBufferedBytes: number;
}

/** From the link to the clients' sockets: topics, subscriptions, and one engine publish per frame and kind of follower. */
export class FanOut {
  readonly topics = new TopicTable();
  readonly slowReaders: SlowReaders;
  /** What of earlier links is not resumed yet. */
  plan = new ResumePlan();
  readonly #log = new PublishLog();
  readonly #parts: FanOutParts;
  #server: TransportServer | undefined;
  /** Turn in which a small message was published last. */
  #smallTurn = Number.NEGATIVE_INFINITY;

  constructor(parts: FanOutParts) {
    this.#parts = parts;
    this.slowReaders = new SlowReaders({ topics: this.topics, log: this.#log, uplink: parts.uplink, counters: parts.counters, maxBufferedBytes: parts.maxBufferedBytes });
  }

  /** The listener whose sockets are served; set once, before the first client. */
  attach(server: TransportServer): void {
    this.#server = server;
  }

  opened(socket: ClientSocket): void {
    socket.subscribe(HEARTBEAT_TOPIC);
  }

  /** One publish for all clients. */
  heartbeat(): void {
    this.slowReaders.publishing(this.#log.append(undefined, 0, 0, HEARTBEAT), { toRoom: false });
    this.#server?.publish(HEARTBEAT_TOPIC, HEARTBEAT);
    this.slowReaders.published();
  }

  /** Has the losses of earlier flushes told now, so that those told during a publish are of that publish. */
  settle(): void {
    this.#server?.publish(NOBODY_TOPIC, HEARTBEAT);
  }

  /**
   * True while a frame of this size would make the engine flush small messages of this turn on its way:
   * what that flush loses would leave the frame behind a hole. Everything behind it waits with it.
   */
  mustWait(frameBytes: number): boolean {
    return frameBytes >= LARGE_BYTES && this.#log.generation < this.#smallTurn + FLUSH_TURN_COUNT;
  }

  /** Raises MALFORMED_FRAME for a topic that was not described. */
  deliverTopic(number: number, lastSequence: number, prevSequence: number, frame: Uint8Array): void {
    const topic = this.#known(number, 'deliver_topic');
    const entry = this.#log.append(topic, prevSequence, lastSequence, frame);
    topic.lastSequence = lastSequence;
    if (frame.length < LARGE_BYTES) this.#smallTurn = this.#log.generation;
    this.slowReaders.publishing(entry, { toRoom: false });
    this.#server?.publish(topic.engineTopic, frame);
    if (topic.room !== undefined && topic.room.followerCount > 0) {
      this.slowReaders.publishing(entry, { toRoom: true });
      this.#server?.publish(topic.room.engineTopic, frame);
    }
    this.slowReaders.published();
    this.#parts.counters.framesOutCount += 1;
    this.#parts.counters.bytesOutCount += frame.length;
  }

  /** A frame for one session; held back while its buffer is full. */
  deliverSession(session: Session, frame: Uint8Array, options: { readonly page: boolean }): void {
    if (options.page && !this.plan.isEmpty) for (const position of readPagePositions(frame)) this.plan.advance(session.id, position);
    this.slowReaders.deliver(session, frame, options);
  }

  describe(description: DescribeTopic): void {
    const { topic, isNew } = this.topics.describe(description);
    const { room } = topic;
    if (!isNew || room === undefined) return;
    for (const { slow } of this.#parts.sessions.all()) {
      if (slow?.rooms.has(room.number) === true) slow.topics.set(topic.number, topic.lastSequence);
      if (slow?.loss?.rooms.has(room.number) === true) slow.loss.positions.set(topic.number, topic.lastSequence);
    }
  }

  forget(number: number): void {
    const topic = this.topics.forget(number);
    if (topic === undefined) return;
    for (const session of this.#parts.sessions.all()) {
      if (session.topics.delete(number)) session.socket?.unsubscribe(topic.engineTopic);
      session.slow?.topics.delete(number);
      session.slow?.loss?.positions.delete(number);
      this.slowReaders.tidy(session);
    }
  }

  /** Puts a session on a live topic, or on its pages while the session is losing frames or waits for room. */
  subscribeTopic(session: Session, number: number): void {
    const topic = this.#known(number, 'subscribe');
    guardTenant(session, topic.tenant);
    this.plan.settle(session.id, topicInterestOf(topic));
    session.socket?.subscribe(topic.engineTopic);
    if (this.slowReaders.isBlocked(session)) {
      session.socket?.unsubscribe(topic.engineTopic);
      this.slowReaders.defer(session, new Map([[number, topic.lastSequence]]));
      return;
    }
    session.slow?.topics.delete(number);
    session.topics.set(number, this.#log.nextSerial);
    this.slowReaders.tidy(session);
  }

  /** As subscribeTopic, for every topic of a room, present and future. */
  subscribeRoom(session: Session, number: number): void {
    const room = this.topics.roomFor(number);
    if (room.tenant !== undefined) guardTenant(session, room.tenant);
    this.#settleRoom(session, room);
    session.socket?.subscribe(room.engineTopic);
    const { slow } = session;
    if (slow !== undefined && this.slowReaders.isBlocked(session)) {
      session.socket?.unsubscribe(room.engineTopic);
      if (slow.loss === undefined) slow.rooms.add(number);
      else slow.loss.rooms.set(number, Number.POSITIVE_INFINITY);
      this.slowReaders.defer(session, new Map([...room.topics].map((topic) => [topic.number, topic.lastSequence])));
      return;
    }
    slow?.rooms.delete(number);
    for (const topic of room.topics) slow?.topics.delete(topic.number);
    if (!session.rooms.has(number)) room.followerCount += 1;
    session.rooms.set(number, this.#log.nextSerial);
    this.slowReaders.tidy(session);
  }

  /**
   * Takes a session off a live topic. For a topic that it reads by pages this is only the Spine's answer
   * to the loss that was told: the position stays until it is live again.
   */
  unsubscribeTopic(session: Session, number: number): void {
    const topic = this.topics.topic(number);
    if (topic === undefined) return;
    this.plan.settle(session.id, topicInterestOf(topic));
    session.socket?.unsubscribe(topic.engineTopic);
    session.topics.delete(number);
    session.slow?.loss?.positions.delete(number);
  }

  /** As unsubscribeTopic, for a whole room. */
  unsubscribeRoom(session: Session, number: number): void {
    const room = this.topics.room(number);
    if (room === undefined) return;
    this.#settleRoom(session, room);
    session.socket?.unsubscribe(room.engineTopic);
    if (session.rooms.delete(number)) room.followerCount -= 1;
    const loss = session.slow?.loss;
    if (loss?.rooms.delete(number) !== true) return;
    for (const topic of room.topics) if (!loss.topics.has(topic.number)) loss.positions.delete(topic.number);
  }

  /** The socket is gone, and with it the engine's subscriptions. */
  closed(session: Session): void {
    for (const number of session.rooms.keys()) {
      const room = this.topics.room(number);
      if (room !== undefined) room.followerCount -= 1;
    }
    session.rooms.clear();
    session.topics.clear();
    session.slow = undefined;
  }

  #known(number: number, field: string): TopicState {
    const topic = this.topics.topic(number);
    if (topic === undefined) throw new ArqonError('MALFORMED_FRAME', { message: 'a topic was not described', field });
    return topic;
  }

  #settleRoom(session: Session, room: RoomState): void {
    const interest = roomInterestOf(room);
    if (interest !== undefined) this.plan.settle(session.id, interest);
  }
}

/** The Spine decides who may read what; this only makes a mix-up of tenants impossible to carry out. */
function guardTenant(session: Session, tenant: string): void {
  if (session.tenant !== tenant) throw new ArqonError('MALFORMED_FRAME', { message: 'a subscription crosses tenants', field: 'subscribe' });
}
