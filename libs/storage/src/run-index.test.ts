import { describe, expect, it } from 'vitest';
import { RunIndex } from './run-index.js';

function filled(count: number): RunIndex {
  const index = new RunIndex();
  for (let n = 0; n < count; n += 1) index.push(n * 3 + 1, 3, 1_000 + Math.floor(n / 2), n * 10, 10 + n, n % 4);
  return index;
}

describe('RunIndex', () => {
  it('grows while it wraps around and keeps every column', () => {
    const index = new RunIndex();
    let first = 0;
    let next = 0;
    for (let round = 0; round < 200; round += 1) {
      for (let n = 0; n < 7; n += 1, next += 1) index.push(next + 1, 1, next, next * 2, next * 3, next * 4);
      for (let n = 0; n < 5; n += 1, first += 1) index.shift();
      expect(index.length).toBe(next - first);
      for (const at of [0, index.length - 1]) {
        const run = first + at;
        expect([index.sequenceAt(at), index.timeAt(at), index.offsetAt(at), index.lengthAt(at), index.slabAt(at), index.countAt(at)])
          .toEqual([run + 1, run, run * 2, run * 3, run * 4, 1]);
      }
    }
  });

  it('is empty after clear and can be filled again', () => {
    const index = filled(20);
    index.clear();
    expect([index.length, index.findSequence(1), index.findTime(0)]).toEqual([0, 0, 0]);
    index.push(9, 1, 5, 0, 1, 2);
    expect([index.length, index.sequenceAt(0), index.slabAt(0)]).toEqual([1, 9, 2]);
  });
});

describe('findSequence()', () => {
  it.each([[0, 0], [1, 0], [3, 0], [4, 1], [29, 9], [30, 9], [31, 10], [1_000, 10]])('finds for %i the run %i', (sequence, run) => {
    expect(filled(10).findSequence(sequence)).toBe(run);
  });
});

describe('findTime()', () => {
  it.each([[0, 0], [1_000, 0], [1_001, 2], [1_004, 8], [1_005, 10]])('finds for %i the first run at or after it, %i', (timeUs, run) => {
    expect(filled(10).findTime(timeUs)).toBe(run);
  });
});
