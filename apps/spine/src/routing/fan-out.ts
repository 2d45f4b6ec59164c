import { prependDeliverTopic } from '@arqonbus/link';
import type { Session } from './session.js';
import type { Room, Topic } from './topic.js';

/** The engine's publish at one door. */
export interface Door {
  publish(engineTopic: string, bytes: Uint8Array): void;
}

/** The door of links: what was queued for a link must leave before a publish to it. */
export interface LinkDoor extends Door {
  flushQueued(): void;
}

export interface FanOutLimits {
  /** Bytes of a pending frame, and milliseconds of one engine callback, after which it leaves at once. */
  readonly maxPendingBytes: number;
  readonly maxPendingMs: number;
}

/** One frame that left through the direct door: tells what a slow socket lost. */
export interface Publication {
  /** Rises by one with each publication. */
  readonly serial: number;
  readonly topic: Topic;
  readonly frame: Uint8Array;
  /** Sequence that precedes the frame's first event, and sequence of its last. */
  readonly prev: number;
  readonly last: number;
  readonly turn: number;
}

/** Size from which the engine sends a publish at once. */
const largeFrameBytes = 16_384;

/** Turns that a publication is remembered: the engine drains a socket within the next one. */
const rememberedTurns = 2;

/**
 * The second half of routing: the runs that a topic accepted within one turn of the event loop
 * leave as one frame, encoded once for all subscribers of a door.
 */
export class FanOut {
  turn = 1;
  /** Topics with events since their head was last announced. */
  activeTopics: Topic[] = [];
  /** Frames of the last turns, oldest first. */
  private publications: Publication[] = [];
  /** The publication whose engine call is running. */
  publishing: Publication | undefined;
  /** Events of the topic are on their way to subscribers. */
  onPublished: (topic: Topic) => void = () => undefined;
  private nextSerial = 1;
  private dirtyTopics: Topic[] = [];
  private dirtySessions: Session[] = [];
  private isScheduled = false;
  private dirtySinceMs = 0;
  private direct: Door = closedDoor;
  private links: LinkDoor = closedDoor;

  constructor(private readonly limits: FanOutLimits, private readonly nowMs: () => number, private readonly onTurnEnd: () => void) {}

  attach(doors: { readonly direct: Door; readonly links: LinkDoor }): void {
    this.direct = doors.direct;
    this.links = doors.links;
  }

  /** The topic's tail grew by a run. Flushes within the engine's callback when too much or too old. */
  markTopic(topic: Topic): void {
    if (!topic.isDirty) {
      topic.isDirty = true;
      this.watchQuiet(topic);
      this.dirtyTopics.push(topic);
      this.schedule();
    }
    if (topic.history.tailBytes >= this.limits.maxPendingBytes) this.flushTopic(topic);
  }

  /** The topic's head is announced once it is quiet. */
  watchQuiet(topic: Topic): void {
    if (topic.isActive) return;
    topic.isActive = true;
    this.activeTopics.push(topic);
  }

  markSession(session: Session): void {
    this.dirtySessions.push(session);
    this.schedule();
  }

  /**
   * Called after each received frame: the engine reads a fast socket without returning to the loop.
   * Small frames stay: the engine would keep them until the turn ends anyway. Acknowledgements stay
   * too, so that a publisher that heeds its window stops sending and lets the turn end.
   */
  flushIfOverdue(nowMs: number): void {
    if (!this.isScheduled || nowMs - this.dirtySinceMs < this.limits.maxPendingMs) return;
    this.dirtySinceMs = nowMs;
    this.flushLarge();
  }

  /** Before a run of `bytes` is added: keeps the pending frame, link header included, under the hard cap of one message. */
  makeRoom(topic: Topic, bytes: number): void {
    if (topic.history.tailBytes + bytes > largestPendingBytes) this.flushTopic(topic);
  }

