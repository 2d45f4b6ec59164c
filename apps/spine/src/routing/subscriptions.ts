import { canSubscribe, canSubscribeRoom } from '@arqonbus/auth';
import type { Directory } from './directory.js';
import type { FanOut } from './fan-out.js';
import type { Mark, Recoveries } from './recovery.js';
import type { Cursor } from './recovery-state.js';
import type { Session } from './session.js';
import { whenReady, type Room, type Topic } from './topic.js';

/** What a session followed live until it was detached. */
export interface Detached {
  readonly topics: readonly Topic[];
  readonly rooms: readonly Room[];
  /** The last position that the session got of each topic. */
  readonly cursors: readonly Cursor[];
}

/** Position that the session still got in a topic; undefined when it lost nothing that was fanned out. */
export type LagPosition = (topic: Topic) => number | undefined;

/**
 * Who follows what. A session gets each message once however its subscriptions overlap: while it
 * follows a room live, its single topics of that room are not subscribed at the engine.
 */
export class Subscriptions {
  constructor(
    private readonly directory: Directory, private readonly fanOut: FanOut, private readonly recoveries: Recoveries,
    private readonly nowMs: () => number,
  ) {}

  /** Subscriptions that count towards the session's limit; the inbox does not. */
  countOf(session: Session): number {
    let count = session.rooms?.size ?? 0;
    for (const topic of session.topics?.keys() ?? []) if (topic.place.kind === 'channel') count += 1;
    return count;
  }

  follows(session: Session, topic: Topic): boolean {
    return session.topics?.has(topic) === true || (topic.room !== undefined && session.rooms?.has(topic.room) === true);
  }

  /** True while nothing of the topic can be missed. */
  followsLive(session: Session, topic: Topic): boolean {
    return session.topics?.get(topic) === true || followsRoomLive(session, topic);
  }

  /** Live from the next event on; what is pending leaves first, to those who were there before. */
  addTopic(session: Session, topic: Topic): void {
    this.fanOut.flushTopic(topic);
    session.topics ??= new Map();
    const before = session.topics.get(topic);
    session.topics.set(topic, true);
    if (before === false) topic.subscribers.away -= 1;
    topic.lastActiveMs = this.nowMs();
    this.fanOut.watchQuiet(topic);
    if (before !== true && !followsRoomLive(session, topic)) session.port.subscribe(topic);
  }

  addRoom(session: Session, room: Room): void {
    for (const topic of room.topics.values()) {
      this.fanOut.flushTopic(topic);
      this.fanOut.watchQuiet(topic);
    }
    session.rooms ??= new Map();
    const before = session.rooms.get(room);
    if (before === true) return;
    for (const [topic, live] of session.topics ?? []) if (live && topic.room === room) session.port.unsubscribe(topic);
    session.rooms.set(room, true);
    if (before === false) room.wide.away -= 1;
    session.port.subscribeRoom(room);
  }

  /** Follows the session's own inbox from its beginning, if there is one and it is not followed yet. */
  followInbox(session: Session): void {
    const inbox = session.tenant.inboxes.get(session.clientId);
    if (inbox === undefined || this.follows(session, inbox) || session.recoveries?.some((r) => r.cursors.some((c) => c.topic === inbox)) === true) return;
    this.recoveries.start(session, {
      prepare: () => whenReady([inbox]), plan: () => [{ topic: inbox, epoch: inbox.history.epoch, sequence: inbox.oldestSequence - 1 }],
      cursors: [], prologue: [], startedMs: this.nowMs(), finish: () => { this.addTopic(session, inbox); },
    });
  }

  removeTopic(session: Session, topic: Topic): void {
    const live = session.topics?.get(topic);
    if (live === undefined) return;
    this.fanOut.flushTopic(topic);
    session.topics?.delete(topic);
    this.recoveries.forget(session, topic);
    if (!live) topic.subscribers.away -= 1;
    if (live && !followsRoomLive(session, topic)) session.port.unsubscribe(topic);
    topic.lastActiveMs = this.nowMs();
  }

  removeRoom(session: Session, room: Room): void {
    const live = session.rooms?.get(room);
    if (live === undefined) return;
    for (const topic of room.topics.values()) {
      this.fanOut.flushTopic(topic);
      if (session.topics?.has(topic) !== true) this.recoveries.forget(session, topic);
    }
    session.rooms?.delete(room);
    if (!live) room.wide.away -= 1;
    if (live) {
      session.port.unsubscribeRoom(room);
      for (const [topic, topicLive] of session.topics ?? []) if (topicLive && topic.room === room) session.port.subscribe(topic);
    }
    this.directory.closeRoomIfUnused(room);
  }

