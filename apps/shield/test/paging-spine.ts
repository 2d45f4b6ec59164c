import { runFrame, type ScriptedSpine } from './scripted-spine.js';

/** A topic with its whole history. */
export interface PagedTopic {
  readonly number: number;
  readonly room: number;
  readonly roomName: string;
  readonly channel: string;
  lastSequence: number;
  readonly frames: { first: number; last: number; bytes: Uint8Array }[];
}

interface Cursor {
  readonly topic: PagedTopic;
  sequence: number;
}

/** What one session follows, as this Spine believes it. */
interface Follower {
  readonly session: bigint;
  readonly topics: Set<PagedTopic>;
  readonly rooms: Set<number>;
  cursors: Cursor[];
  isLagging: boolean;
}

/** Heals slow readers as a Spine does: off the live topics, one page per credit from the told positions, live again at the heads. */
export class PagingSpine {
  readonly topics: PagedTopic[] = [];
  readonly followers = new Map<bigint, Follower>();
  laggingCount = 0;
  pageCount = 0;

  constructor(private readonly spine: ScriptedSpine) {
    spine.onTold = (body) => {
      if (body.case === 'sessionLagging') this.#lagging(body.value.session, new Map(body.value.positions.map((position) => [position.topic, Number(position.sequence)])));
      else if (body.case === 'sessionCredit') this.#credit(body.value.session);
    };
  }

  addTopic(number: number, room: number, channel: string): PagedTopic {
    const topic: PagedTopic = { number, room, roomName: `room${String(room)}`, channel, lastSequence: 0, frames: [] };
    this.topics.push(topic);
    this.spine.send({ body: { case: 'describeTopic', value: { topic: number, room, tenant: 'acme', roomName: topic.roomName, channel, epoch: 7n, sequence: 0n } } });
    return topic;
  }

  follow(session: bigint, what: { topics?: readonly PagedTopic[]; room?: number }): void {
    const follower = this.followers.get(session) ?? { session, topics: new Set<PagedTopic>(), rooms: new Set<number>(), cursors: [], isLagging: false };
    this.followers.set(session, follower);
    for (const topic of what.topics ?? []) follower.topics.add(topic);
    if (what.room !== undefined) follower.rooms.add(what.room);
    this.#subscribe(follower);
  }

  publish(topic: PagedTopic, count: number, payloadBytes: number): void {
    const prev = topic.lastSequence;
    const bytes = runFrame({ room: topic.roomName, channel: topic.channel, sequence: prev + 1, prev, count, payloadBytes });
    topic.lastSequence += count;
    topic.frames.push({ first: prev + 1, last: topic.lastSequence, bytes });
    this.spine.publish({ topic: topic.number, room: topic.room, lastSequence: topic.lastSequence, prevSequence: prev }, bytes);
  }

  #subscribe(follower: Follower): void {
    for (const topic of follower.topics) this.spine.send({ body: { case: 'subscribe', value: { session: follower.session, topic: topic.number } } });
    for (const room of follower.rooms) this.spine.send({ body: { case: 'subscribe', value: { session: follower.session, room } } });
  }

  #lagging(session: bigint, told: ReadonlyMap<number, number>): void {
    const follower = this.followers.get(session);
    if (follower === undefined || follower.isLagging) return;
    this.laggingCount += 1;
    follower.isLagging = true;
    const affected = this.topics.filter((topic) => follower.topics.has(topic) || follower.rooms.has(topic.room));
    follower.cursors = affected.map((topic) => {
      const sequence = told.get(topic.number);
      if (sequence === undefined) throw new Error(`no position for ${topic.channel}`);
      return { topic, sequence };
    });
    for (const topic of follower.topics) this.spine.send({ body: { case: 'unsubscribe', value: { session, topic: topic.number } } });
    for (const room of follower.rooms) this.spine.send({ body: { case: 'unsubscribe', value: { session, room } } });
  }

  #credit(session: bigint): void {
    const follower = this.followers.get(session);
    if (follower === undefined) return;
    follower.isLagging = false;
    const behind = follower.cursors.find((cursor) => cursor.sequence < cursor.topic.lastSequence);
    if (behind === undefined) {
      if (follower.cursors.length > 0) this.#subscribe(follower);
      follower.cursors = [];
      return;
    }
    const next = pageFrom(behind);
    // A position within a run would mean that half of a frame was delivered.
    if (next[0].first !== behind.sequence + 1) throw new Error(`position ${String(behind.sequence)} is inside a run`);
    behind.sequence = next[next.length - 1].last;
    this.pageCount += 1;
    this.spine.deliver(session, Buffer.concat(next.map((frame) => frame.bytes)), { page: true });
  }
}

/** The frames after a cursor, up to about 256 KiB. */
function pageFrom(cursor: Cursor): PagedTopic['frames'] {
  const page: PagedTopic['frames'] = [];
  let bytes = 0;
  for (const frame of cursor.topic.frames) {
    if (frame.last <= cursor.sequence) continue;
    page.push(frame);
    bytes += frame.bytes.length;
    if (bytes >= 262_144) break;
  }
  return page;
}
