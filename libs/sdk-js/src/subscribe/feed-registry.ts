import type { StampedBatch } from '../message.js';
import type { GapSignal } from '../wire/control-reader.js';
import type { Feed } from './feed.js';

interface RoomFeeds {
  readonly byChannel: Map<string, Feed[]>;
  wide: Feed[];
  /** End of the last join of this room. */
  lastJoin: Promise<unknown>;
}

/** The feeds of a Bus, by what they follow. The inbox counts as the room with the empty name. */
export class FeedRegistry {
  private readonly rooms = new Map<string, RoomFeeds>();

  add(feed: Feed): void {
    const room = this.roomOf(feed.target.room);
    if (feed.target.allChannels) room.wide = [...room.wide, feed];
    else room.byChannel.set(feed.target.channel, [...(room.byChannel.get(feed.target.channel) ?? []), feed]);
  }

  /** Returns true when no other feed follows the same target. */
  remove(feed: Feed): boolean {
    const { room: name, channel, allChannels } = feed.target;
    const room = this.rooms.get(name);
    if (room === undefined) return true;
    const rest = (allChannels ? room.wide : room.byChannel.get(channel) ?? []).filter((each) => each !== feed);
    if (allChannels) room.wide = rest;
    else if (rest.length > 0) room.byChannel.set(channel, rest);
    else room.byChannel.delete(channel);
    if (room.wide.length === 0 && room.byChannel.size === 0) this.rooms.delete(name);
    return rest.length === 0;
  }

  /** `isOfReplay` tells of a batch that a strict replay took. */
  dispatch(batch: StampedBatch, isOfReplay: boolean): void {
    const room = this.rooms.get(batch.room);
    if (room === undefined) return;
    const feeds = room.byChannel.get(batch.channel);
    if (feeds !== undefined) for (const feed of feeds) feed.accept(batch, isOfReplay);
    for (const feed of room.wide) feed.accept(batch, isOfReplay);
  }

  interrupted(signal: GapSignal): void {
    for (const feed of this.feedsOf(signal.room, signal.channel)) feed.interruptedByServer(signal);
  }

  /** Feeds that follow a topic. */
  feedsOf(room: string, channel: string): readonly Feed[] {
    const found = this.rooms.get(room);
    return found === undefined ? [] : [...(found.byChannel.get(channel) ?? []), ...found.wide];
  }

  all(): Feed[] {
    return [...this.rooms.values()].flatMap((room) => [...room.wide, ...[...room.byChannel.values()].flat()]);
  }

  /**
   * Runs joins of one room one after another, so that replayed batches that arrive during a join belong to it: those of
   * another join of the same topic might start later and would hide a hole.
   */
  async exclusive(roomName: string, join: () => Promise<void>): Promise<void> {
    const room = this.roomOf(roomName);
    const turn = room.lastJoin.then(join);
    // How one join ends is its caller's matter; the next one only waits for it.
    room.lastJoin = Promise.allSettled([turn]);
    await turn;
  }

  private roomOf(name: string): RoomFeeds {
    const known = this.rooms.get(name);
    if (known !== undefined) return known;
    const created: RoomFeeds = { byChannel: new Map(), wide: [], lastJoin: Promise.resolve() };
    this.rooms.set(name, created);
    return created;
  }
}