  /** Takes a closed session out of everything. */
  removeAll(session: Session): void {
    for (const room of [...(session.rooms?.keys() ?? [])]) this.removeRoom(session, room);
    for (const topic of [...(session.topics?.keys() ?? [])]) this.removeTopic(session, topic);
  }

  /** Ends what a refreshed token no longer covers; returns what ended. */
  revoke(session: Session): { readonly topics: Topic[]; readonly rooms: Room[] } {
    const rooms = [...(session.rooms?.keys() ?? [])].filter((room) => !canSubscribeRoom(session.claims, room.name));
    const topics = [...(session.topics?.keys() ?? [])].filter(
      (topic) => topic.place.kind === 'channel' && !canSubscribe(session.claims, topic.roomName, topic.channel),
    );
    for (const room of rooms) this.removeRoom(session, room);
    for (const topic of topics) this.removeTopic(session, topic);
    return { topics, rooms };
  }

  /**
   * The engine lost live frames of this session: takes it off all live topics. May be called within
   * the engine's callback; `recover` follows outside of it.
   */
  detach(session: Session, positionOf: LagPosition): Detached {
    session.hold();
    session.awaitsCredit = true;
    const topics = liveKeys(session.topics);
    const rooms = liveKeys(session.rooms);
    const affected = new Set(topics);
    for (const room of rooms) for (const topic of room.topics.values()) affected.add(topic);
    const cursors = [...affected].map((topic) => ({ topic, epoch: topic.history.epoch, sequence: positionOf(topic) ?? topic.history.takenSequence }));
    for (const topic of topics) {
      if (!followsRoomLive(session, topic)) session.port.unsubscribe(topic);
    }
    for (const topic of topics) {
      session.topics?.set(topic, false);
      topic.subscribers.away += 1;
    }
    for (const room of rooms) {
      session.port.unsubscribeRoom(room);
      session.rooms?.set(room, false);
      room.wide.away += 1;
    }
    return { topics, rooms, cursors };
  }

  /** Tells the loss by `gap`, heals it by pages from the last position of each topic, then goes live again. */
  recover(session: Session, detached: Detached): void {
    if (session.isClosed) return;
    const cursors = detached.cursors.filter(({ topic }) => this.follows(session, topic));
    const prologue = cursors.map((cursor) => {
      const mark: Mark = { epoch: cursor.epoch, sequence: cursor.sequence };
      return this.recoveries.gap(cursor.topic, mark, mark, 'SLOW_READER');
    });
    this.recoveries.start(session, {
      cursors, prologue, startedMs: this.nowMs(),
      finish: () => { this.restore(session, detached, cursors); },
    });
  }

  /** Back to live, unless a room got a channel meanwhile that still has to be read. */
  private restore(session: Session, detached: Detached, done: readonly { readonly topic: Topic }[]): void {
    const { topics, rooms } = detached;
    const known = new Set(done.map((cursor) => cursor.topic));
    const fresh = rooms
      .filter((room) => session.rooms?.has(room) === true)
      .flatMap((room) => [...room.topics.values()])
      .filter((topic) => !known.has(topic));
    if (fresh.length > 0) {
      let cursors: Cursor[] = [];
      this.recoveries.start(session, {
        prepare: () => whenReady(fresh), plan: () => (cursors = fresh.map((topic) => ({ topic, epoch: topic.history.epoch, sequence: 0 }))),
        cursors, prologue: [], startedMs: this.nowMs(),
        finish: () => { this.restore(session, detached, [...done, ...cursors]); },
      });
      return;
    }
    for (const room of rooms) if (session.rooms?.has(room) === true) this.addRoom(session, room);
    for (const topic of topics) if (session.topics?.has(topic) === true) this.addTopic(session, topic);
  }
}

function followsRoomLive(session: Session, topic: Topic): boolean {
  return topic.room !== undefined && session.rooms?.get(topic.room) === true;
}

function liveKeys<Key>(map: Map<Key, boolean> | undefined): Key[] {
  return [...(map ?? [])].filter(([, live]) => live).map(([key]) => key);
}
