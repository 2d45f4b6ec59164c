import { describe, expect, it } from 'vitest';

import { findCycles } from './cycles.js';

describe('findCycles()', () => {
  it('finds a cycle, however long', () => {
    expect(findCycles(new Map([['a', ['b']], ['b', ['c']], ['c', ['a']], ['d', ['a']]]))).toEqual([['a', 'b', 'c']]);
  });

  it('finds a node that leads to itself', () => {
    expect(findCycles(new Map([['a', ['a']]]))).toEqual([['a']]);
  });

  it('finds none in a tree', () => {
    expect(findCycles(new Map([['a', ['b', 'c']], ['b', ['c']]]))).toEqual([]);
  });
});
