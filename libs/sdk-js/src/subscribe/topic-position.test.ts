import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopicPosition, type BatchPlace } from './topic-position.js';

const epoch = 7n;

describe('TopicPosition.take()', () => {
  it('takes the first batch whatever it is when nothing is known', () => {
    const position = new TopicPosition(undefined);
    expect(position.take({ epoch, sequence: 5n, prev: 4n, count: 3 })).toEqual({ kind: 'deliver', from: 0 });
    expect(position.current).toEqual({ epoch, sequence: 7n });
    expect(new TopicPosition(undefined).take({ epoch, sequence: 9n, prev: 9n, count: 0 })).toEqual({ kind: 'ignore' });
  });

  it('skips the events of a batch that were seen, and a batch that was seen whole', () => {
    const position = new TopicPosition({ epoch, sequence: 5n });
    expect(position.take({ epoch, sequence: 4n, prev: 3n, count: 4 })).toEqual({ kind: 'deliver', from: 2 });
    expect(position.take({ epoch, sequence: 6n, prev: 5n, count: 2 })).toEqual({ kind: 'ignore' });
  });

  it('shows a hole and takes nothing', () => {
    const position = new TopicPosition({ epoch, sequence: 5n });
    const resumesAt = { epoch, sequence: 8n };
    expect(position.take({ epoch, sequence: 9n, prev: 8n, count: 1 })).toEqual({ kind: 'gap', after: { epoch, sequence: 5n }, resumesAt });
    expect(position.current).toEqual({ epoch, sequence: 5n });
  });

  it('accepts sequences that are not dense as long as the preceding one is the last seen', () => {
    const position = new TopicPosition({ epoch, sequence: 5n });
    expect(position.take({ epoch, sequence: 4_096n, prev: 5n, count: 1 })).toEqual({ kind: 'deliver', from: 0 });
  });

  it('shows a lost tail by a head, and ignores a head that is known', () => {
    const position = new TopicPosition({ epoch, sequence: 5n });
    expect(position.take({ epoch, sequence: 5n, prev: 5n, count: 0 })).toEqual({ kind: 'ignore' });
    expect(position.take({ epoch, sequence: 6n, prev: 6n, count: 0 }).kind).toBe('gap');
  });

  it('shows a new epoch and ignores a past one', () => {
    const position = new TopicPosition({ epoch, sequence: 5n });
    expect(position.take({ epoch: 6n, sequence: 6n, prev: 5n, count: 1 })).toEqual({ kind: 'ignore' });
    expect(position.take({ epoch: 8n, sequence: 1n, prev: 0n, count: 1 })).toMatchObject({ kind: 'epoch', resumesAt: { epoch: 8n, sequence: 0n } });
  });

  it('delivers each event once, in order and without a hole, whatever is lost, repeated and reordered', () => {
    const topic = fc.array(fc.record({ skip: fc.integer({ min: 0, max: 3 }), count: fc.integer({ min: 1, max: 4 }) }), { minLength: 1, maxLength: 30 });
    const arrivals = fc.array(fc.nat({ max: 200 }), { maxLength: 120 });
    fc.assert(fc.property(topic, arrivals, (shape, order) => {
      const batches = buildTopic(shape);
      const position = new TopicPosition({ epoch, sequence: 0n });
      const delivered: bigint[] = [];
      for (const pick of order) play(position, batches[pick % batches.length], delivered);
      // Healing replays the topic from the start: repeats are dropped, holes are filled.
      for (const batch of batches) play(position, batch, delivered);
      const all = batches.flatMap((batch) => Array.from({ length: batch.count }, (_, index) => batch.sequence + BigInt(index)));
      expect(delivered).toEqual(all);
    }));
  });

  it('never moves back, and names every hole it skips over', () => {
    const step = fc.record({ to: fc.bigInt({ min: 0n, max: 50n }), of: fc.bigInt({ min: 5n, max: 9n }) });
    fc.assert(fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const position = new TopicPosition({ epoch: 5n, sequence: 0n });
      for (const { to, of } of steps) {
        const before = position.current ?? { epoch: 0n, sequence: 0n };
        const isForward = of > before.epoch || (of === before.epoch && to > before.sequence);
        expect(position.isBehind({ epoch: of, sequence: to })).toBe(isForward);
        position.advance({ epoch: of, sequence: to });
        expect(position.current).toEqual(isForward ? { epoch: of, sequence: to } : before);
      }
    }));
  });

  it('goes back only when told to', () => {
    const position = new TopicPosition({ epoch, sequence: 5n });
    position.restart({ epoch, sequence: 2n });
    expect(position.current).toEqual({ epoch, sequence: 2n });
  });
});

function buildTopic(shape: readonly { skip: number; count: number }[]): BatchPlace[] {
  let head = 0n;
  return shape.map(({ skip, count }) => {
    const place = { epoch, sequence: head + 1n + BigInt(skip), prev: head, count };
    head = place.sequence + BigInt(count - 1);
    return place;
  });
}

function play(position: TopicPosition, batch: BatchPlace, delivered: bigint[]): void {
  const verdict = position.take(batch);
  if (verdict.kind !== 'deliver') return;
  for (let index = verdict.from; index < batch.count; index++) delivered.push(batch.sequence + BigInt(index));
}
