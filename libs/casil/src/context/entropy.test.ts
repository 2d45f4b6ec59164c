import { describe, expect, it } from 'vitest';
import { shannonBitsPerByte } from './entropy.js';

function measure(text: string): number {
  const bytes = new TextEncoder().encode(text);
  return shannonBitsPerByte(bytes, 0, bytes.length);
}

describe('shannonBitsPerByte', () => {
  it('is 0 for nothing, for one byte and for one byte repeated', () => {
    expect([measure(''), measure('a'), measure('aaaa')]).toEqual([0, 0, 0]);
  });

  it('is the logarithm of the number of equally frequent bytes', () => {
    expect(measure('abab')).toBeCloseTo(1, 10);
    expect(measure('0123456789abcdef')).toBeCloseTo(4, 10);
    expect(measure('0123456789abcdef'.repeat(8))).toBeCloseTo(4, 10);
  });

  it('measures the range alone, and of a long one the first 1,024 bytes', () => {
    const bytes = new TextEncoder().encode(`zzz${'ab'.repeat(512)}${'q'.repeat(5000)}`);
    expect(shannonBitsPerByte(bytes, 3, 7)).toBeCloseTo(1, 10);
    expect(shannonBitsPerByte(bytes, 3, bytes.length)).toBeCloseTo(1, 10);
  });

  it('leaves no counts behind', () => {
    measure('xyz'.repeat(100));
    expect(measure('xy')).toBeCloseTo(1, 10);
  });
});
