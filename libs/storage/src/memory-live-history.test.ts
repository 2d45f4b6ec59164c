import { describe, expect, it } from 'vitest';
import { liveHistoryContract } from './live-history.contract.js';
import { MemoryLiveHistory } from './memory-live-history.js';
import { seenRuns, testRouting, testRun } from './run-source.contract.js';

liveHistoryContract('this process', (options) => new MemoryLiveHistory(options));

const limits = { maxBytes: 1_048_576, maxUnacknowledgedRuns: 64, producerIdleMs: 600_000, headroomBytes: 64 };

describe('MemoryLiveHistory', () => {
  it('says that an acknowledgement is worth memory alone', () => {
    expect(new MemoryLiveHistory(limits).durability).toBe('MEMORY');
  });

  it('holds a run that is larger than any slab', () => {
    const store = new MemoryLiveHistory(limits);
    const topic = store.openTopic({ routing: testRouting, retention: { maxEvents: 10, maxBytes: 1_048_576, maxAgeMs: 1_000 }, onTailFull: () => undefined }, 1);
    topic.append(testRun({ events: [1], payloadBytes: 400_000 }), 1);
    topic.append(testRun({ events: [2] }), 1);
    expect(seenRuns(topic.read({ maxEvents: 9, maxBytes: 1_000_000 }).bytes).flatMap((run) => run.events)).toEqual([1, 2]);
  });

  it('spreads the process bound over topics that are alike', () => {
    const store = new MemoryLiveHistory({ ...limits, maxBytes: 100_000 });
    const options = { routing: testRouting, retention: { maxEvents: 1_000, maxBytes: 1_048_576, maxAgeMs: 1_000_000 }, onTailFull: () => undefined };
    const topics = Array.from({ length: 5 }, () => store.openTopic(options, 1));
    for (let turn = 0; turn < 200; turn += 1) for (const topic of topics) topic.append(testRun({ events: [turn], payloadBytes: 500 }), 1);
    expect(store.byteCount).toBeLessThanOrEqual(100_000);
    for (const topic of topics) expect(topic.byteCount).toBeGreaterThan(10_000);
  });

  it('opens and closes topics within the bound without losing count', () => {
    const store = new MemoryLiveHistory({ ...limits, maxBytes: 50_000 });
    const options = { routing: testRouting, retention: { maxEvents: 1_000, maxBytes: 1_048_576, maxAgeMs: 1_000_000 }, onTailFull: () => undefined };
    for (let turn = 0; turn < 50; turn += 1) {
      const [first, second] = [store.openTopic(options, turn), store.openTopic(options, turn)];
      for (let index = 0; index < 40; index += 1) {
        first.append(testRun({ events: [index], payloadBytes: 800 }), 1);
        second.append(testRun({ events: [index], payloadBytes: 800 }), 1);
      }
      expect(store.byteCount).toBe(first.byteCount + second.byteCount);
      store.closeTopic(first);
      store.closeTopic(second);
      expect(store.byteCount).toBe(0);
    }
  });
});