  /** Sends a topic's pending frame to everybody subscribed now. */
  flushTopic(topic: Topic): void {
    const tail = topic.history.takeTail();
    if (tail === undefined) return;
    this.onPublished(topic);
    const { bytes, start, end, prev, lastSequence } = tail;
    const wide = topic.room?.wide;
    const wideDirect = wide !== undefined && wide.direct > 0;
    if (topic.subscribers.direct > 0 || wideDirect) {
      const frame = bytes.subarray(start, end);
      this.remember(topic, frame, prev, lastSequence);
      if (topic.subscribers.direct > 0) this.direct.publish(topic.engineTopic, frame);
      if (wideDirect && topic.room !== undefined) this.direct.publish(topic.room.engineTopic, frame);
      this.publishing = undefined;
    }
    const wideLinks = wide !== undefined && wide.links > 0;
    if (topic.subscribers.links > 0 || wideLinks) {
      const room = topic.room?.number ?? 0;
      const from = prependDeliverTopic(bytes, start, end - start, { topic: topic.number, room, lastSequence, prevSequence: prev });
      const message = bytes.subarray(from, end);
      this.links.flushQueued();
      if (topic.subscribers.links > 0) this.links.publish(topic.engineTopic, message);
      if (wideLinks && topic.room !== undefined) this.links.publish(topic.room.engineTopic, message);
    }
  }

  /** Sends one frame that is no part of the topic's stream (a head, a gap) to its subscribers. */
  announce(topic: Topic, frame: Uint8Array): void {
    this.flushTopic(topic);
    const head = topic.history.lastSequence;
    this.publishTo(topic.subscribers, topic.engineTopic, frame, topic, head);
    if (topic.room !== undefined) this.publishTo(topic.room.wide, topic.room.engineTopic, frame, topic, head);
  }

  /** End of the turn: replies and acknowledgements first, then live frames. */
  flushAll(): void {
    this.isScheduled = false;
    const sessions = this.dirtySessions;
    this.dirtySessions = [];
    for (const session of sessions) session.flush();
    this.flushTopics();
    this.links.flushQueued();
  }

  /**
   * Large frames first: the engine sends them at once and keeps small ones to the end of the turn. A
   * large frame behind a small one of the same topic could pass it when a slow socket loses the small one.
   */
  private flushTopics(): void {
    this.flushLarge();
    const topics = this.dirtyTopics;
    this.dirtyTopics = [];
    for (const topic of topics) {
      topic.isDirty = false;
      this.flushTopic(topic);
    }
  }

  private flushLarge(): void {
    for (const topic of this.dirtyTopics) if (topic.history.tailBytes >= largeFrameBytes) this.flushTopic(topic);
  }

  private publishTo(counts: Room['wide'], engineTopic: string, frame: Uint8Array, topic: Topic, head: number): void {
    if (counts.direct > 0) {
      this.remember(topic, frame, head, head);
      this.direct.publish(engineTopic, frame);
      this.publishing = undefined;
    }
    if (counts.links > 0) {
      const message = new Uint8Array(linkHeaderBytes + frame.length);
      message.set(frame, linkHeaderBytes);
      const place = { topic: topic.number, room: topic.room?.number ?? 0, lastSequence: head, prevSequence: head };
      this.links.flushQueued();
      this.links.publish(engineTopic, message.subarray(prependDeliverTopic(message, linkHeaderBytes, frame.length, place)));
    }
  }

  /**
   * Serial from which on a socket lost frames, given the first frame it lost: the engine drops the
   * rest of a drain, in publish order. A frame that is no publication (a heartbeat) lost nothing
   * before the next one; undefined when the publication is no longer remembered.
   */
  serialOfLost(frame: Uint8Array): number | undefined {
    if (frame.length === 0) return this.nextSerial;
    return this.publications.find((p) => p.frame.length === frame.length && Buffer.compare(p.frame, frame) === 0)?.serial;
  }

  /** Position that a socket still got in a topic when it lost everything from `serial` on; undefined when that is all of it. */
  positionBefore(serial: number, topic: Topic): number | undefined {
    return this.publications.find((p) => p.serial >= serial && p.topic === topic)?.prev;
  }

  private remember(topic: Topic, frame: Uint8Array, prev: number, last: number): void {
    this.publishing = { serial: this.nextSerial, topic, frame, prev, last, turn: this.turn };
    this.publications.push(this.publishing);
    this.nextSerial += 1;
  }

  /** Asks for a flush at the end of the turn. */
  schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.dirtySinceMs = this.nowMs();
    setImmediate(() => {
      this.flushAll();
      this.endTurn();
    });
  }

  private endTurn(): void {
    this.turn += 1;
    this.onTurnEnd();
    const oldest = this.turn - rememberedTurns;
    const keep = this.publications.findIndex((p) => p.turn >= oldest);
    if (keep === -1) this.publications = [];
    else if (keep > 0) this.publications.splice(0, keep);
  }
}

const largestPendingBytes = 524_288;
const linkHeaderBytes = 64;

const closedDoor: LinkDoor = { publish: () => undefined, flushQueued: () => undefined };
