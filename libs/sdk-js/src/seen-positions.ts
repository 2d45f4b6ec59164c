import type { ChannelPosition } from './wire/frame-reader.js';

/** As many positions as a run may depend on. */
const maxChannels = 64;
const maxRooms = 1_024;
const none: readonly ChannelPosition[] = [];

/** The last place of each channel that a Bus has seen: what it received, and what it published and knows to be taken. Bounded, newest kept. */
export class SeenPositions {
  private readonly rooms = new Map<string, { readonly channels: Map<string, ChannelPosition>; list: readonly ChannelPosition[] | undefined }>();

  record(room: string, channel: string, epoch: bigint, sequence: bigint): void {
    let seen = this.rooms.get(room);
    if (seen === undefined) {
      if (this.rooms.size >= maxRooms) dropOldest(this.rooms);
      seen = { channels: new Map(), list: undefined };
      this.rooms.set(room, seen);
    }
    const known = seen.channels.get(channel);
    if (known !== undefined && (known.epoch > epoch || (known.epoch === epoch && known.sequence >= sequence))) return;
    if (known !== undefined) seen.channels.delete(channel);
    else if (seen.channels.size >= maxChannels) dropOldest(seen.channels);
    seen.channels.set(channel, { channel, epoch, sequence });
    seen.list = undefined;
  }

  /** Positions in a room; the same array until something new is seen. */
  ofRoom(room: string): readonly ChannelPosition[] {
    const seen = this.rooms.get(room);
    if (seen === undefined) return none;
    seen.list ??= [...seen.channels.values()];
    return seen.list;
  }
}

function dropOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
