import { describe, expect, it } from 'vitest';
import { createRandomBlocks } from './random-blocks.js';

describe('createRandomBlocks()', () => {
  it('gives no bytes twice, over several blocks', () => {
    const fill = createRandomBlocks();
    const seen = new Set(Array.from({ length: 5_000 }, () => {
      const target = new Uint8Array(10);
      fill(target);
      return Buffer.from(target).toString('hex');
    }));
    expect(seen.size).toBe(5_000);
  });

  it('fills all of a buffer that does not fit into the rest of a block', () => {
    const fill = createRandomBlocks();
    for (let round = 0; round < 9; round += 1) {
      const target = new Uint8Array(1_000);
      fill(target);
      // A thousand random bytes have about four zeros.
      expect(target.filter((byte) => byte === 0).length).toBeLessThan(40);
    }
  });
});
