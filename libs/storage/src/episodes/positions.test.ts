import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { earliest, isAfter, isSamePosition, later } from './positions.js';

const position = fc.record({ epoch: fc.bigInt({ min: 1n, max: 3n }), sequence: fc.bigInt({ min: 0n, max: 5n }) });
const maybe = fc.option(position, { nil: undefined });

describe('positions', () => {
  it('are ordered by epoch, then by sequence, and the beginning is before everything', () => {
    expect(isAfter({ epoch: 2n, sequence: 0n }, { epoch: 1n, sequence: 9n })).toBe(true);
    fc.assert(fc.property(position, maybe, (left, right) => {
      expect(Number(isAfter(left, right)) + Number(right !== undefined && isAfter(right, left)) + Number(isSamePosition(left, right))).toBe(1);
    }));
  });

  it('have an earliest that none is before, and the beginning when one is there', () => {
    fc.assert(fc.property(fc.array(maybe), (positions) => {
      const found = earliest(positions);
      if (positions.includes(undefined) || positions.length === 0) expect(found).toBeUndefined();
      else for (const each of positions) expect(each !== undefined && isAfter(found ?? each, each)).toBe(false);
    }));
  });

  it('have a later one of two', () => {
    fc.assert(fc.property(maybe, maybe, (left, right) => {
      const found = later(left, right);
      for (const each of [left, right]) expect(each !== undefined && isAfter(each, found)).toBe(false);
    }));
  });
});
