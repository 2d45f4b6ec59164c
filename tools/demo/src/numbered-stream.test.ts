import { describe, expect, it } from 'vitest';
import { compareNumbers } from './numbered-stream.js';

describe('compareNumbers()', () => {
  it('finds nothing wrong with each number once and in order', () => {
    expect(compareNumbers([1, 2, 3], 3)).toEqual({ lostCount: 0, doubledCount: 0, isInOrder: true });
  });

  it('counts what is missing', () => {
    expect(compareNumbers([1, 4], 4)).toEqual({ lostCount: 2, doubledCount: 0, isInOrder: true });
  });

  it('counts what came twice, also when as many are missing', () => {
    expect(compareNumbers([1, 2, 2], 3)).toEqual({ lostCount: 1, doubledCount: 1, isInOrder: false });
  });

  it('sees numbers that overtook others', () => {
    expect(compareNumbers([1, 3, 2], 3)).toMatchObject({ lostCount: 0, isInOrder: false });
  });
});
