import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CausalHold, type ChannelHead, type DependentRun } from './causal-hold.js';

interface TestRun extends DependentRun {
  readonly name: string;
}

/** Channels of a room whose heads a test moves. */
class TestRoom {
  readonly heads = new Map<string, ChannelHead>();
  readonly headOf = (channel: string): ChannelHead | undefined => this.heads.get(channel);

  set(channel: string, sequence: number, epoch = 1): string {
    this.heads.set(channel, { epoch, sequence });
    return channel;
  }
}

const after = (channel: string, sequence: number, epoch = 1): DependentRun['after'][number] => ({ channel, epoch, sequence });
const run = (name: string, positions: DependentRun['after'], rest: Partial<TestRun> = {}): TestRun => (
  { name, channel: 'x', publisher: name, after: positions, sizeBytes: 100, ...rest });
const names = (runs: readonly TestRun[]): string[] => runs.map(({ name }) => name);

describe('CausalHold', () => {
  it('lets runs pass whose positions are met, of an older epoch, or none', () => {
    const room = new TestRoom();
    const hold = new CausalHold<TestRun>();
    room.set('a', 5, 2);
    for (const positions of [[], [after('a', 5, 2)], [after('a', 0, 2)], [after('a', 900, 1)]]) {
      expect(hold.offer(run('r', positions), room.headOf, 0)).toBe('ready');
    }
    expect([hold.runCount, hold.byteCount]).toEqual([0, 0]);
  });

  it.each([['above the head', after('a', 6)], ['of an unknown channel', after('b', 1)], ['of an epoch to come', after('a', 1, 2)]])(
    'holds a run with a position %s until it is sequenced (D11)', (_name, position) => {
      const room = new TestRoom();
      const hold = new CausalHold<TestRun>();
      room.set('a', 5);
      expect(hold.offer(run('r', [position]), room.headOf, 0)).toBe('held');
      expect(hold.advance(room.set('c', 9), room.headOf)).toEqual([]);
      expect(names(hold.advance(room.set(position.channel, position.sequence, position.epoch), room.headOf))).toEqual(['r']);
      expect([hold.runCount, hold.byteCount]).toEqual([0, 0]);
    });

  it('waits for every position, in whatever order they come', () => {
    const room = new TestRoom();
    const hold = new CausalHold<TestRun>();
    hold.offer(run('r', [after('a', 2), after('b', 3)]), room.headOf, 0);
    expect(hold.advance(room.set('b', 3), room.headOf)).toEqual([]);
    expect(hold.advance(room.set('a', 1), room.headOf)).toEqual([]);
    expect(names(hold.advance(room.set('a', 2), room.headOf))).toEqual(['r']);
  });

  it('never lets a run overtake an earlier one of its publisher in the channel', () => {
    const room = new TestRoom();
    const hold = new CausalHold<TestRun>();
    expect(hold.offer(run('p1', [after('a', 1)], { publisher: 'p' }), room.headOf, 0)).toBe('held');
    expect(hold.offer(run('p2', [], { publisher: 'p' }), room.headOf, 0)).toBe('held');
    expect(hold.offer(run('p3', [after('b', 1)], { publisher: 'p' }), room.headOf, 0)).toBe('held');
    expect(hold.offer(run('p4', [], { publisher: 'p' }), room.headOf, 0)).toBe('held');
    expect(hold.offer(run('q', [], { publisher: 'q' }), room.headOf, 0)).toBe('ready');
    expect(hold.offer(run('other channel', [], { publisher: 'p', channel: 'y' }), room.headOf, 0)).toBe('ready');
    expect(names(hold.advance(room.set('a', 1), room.headOf))).toEqual(['p1', 'p2']);
    expect(hold.offer(run('p5', [], { publisher: 'p' }), room.headOf, 0)).toBe('held');
    expect(names(hold.advance(room.set('b', 1), room.headOf))).toEqual(['p3', 'p4', 'p5']);
    expect(hold.offer(run('p6', [], { publisher: 'p' }), room.headOf, 0)).toBe('ready');
  });

  it('remembers a met position of a run that is stuck behind another', () => {
    const room = new TestRoom();
    const hold = new CausalHold<TestRun>();
    hold.offer(run('p1', [after('a', 1)], { publisher: 'p' }), room.headOf, 0);
    hold.offer(run('p2', [after('b', 1)], { publisher: 'p' }), room.headOf, 0);
    expect(hold.advance(room.set('b', 1), room.headOf)).toEqual([]);
    expect(names(hold.advance(room.set('a', 1), room.headOf))).toEqual(['p1', 'p2']);
  });

  it('is bounded in runs and bytes', () => {
    const room = new TestRoom();
    const hold = new CausalHold<TestRun>({ maxRuns: 3, maxBytes: 1_000 });
    expect(hold.offer(run('big', [after('a', 1)], { sizeBytes: 901 }), room.headOf, 0)).toBe('held');
    expect(hold.offer(run('more', [after('a', 1)]), room.headOf, 0)).toBe('full');
    expect(hold.offer(run('small', [after('a', 1)], { sizeBytes: 99 }), room.headOf, 0)).toBe('held');
    expect(hold.offer(run('third', [after('a', 1)], { sizeBytes: 0 }), room.headOf, 0)).toBe('held');
    expect(hold.offer(run('fourth', [after('a', 1)], { sizeBytes: 0 }), room.headOf, 0)).toBe('full');
    expect([hold.runCount, hold.byteCount]).toEqual([3, 1_000]);
    expect(hold.offer(run('free', []), room.headOf, 0)).toBe('ready');
  });

  it('hands a run out at the bound, once, with what it still waits for, and keeps its place meanwhile', () => {
    const room = new TestRoom();
    const hold = new CausalHold<TestRun>({ maxWaitMs: 2_000 });
    room.set('a', 1);
    const first = run('p1', [after('a', 1), after('b', 7)], { publisher: 'p' });
    hold.offer(first, room.headOf, 1_000);
    hold.offer(run('p2', [], { publisher: 'p' }), room.headOf, 1_000);
    hold.offer(run('q1', [after('d', 1)], { publisher: 'q' }), room.headOf, 2_600);
    expect(hold.overdue(2_999, room.headOf)).toEqual([]);
    expect(hold.overdue(3_000, room.headOf)).toEqual([{ run: first, unmet: [after('b', 7)] }]);
    expect(hold.overdue(9_000, room.headOf).map(({ run: { name } }) => name)).toEqual(['q1']);
    expect(hold.offer(run('p3', [], { publisher: 'p' }), room.headOf, 3_000)).toBe('held');
    hold.offer(run('p4', [after('c', 1)], { publisher: 'p' }), room.headOf, 3_000);
    hold.offer(run('p5', [], { publisher: 'p' }), room.headOf, 3_000);
    expect(names(hold.remove(first) ?? [])).toEqual(['p2', 'p3']);
    expect(hold.remove(first)).toBeUndefined();
    expect(hold.runCount).toBe(3);
    expect(names(hold.advance(room.set('c', 1), room.headOf))).toEqual(['p4', 'p5']);
  });

  it('gives an overdue run whose position is met after all to whoever comes first', () => {
    const room = new TestRoom();
    const hold = new CausalHold<TestRun>({ maxWaitMs: 10 });
    const late = run('r', [after('a', 1)]);
    hold.offer(late, room.headOf, 0);
    expect(hold.overdue(10, room.headOf)).toHaveLength(1);
    expect(names(hold.advance(room.set('a', 1), room.headOf))).toEqual(['r']);
    expect(hold.remove(late)).toBeUndefined();
    expect([hold.runCount, hold.byteCount]).toEqual([0, 0]);
  });

  it('holds 1,024 runs and 4 MiB for 2 s by default', () => {
    const room = new TestRoom();
    const hold = new CausalHold<TestRun>();
    for (let n = 0; n < 1_024; n += 1) expect(hold.offer(run(`r${String(n)}`, [after('a', 1)], { sizeBytes: 4_096 }), room.headOf, 7)).toBe('held');
    expect(hold.byteCount).toBe(4_194_304);
    expect([hold.overdue(2_006, room.headOf).length, hold.overdue(2_007, room.headOf).length]).toEqual([0, 1_024]);
    expect(hold.offer(run('one more', [after('a', 1)], { sizeBytes: 0 }), room.headOf, 7)).toBe('full');
  });

  it('sequences whatever depends on each other in causal order, however it arrives (D12)', () => {
    const causes = fc.integer({ min: 2, max: 12 }).chain((count) => fc.record({
      /** Channel of each event, and the earlier ones that it depends on. */
      events: fc.tuple(...Array.from({ length: count }, (_, n) => fc.record({
        channel: fc.constantFrom('a', 'b', 'c'), causes: fc.uniqueArray(fc.nat(Math.max(0, n - 1)), { maxLength: n }), publisher: fc.constantFrom('p', 'q', 'r'),
      }))),
      order: fc.shuffledSubarray(Array.from({ length: count }, (_, n) => n), { minLength: count, maxLength: count }),
    }));
    fc.assert(fc.property(causes, ({ events, order }) => {
      // Sequences that the events get when they are published in the order of their making, one publisher each.
      const sequences = events.map((event, n) => events.slice(0, n + 1).filter((other) => other.channel === event.channel).length);
      const room = new TestRoom();
      const hold = new CausalHold<TestRun & { n: number }>();
      const published: number[] = [];
      const publish = (n: number): void => {
        const { channel } = events[n];
        published.push(n);
        room.set(channel, Math.max(room.heads.get(channel)?.sequence ?? 0, sequences[n]));
        for (const next of hold.advance(channel, room.headOf)) publish(next.n);
      };
      for (const n of order) {
        // One position per channel: the highest cause there, and all before it in the channel.
        const positions = ['a', 'b', 'c'].flatMap((channel) => {
          const highest = Math.max(0, ...events[n].causes.filter((cause) => events[cause].channel === channel).map((cause) => sequences[cause]));
          return highest === 0 ? [] : [after(channel, highest)];
        });
        if (hold.offer({ ...run(`e${String(n)}`, positions, { publisher: String(n) }), n }, room.headOf, 0) === 'ready') publish(n);
      }
      const place = (n: number): number => published.indexOf(n);
      for (const [n, event] of events.entries()) {
        if (place(n) === -1) continue;
        for (const cause of event.causes) {
          const reached = published.slice(0, place(n)).some((other) => events[other].channel === events[cause].channel && sequences[other] >= sequences[cause]);
          expect(reached).toBe(true);
        }
      }
      expect(hold.runCount).toBe(events.length - published.length);
    }));
  });
});
