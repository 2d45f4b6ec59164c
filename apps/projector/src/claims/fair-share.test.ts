import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askingOrder, fairShare, surplus } from './fair-share.js';

const partitions = fc.integer({ min: 1, max: 64 });

describe('fairShare()', () => {
  it('lets all instances together hold every partition, and none much more than another', () => {
    fc.assert(fc.property(partitions, fc.integer({ min: 1, max: 20 }), (count, instances) => {
      const share = fairShare(count, instances);
      expect(share * instances).toBeGreaterThanOrEqual(count);
      expect((share - 1) * instances).toBeLessThan(count);
    }));
  });

  it('is everything for an instance that does not count itself yet', () => {
    expect(fairShare(4, 0)).toBe(4);
  });
});

describe('askingOrder()', () => {
  it('asks for each that is not held once, from its own place', () => {
    expect(askingOrder(5, new Set([1, 4]), 3)).toEqual([3, 0, 2]);
  });
});

describe('surplus()', () => {
  it('keeps as many as the share allows', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.nat({ max: 63 })), fc.integer({ min: 0, max: 64 }), (held, share) => {
      const back = surplus(held, share);
      expect(held.length - back.length).toBe(Math.min(share, held.length));
      expect(held).toEqual(expect.arrayContaining([...back]));
    }));
  });
});
