import { encodeEpoch, readStampedBatch } from '@arqonbus/envelope';
import { describe, expect, it } from 'vitest';
import { MemoryLiveHistory } from './memory-live-history.js';
import { readRuns } from './read-runs.js';
import { RunIndex } from './run-index.js';
import { testRouting, testRun, upTo } from './run-source.contract.js';

describe('readRuns()', () => {
  it('tells the sequence before the window when nothing is held', () => {
    const empty = (fromSequence?: number): object => readRuns(new RunIndex(), () => new Uint8Array(0), encodeEpoch(1), { maxEvents: 1, maxBytes: 1, ...(fromSequence === undefined ? {} : { fromSequence }) }, 41);
    expect(empty()).toMatchObject({ events: 0, lastSequence: 41, nextSequence: 0 });
    expect(empty(60)).toMatchObject({ events: 0, lastSequence: 59, nextSequence: 0 });
  });

  it('finds room for headers that are longer than those stored', () => {
    const store = new MemoryLiveHistory({ maxBytes: 1e9, maxUnacknowledgedRuns: 64, producerIdleMs: 1_000, headroomBytes: 64 });
    const topic = store.openTopic({ routing: testRouting, retention: { maxEvents: 1e6, maxBytes: 1e9, maxAgeMs: 1e6 }, onTailFull: () => undefined }, 1);
    for (const n of upTo(70)) topic.append(testRun({ events: upTo(4_000, n), payloadBytes: 0 }), 1);
    // Sequences of 1 to 3 bytes, cut so that both stamp numbers grow.
    for (const from of [2, 126, 127, 128, 129, 3_999, 16_383, 16_384, 16_385, 200_000]) {
      const page = topic.read({ fromSequence: from, toSequence: from, maxEvents: 1, maxBytes: 1 });
      expect(readStampedBatch(page.bytes, 0)).toMatchObject({ sequence: from, prev: from - 1, replayed: true });
      expect(readStampedBatch(page.bytes, 0).end).toBe(page.bytes.length);
    }
  });

  it('refuses to write past its target when the index tells a wrong length', () => {
    const store = new MemoryLiveHistory({ maxBytes: 1e9, maxUnacknowledgedRuns: 64, producerIdleMs: 1_000, headroomBytes: 0 });
    const topic = store.openTopic({ routing: testRouting, retention: { maxEvents: 10, maxBytes: 1e9, maxAgeMs: 1e6 }, onTailFull: () => undefined }, 1);
    topic.append(testRun({ events: [1], payloadBytes: 500 }), 1);
    const tail = topic.takeTail();
    if (tail === undefined) throw new Error('no tail');
    const index = new RunIndex();
    index.push(1, 1, 1, tail.start, 10, 1);
    expect(() => readRuns(index, () => tail.bytes, topic.epochField, { maxEvents: 1, maxBytes: 1 }, 1)).toThrow(RangeError);
  });
});
