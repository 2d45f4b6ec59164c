import { describe, expect, it } from 'vitest';
import { ProducerMemory } from './producer-memory.js';
import { testRun, upTo } from './run-source.contract.js';

/** Checks a run and notes it as taken when it may be. */
function take(memory: ProducerMemory, run: bigint, options: { producer?: bigint; owner?: string; turn?: number; nowUs?: number } = {}): string {
  const { nowUs = 0, ...rest } = options;
  const made = testRun({ events: [1], run, ...rest });
  const outcome = memory.check(made, nowUs);
  if (outcome === 'accepted') memory.record(Object.assign(made, { sequence: Number(run) * 10 }), nowUs);
  return outcome;
}

describe('ProducerMemory', () => {
  it('counts what it remembers and forgets all at once', () => {
    const memory = new ProducerMemory({ maxUnacknowledged: 10, idleMs: 1 });
    for (const owner of ['a', 'b']) for (const producer of [1n, 2n]) take(memory, 1n, { owner, producer });
    expect(memory.size).toBe(4);
    memory.clear();
    expect(memory.size).toBe(0);
    expect(take(memory, 2n, { owner: 'b', producer: 2n })).toBe('producer_unknown');
  });

  it('answers right whichever producer came last', () => {
    const memory = new ProducerMemory({ maxUnacknowledged: 100, idleMs: 1 });
    for (const run of upTo(20).map(BigInt)) {
      for (const owner of ['a', 'b']) for (const producer of [1n, 2n ** 63n]) expect(take(memory, run, { owner, producer })).toBe('accepted');
    }
    expect(take(memory, 20n, { owner: 'a', producer: 1n })).toBe('duplicate');
    expect(take(memory, 22n, { owner: 'b', producer: 2n ** 63n })).toBe('out_of_order');
  });

  it('keeps at most 64 producers of one client', () => {
    const memory = new ProducerMemory({ maxUnacknowledged: 100, idleMs: 1 });
    for (const producer of upTo(300).map(BigInt)) take(memory, 1n, { producer });
    expect(memory.size).toBe(64);
  });

  it('keeps a producer alive by duplicates too', () => {
    const memory = new ProducerMemory({ maxUnacknowledged: 100, idleMs: 1_000 });
    take(memory, 1n, { nowUs: 0 });
    take(memory, 1n, { nowUs: 900_000 });
    memory.forgetIdle(1_500_000);
    expect(memory.size).toBe(1);
    memory.forgetIdle(2_000_001);
    expect(memory.size).toBe(0);
  });

  it('tells sequence and count of the newest 64 runs at least', () => {
    const memory = new ProducerMemory({ maxUnacknowledged: 1_000, idleMs: 1 });
    for (const run of upTo(1_000).map(BigInt)) take(memory, run);
    for (const number of upTo(1_000, 937)) {
      const again = testRun({ events: [1, 2, 3], run: BigInt(number) });
      expect(memory.check(again, 0)).toBe('duplicate');
      expect([again.sequence, again.count]).toEqual([number * 10, 1]);
    }
  });
});
