import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChannelPosition } from './positions.js';
import { comparePositions, mergePositions, type PositionOrder } from './vector-clock.js';

const position = fc.record({
  channel: fc.constantFrom('', 'a', 'b'), epoch: fc.integer({ min: 0, max: 2 }), sequence: fc.integer({ min: 0, max: 3 }),
});
const clock = fc.array(position, { maxLength: 4 });
const isAtMost = (a: readonly ChannelPosition[], b: readonly ChannelPosition[]): boolean => ['equal', 'before'].includes(comparePositions(a, b));
const inverse: Record<PositionOrder, PositionOrder> = { equal: 'equal', before: 'after', after: 'before', concurrent: 'concurrent' };

describe('comparePositions()', () => {
  const at = (channel: string, epoch: number, sequence: number): ChannelPosition => ({ channel, epoch, sequence });

  it.each<[string, ChannelPosition[], ChannelPosition[], PositionOrder]>([
    ['nothing and nothing', [], [], 'equal'],
    ['nothing and something', [], [at('a', 1, 1)], 'before'],
    ['a channel that was never seen and none', [at('a', 0, 0)], [], 'equal'],
    ['the same places in another order', [at('a', 1, 1), at('b', 1, 2)], [at('b', 1, 2), at('a', 1, 1)], 'equal'],
    ['a lower sequence', [at('a', 1, 1)], [at('a', 1, 2)], 'before'],
    ['a higher epoch with a lower sequence', [at('a', 2, 0)], [at('a', 1, 9)], 'after'],
    ['one more channel', [at('a', 1, 1), at('b', 1, 1)], [at('a', 1, 1)], 'after'],
    ['each ahead in a channel', [at('a', 1, 2), at('b', 1, 1)], [at('a', 1, 1), at('b', 1, 2)], 'concurrent'],
    ['each with a channel of its own', [at('a', 1, 1)], [at('b', 1, 1)], 'concurrent'],
    ['a channel named twice', [at('a', 1, 1), at('a', 1, 3)], [at('a', 1, 3)], 'equal'],
  ])('of %s', (_name, a, b, order) => {
    expect(comparePositions(a, b)).toBe(order);
    expect(comparePositions(b, a)).toBe(inverse[order]);
  });

  it('is reflexive, and turns round with its arguments (D11)', () => {
    fc.assert(fc.property(clock, clock, (a, b) => {
      expect(comparePositions(a, a)).toBe('equal');
      expect(comparePositions(b, a)).toBe(inverse[comparePositions(a, b)]);
    }));
  });

  it('is antisymmetric: what is not after each other in both ways is the same clock (D11)', () => {
    fc.assert(fc.property(clock, clock, (a, b) => {
      if (isAtMost(a, b) && isAtMost(b, a)) expect(mergePositions(a, [])).toEqual(mergePositions(b, []));
    }));
  });

  it('is transitive (D11)', () => {
    fc.assert(fc.property(clock, clock, clock, (a, b, c) => {
      const upper = mergePositions(b, c);
      const middle = mergePositions(a, b);
      if (isAtMost(a, middle) && isAtMost(middle, mergePositions(middle, upper))) expect(isAtMost(a, mergePositions(middle, upper))).toBe(true);
      if (isAtMost(a, b) && isAtMost(b, c)) expect(isAtMost(a, c)).toBe(true);
    }), { numRuns: 1_000 });
  });
});

describe('mergePositions()', () => {
  it('is the least upper bound (D11)', () => {
    fc.assert(fc.property(clock, clock, clock, (a, b, c) => {
      const merged = mergePositions(a, b);
      expect(isAtMost(a, merged) && isAtMost(b, merged)).toBe(true);
      expect(isAtMost(merged, c)).toBe(isAtMost(a, c) && isAtMost(b, c));
    }), { numRuns: 1_000 });
  });

  it('is commutative, associative and idempotent (D11)', () => {
    fc.assert(fc.property(clock, clock, clock, (a, b, c) => {
      expect(mergePositions(a, b)).toEqual(mergePositions(b, a));
      expect(mergePositions(mergePositions(a, b), c)).toEqual(mergePositions(a, mergePositions(b, c)));
      expect(mergePositions(mergePositions(a, b), mergePositions(a, b))).toEqual(mergePositions(a, b));
    }));
  });

  it('is one of its arguments exactly when they are not concurrent', () => {
    fc.assert(fc.property(clock, clock, (a, b) => {
      const merged = mergePositions(a, b);
      const isOne = comparePositions(merged, a) === 'equal' || comparePositions(merged, b) === 'equal';
      expect(isOne).toBe(comparePositions(a, b) !== 'concurrent');
    }));
  });

  it('keeps a position of a higher epoch alone', () => {
    expect(mergePositions([{ channel: 'a', epoch: 1, sequence: 90 }], [{ channel: 'a', epoch: 2, sequence: 1 }, { channel: '', epoch: 1, sequence: 4 }]))
      .toEqual([{ channel: '', epoch: 1, sequence: 4 }, { channel: 'a', epoch: 2, sequence: 1 }]);
  });
});
