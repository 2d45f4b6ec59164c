import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { positionOf, positionValues } from './positions.js';

describe('positions', () => {
  it('come back as they were, over all 64 bits without a sign', () => {
    const word = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    fc.assert(fc.property(word, word, (epoch, sequence) => {
      const [epochValue, sequenceValue] = positionValues({ epoch, sequence });
      expect(BigInt(epochValue ?? '') >= -(1n << 63n) && BigInt(epochValue ?? '') < 1n << 63n).toBe(true);
      expect(positionOf({ epoch: epochValue, sequence: sequenceValue })).toEqual({ epoch, sequence });
    }));
  });

  it('are absent as two nulls', () => {
    expect(positionValues(undefined)).toEqual([null, null]);
    expect(positionOf({ epoch: null, sequence: null })).toBeUndefined();
  });
});
