import { describe, expect, it } from 'vitest';
import { RunIndex, sequencesPerMessage } from './run-index.js';

function filled(streamSequences: readonly number[]): RunIndex {
  const index = new RunIndex();
  for (const streamSequence of streamSequences) index.add({ streamSequence, count: 3, timeUs: 10, bodyBytes: 5, isErased: false, prev: undefined });
  return index;
}

describe('RunIndex', () => {
  it('chains each run to the one before, over messages of other topics', () => {
    const index = filled([2, 7]);
    expect([index.at(0)?.prev, index.at(1)?.prev]).toEqual([0, 2 * sequencesPerMessage + 2]);
  });

  it('remembers what was before its oldest run when older ones are dropped', () => {
    const index = filled([2, 7, 9]);
    index.dropThrough(7);
    expect(index.first).toMatchObject({ streamSequence: 9, prev: 7 * sequencesPerMessage + 2 });
    index.dropThrough(9);
    expect([index.size, index.lastSequence, index.firstSequence]).toEqual([0, 9 * sequencesPerMessage + 2, 9 * sequencesPerMessage + 3]);
    expect([index.eventCount, index.bodyBytes]).toEqual([0, 0]);
  });

  it('never lets time go back, and finds runs by any of their sequences', () => {
    const index = filled([2]);
    expect(index.add({ streamSequence: 5, count: 1, timeUs: 4, bodyBytes: 1, isErased: false, prev: undefined }).timeUs).toBe(10);
    expect(index.find(2 * sequencesPerMessage + 2)?.streamSequence).toBe(2);
    expect(index.find(2 * sequencesPerMessage + 3)).toBeUndefined();
  });

  it('holds its place over many drops', () => {
    const index = filled(Array.from({ length: 5_000 }, (_, position) => position + 1));
    index.dropThrough(4_000);
    expect(index.size).toBe(1_000);
    expect(index.find(4_500 * sequencesPerMessage)?.streamSequence).toBe(4_500);
  });
});
