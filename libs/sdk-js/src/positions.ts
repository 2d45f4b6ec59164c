import { comparePositions as compare, mergePositions as merge, type ChannelPosition as NumberedPosition } from '@arqonbus/envelope';
import type { ChannelPosition } from './wire/frame-reader.js';

/** How two sets of positions relate. */
export type PositionOrder = 'equal' | 'before' | 'after' | 'concurrent';

/**
 * How two sets of positions of one room relate, as vector clocks with a component per channel: `before` when everything that `a`
 * knows `b` knows too, `concurrent` when each knows something that the other does not.
 */
export function comparePositions(a: readonly ChannelPosition[], b: readonly ChannelPosition[]): PositionOrder {
  return compare(a.map(numbered), b.map(numbered));
}

/** The least set of positions that holds what either knows: of each channel the higher place. */
export function mergePositions(a: readonly ChannelPosition[], b: readonly ChannelPosition[]): ChannelPosition[] {
  return merge(a.map(numbered), b.map(numbered)).map(({ channel, epoch, sequence }) => ({ channel, epoch: BigInt(epoch), sequence: BigInt(sequence) }));
}

/** Epochs are microseconds and sequences stay below 2^53, so nothing is rounded. */
function numbered({ channel, epoch, sequence }: ChannelPosition): NumberedPosition {
  return { channel, epoch: Number(epoch), sequence: Number(sequence) };
}
