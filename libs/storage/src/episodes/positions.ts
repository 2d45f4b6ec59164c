import type { SourcePosition } from './episode-store.js';

/** True when `left` is a later place of the topic than `right`; undefined is before everything. */
export function isAfter(left: SourcePosition, right: SourcePosition | undefined): boolean {
  if (right === undefined) return true;
  if (left.epoch !== right.epoch) return left.epoch > right.epoch;
  return left.sequence > right.sequence;
}

/** The earliest of some places; undefined, the beginning, when one of them is undefined or there is none. */
export function earliest(positions: readonly (SourcePosition | undefined)[]): SourcePosition | undefined {
  let found: SourcePosition | undefined;
  for (const position of positions) {
    if (position === undefined) return undefined;
    if (found === undefined || isAfter(found, position)) found = position;
  }
  return found;
}

/** The later of two places. */
export function later(left: SourcePosition | undefined, right: SourcePosition | undefined): SourcePosition | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return isAfter(left, right) ? left : right;
}

export function isSamePosition(left: SourcePosition | undefined, right: SourcePosition | undefined): boolean {
  return left?.epoch === right?.epoch && left?.sequence === right?.sequence;
}
