import type { ChannelPosition } from './positions.js';

/** How two sets of positions relate; `concurrent` when each knows something that the other does not. */
export type PositionOrder = 'equal' | 'before' | 'after' | 'concurrent';

/**
 * Compares two sets of positions of one room as vector clocks, a component per channel (D10, D11): a partial order.
 * Within a channel a higher epoch supersedes a lower one whatever the sequences are, because the lower one's events
 * came before it began; within an epoch the sequence decides. A channel that is not named is at epoch 0, sequence 0,
 * below every other place. Of several places of one channel the highest counts.
 */
export function comparePositions(a: readonly ChannelPosition[], b: readonly ChannelPosition[]): PositionOrder {
  const left = highestByChannel(a);
  const right = highestByChannel(b);
  const isBelow = [...left.values()].some((place) => compareInChannel(place, right.get(place.channel) ?? nowhere) > 0);
  const isAbove = [...right.values()].some((place) => compareInChannel(place, left.get(place.channel) ?? nowhere) > 0);
  if (isBelow) return isAbove ? 'concurrent' : 'after';
  return isAbove ? 'before' : 'equal';
}

/**
 * The least set of positions that is not before either: of each channel the higher place, by the order of
 * comparePositions. Ordered by channel name; channels at epoch 0, sequence 0 are left out.
 */
export function mergePositions(a: readonly ChannelPosition[], b: readonly ChannelPosition[]): ChannelPosition[] {
  return [...highestByChannel([...a, ...b]).values()].sort((left, right) => (left.channel < right.channel ? -1 : 1));
}

const nowhere = { epoch: 0, sequence: 0 };

/** Below 0, 0 or above 0, as places of one channel follow each other. */
function compareInChannel(a: Pick<ChannelPosition, 'epoch' | 'sequence'>, b: Pick<ChannelPosition, 'epoch' | 'sequence'>): number {
  return a.epoch === b.epoch ? a.sequence - b.sequence : a.epoch - b.epoch;
}

function highestByChannel(positions: readonly ChannelPosition[]): Map<string, ChannelPosition> {
  const highest = new Map<string, ChannelPosition>();
  for (const position of positions) {
    if (compareInChannel(position, highest.get(position.channel) ?? nowhere) > 0) highest.set(position.channel, position);
  }
  return highest;
}
