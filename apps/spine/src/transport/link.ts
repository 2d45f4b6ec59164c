import { SpineFrameBuilder, type SpineMessageInit } from '@arqonbus/link';
import type { CloseRow } from '@arqonbus/errors';
import type { TransportSocket } from '@arqonbus/transport';
import type { Room, Session, SessionPort, Topic } from '../routing/index.js';

/** Bytes queued for a link after which they leave at once. */
const flushBytes = 65_536;

/**
 * One Shield's link. Every engine topic has at most one subscription per link, whichever way its
 * sessions follow it, so a publish goes out once per Shield.
 */
export class Link {
  readonly sessions = new Map<number, Session>();
  shieldId = '';
  hasGreeted = false;
  private readonly builder = new SpineFrameBuilder();
  private readonly topics = new Map<Topic, number>();
  private readonly rooms = new Map<Room, number>();
  private readonly described = new Set<Topic>();
  private isHeld = false;

  constructor(readonly socket: TransportSocket<LinkSeat>, private readonly onQueued: (link: Link) => void) {}

  queue(message: SpineMessageInit): void {
    this.builder.appendMessage(message);
    this.afterQueued();
  }

  deliver(session: number, frame: Uint8Array, page: boolean): void {
    this.builder.appendDeliverSession(session, frame, { page });
    this.afterQueued();
  }

  /** Sends what is queued; called before any publish to this link and at the end of the turn. */
  flush(): void {
    for (let message = this.builder.take(); message !== undefined; message = this.builder.take()) this.socket.send(message);
  }

  /** What is queued within leaves in one message, up to the largest that a link takes. */
  together(work: () => void): void {
    this.flush();
    this.isHeld = true;
    try {
      work();
    } finally {
      this.isHeld = false;
      this.afterQueued();
    }
  }

  subscribeTopic(session: number, topic: Topic): void {
    this.describe(topic);
    topic.subscribers.linked += 1;
    const before = this.topics.get(topic) ?? 0;
    this.topics.set(topic, before + 1);
    if (before === 0 && !this.followsRoomOf(topic)) this.startTopic(topic);
    this.queue({ body: { case: 'subscribe', value: { session: BigInt(session), topic: topic.number } } });
  }

  unsubscribeTopic(session: number, topic: Topic): void {
    topic.subscribers.linked -= 1;
    const left = (this.topics.get(topic) ?? 1) - 1;
    const isLast = left === 0 && !this.followsRoomOf(topic);
    if (left > 0) this.topics.set(topic, left);
    else this.topics.delete(topic);
    if (isLast) this.stopTopic(topic);
    this.queue({ body: { case: 'unsubscribe', value: { session: BigInt(session), topic: topic.number } } });
    if (isLast) this.forget(topic);
  }

  subscribeRoom(session: number, room: Room): void {
    for (const topic of room.topics.values()) this.describe(topic);
    room.wide.linked += 1;
    const before = this.rooms.get(room) ?? 0;
    this.rooms.set(room, before + 1);
    if (before === 0) {
      for (const topic of this.topics.keys()) if (topic.room === room) this.stopTopic(topic);
      room.wide.links += 1;
      this.socket.subscribe(room.engineTopic);
    }
    this.queue({ body: { case: 'subscribe', value: { session: BigInt(session), room: room.number } } });
  }

  unsubscribeRoom(session: number, room: Room): void {
    room.wide.linked -= 1;
    const left = (this.rooms.get(room) ?? 1) - 1;
    if (left > 0) this.rooms.set(room, left);
    else {
      this.rooms.delete(room);
      room.wide.links -= 1;
      this.socket.unsubscribe(room.engineTopic);
      for (const topic of this.topics.keys()) if (topic.room === room) this.startTopic(topic);
    }
    this.queue({ body: { case: 'unsubscribe', value: { session: BigInt(session), room: room.number } } });
    if (left > 0) return;
    for (const topic of room.topics.values()) if (!this.topics.has(topic)) this.forget(topic);
  }

  /** A channel came into being in a room that this link follows whole. */
  topicOpened(topic: Topic): void {
    if (this.followsRoomOf(topic)) this.describe(topic);
  }

  topicClosed(topic: Topic): void {
    this.forget(topic);
  }

  /** The topic's epoch changed: its number now stands for the new one. */
  topicReset(topic: Topic): void {
    if (this.described.delete(topic)) this.describe(topic);
  }

  /** What the Shield knows of a topic goes stale once nothing of it is sent there: the next subscription describes it anew. */
  private forget(topic: Topic): void {
    if (!this.described.delete(topic)) return;
    this.queue({ body: { case: 'forgetTopic', value: { topic: topic.number } } });
  }

  private describe(topic: Topic): void {
    if (this.described.has(topic)) return;
    this.described.add(topic);
    this.queue({
      body: {
        case: 'describeTopic',
        value: {
          topic: topic.number, room: topic.room?.number ?? 0, tenant: topic.tenant.id, roomName: topic.roomName, channel: topic.channel,
          recipient: topic.recipient, ...standOf(topic),
        },
      },
    });
  }

  private followsRoomOf(topic: Topic): boolean {
    return topic.room !== undefined && this.rooms.has(topic.room);
  }

  private startTopic(topic: Topic): void {
    topic.subscribers.links += 1;
    this.socket.subscribe(topic.engineTopic);
  }

  private stopTopic(topic: Topic): void {
    topic.subscribers.links -= 1;
    this.socket.unsubscribe(topic.engineTopic);
  }

  private afterQueued(): void {
    if (this.isHeld) return;
    if (this.builder.sizeBytes >= flushBytes) this.flush();
    else this.onQueued(this);
  }
}

/** Where a topic stands; epoch 0 until its log is open, which is described anew then: a position that never was must not be resumed from. */
function standOf({ isReady, history }: Topic): { epoch: bigint; sequence: bigint } {
  return isReady ? { epoch: BigInt(history.epoch), sequence: BigInt(history.lastSequence) } : { epoch: 0n, sequence: 0n };
}

/** What a socket of the link door carries. */
export interface LinkSeat {
  link: Link | undefined;
}

/** A session behind a Shield. */
export class LinkPort implements SessionPort {
  constructor(private readonly link: Link, private readonly id: number, private readonly onKicked: (id: number) => void) {}

  send(frame: Uint8Array): boolean {
    this.link.deliver(this.id, frame, false);
    return true;
  }

  sendPage(frame: Uint8Array): boolean {
    this.link.deliver(this.id, frame, true);
    return true;
  }

  subscribe(topic: Topic): void {
    this.link.subscribeTopic(this.id, topic);
  }

  unsubscribe(topic: Topic): void {
    this.link.unsubscribeTopic(this.id, topic);
  }

  subscribeRoom(room: Room): void {
    this.link.subscribeRoom(this.id, room);
  }

  unsubscribeRoom(room: Room): void {
    this.link.unsubscribeRoom(this.id, room);
  }

  together(work: () => void): void {
    this.link.together(work);
  }

  close(row: CloseRow, reason: string): void {
    this.link.queue({ body: { case: 'kickSession', value: { session: BigInt(this.id), code: row.code, reason } } });
    this.onKicked(this.id);
  }

  tokenChanged(token: string): void {
    this.link.queue({ body: { case: 'claimsChanged', value: { session: BigInt(this.id), token } } });
  }
}
