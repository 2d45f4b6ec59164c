import { encodeRouting, readStampedBatch } from '@arqonbus/envelope';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LiveHistory, HistoryWindow, OpenTopicOptions, TopicHistory } from './live-history.js';
import type { Retention } from './retention.js';
import { erasedEventType } from './tombstone.js';
import { eventsOf, seenRuns, testEventId, testRouting, testRun, upTo, type TestRunOptions } from './run-source.contract.js';

/** Limits that a store under test is made with. */
export interface StoreUnderTestOptions {
  readonly maxBytes: number;
  readonly maxUnacknowledgedRuns: number;
  readonly producerIdleMs: number;
  readonly headroomBytes: number;
}

const ample: Retention = { maxEvents: 100_000, maxBytes: 67_108_864, maxAgeMs: 3_600_000 };
const everything: HistoryWindow = { maxEvents: 100_000, maxBytes: 67_108_864 };
const startUs = 1_800_000_000_000_000;

/** The contract of LiveHistory; every adapter runs it unchanged (D1, D4). */
export function liveHistoryContract(name: string, makeStore: (options: StoreUnderTestOptions) => LiveHistory): void {
  describe(`LiveHistory of ${name}`, () => {
    const limits: StoreUnderTestOptions = { maxBytes: 67_108_864, maxUnacknowledgedRuns: 4, producerIdleMs: 1_000, headroomBytes: 64 };
    let store: LiveHistory;
    beforeEach(() => { store = makeStore(limits); });

    function open(options: Partial<OpenTopicOptions> = {}, nowUs = startUs): TopicHistory {
      return store.openTopic({ routing: testRouting, retention: ample, onTailFull: () => undefined, ...options }, nowUs);
    }
    function append(topic: TopicHistory, options: TestRunOptions, nowUs = startUs): ReturnType<typeof testRun> & { outcome: string } {
      const run = testRun(options);
      return Object.assign(run, { outcome: topic.append(run, nowUs) });
    }
    /** Runs of `sizes` events, numbered from 1. */
    function fill(topic: TopicHistory, sizes: readonly number[], payloadBytes = 8): void {
      let next = 1;
      sizes.forEach((size, index) => {
        append(topic, { events: upTo(next + size - 1, next), payloadBytes }, startUs + index * 1_000);
        next += size;
      });
    }

    describe('append()', () => {
      it('numbers runs densely, tells the preceding sequence and writes both into the stamp (D10)', () => {
        const topic = open();
        expect(append(topic, { events: [1, 2, 3] })).toMatchObject({ outcome: 'accepted', sequence: 1, prev: 0, count: 3 });
        expect(append(topic, { events: [4] })).toMatchObject({ outcome: 'accepted', sequence: 4, prev: 3, count: 1 });
        expect(topic).toMatchObject({ lastSequence: 4, firstSequence: 1, eventCount: 4 });
        const page = topic.read(everything);
        expect(seenRuns(page.bytes)).toMatchObject([{ sequence: 1, prev: 0, events: [1, 2, 3] }, { sequence: 4, prev: 3, events: [4] }]);
        expect(seenRuns(page.bytes).every((run) => run.epoch === topic.epoch && run.replayed)).toBe(true);
      });

      it('never sets a time below the last (D10)', () => {
        const topic = open();
        expect(append(topic, { events: [1] }, startUs + 10).timeUs).toBe(startUs + 10);
        expect(append(topic, { events: [2] }, startUs - 5_000_000).timeUs).toBe(startUs + 10);
        expect(append(topic, { events: [3] }, startUs + 11).timeUs).toBe(startUs + 11);
      });

      it('keeps no reference to the source', () => {
        const topic = open();
        const run = testRun({ events: [1, 2] });
        topic.append(run, startUs);
        run.source.fill(0);
        expect(eventsOf(topic.read(everything))).toEqual([1, 2]);
      });

      it('keeps the routing of a run for one session', () => {
        const topic = open();
        const routing = Uint8Array.from([...testRouting, 0x21, 9, 0, 0, 0, 0, 0, 0, 0]);
        append(topic, { events: [1], routing });
        expect([...readStampedBatch(topic.read(everything).bytes, 0).routing]).toEqual([...routing]);
      });
    });

    describe('erase()', () => {
      /** A topic whose pending frame is taken when it must be. */
      function openErasable(): TopicHistory {
        const topic: TopicHistory = open({ onTailFull: () => topic.takeTail() });
        return topic;
      }
      const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

      it('leaves a tombstone with the same id in the place of the event, and nothing else of it', () => {
        const topic = openErasable();
        fill(topic, [2, 3, 1]);
        const before = seenRuns(topic.read(everything).bytes);
        expect(topic.erase(4)).toBe(true);
        const page = topic.read(everything);
        expect(seenRuns(page.bytes)).toEqual(before);
        expect(textOf(page.bytes).split(erasedEventType)).toHaveLength(2);
        const at4 = textOf(topic.read({ ...everything, fromSequence: 4, toSequence: 4 }).bytes);
        expect(at4).not.toContain('application/octet-stream');
        expect(at4).not.toContain(String.fromCharCode(4).repeat(8));
        expect(textOf(topic.read({ ...everything, toSequence: 3 }).bytes)).not.toContain(erasedEventType);
      });

      it('erases an event that has not been fanned out yet, once that has happened', () => {
        let tail = '';
        const topic: TopicHistory = open({ onTailFull: () => {
          const taken = topic.takeTail();
          if (taken !== undefined) tail = textOf(taken.bytes.slice(taken.start, taken.end));
        } });
        append(topic, { events: [9] });
        expect(topic.erase(1)).toBe(true);
        expect(tail).toContain('application/octet-stream');
        append(topic, { events: [10] });
        expect(eventsOf(topic.read(everything))).toEqual([9, 10]);
        expect(textOf(topic.read(everything).bytes).split(erasedEventType)).toHaveLength(2);
      });

      it('leaves the bytes of what was handed out before no trace of the event', () => {
        const topic = open();
        fill(topic, [1, 1, 1], 64);
        const tail = topic.takeTail();
        expect(textOf(tail?.bytes ?? new Uint8Array(0))).toContain(String.fromCharCode(2).repeat(64));
        topic.erase(2);
        expect(textOf(tail?.bytes ?? new Uint8Array(0))).not.toContain(String.fromCharCode(2).repeat(64));
        expect(textOf(tail?.bytes ?? new Uint8Array(0))).toContain(String.fromCharCode(3).repeat(64));
      });

      it('may be asked twice, and says no for what is not held', () => {
        const topic = openErasable();
        fill(topic, [2, 2]);
        expect([topic.erase(2), topic.erase(2), topic.erase(0), topic.erase(5)]).toEqual([true, true, false, false]);
        expect(textOf(topic.read(everything).bytes).split(erasedEventType)).toHaveLength(2);
      });

      it('keeps the counts, and lets retention trim the run', () => {
        const topic: TopicHistory = open({ retention: { ...ample, maxEvents: 4 }, onTailFull: () => topic.takeTail() });
        fill(topic, [1, 1, 1], 500);
        const { byteCount } = topic;
        topic.erase(1);
        topic.erase(2);
        expect(topic).toMatchObject({ eventCount: 3, firstSequence: 1, lastSequence: 3 });
        expect(topic.byteCount).toBeLessThan(byteCount - 800);
        expect(store.byteCount).toBe(topic.byteCount);
        append(topic, { events: [4, 5, 6] });
        expect(topic).toMatchObject({ firstSequence: 3, eventCount: 4 });
        expect(eventsOf(topic.read(everything))).toEqual([3, 4, 5, 6]);
        append(topic, { events: [7, 8, 9, 10] });
        expect(eventsOf(topic.read(everything))).toEqual([7, 8, 9, 10]);
        expect(store.byteCount).toBe(topic.byteCount);
      });
    });

    describe('dropThrough()', () => {
      it('drops the run of an event and what came before, and leaves no trace of that run in what was handed out', () => {
        const topic = open();
        fill(topic, [1, 2, 1], 64);
        const tail = topic.takeTail();
        topic.dropThrough(2);
        expect(topic).toMatchObject({ firstSequence: 4, lastSequence: 4, eventCount: 1 });
        expect(eventsOf(topic.read(everything))).toEqual([4]);
        expect(store.byteCount).toBe(topic.byteCount);
        const bytes = Buffer.from(tail?.bytes ?? new Uint8Array(0)).toString('latin1');
        for (const [number, isThere] of [[1, true], [2, false], [3, false], [4, true]] as const) expect(bytes.includes(String.fromCharCode(number).repeat(64))).toBe(isThere);
      });

      it('hands out what is pending before, and leaves alone what is not there', () => {
        let taken = 0;
        const topic: TopicHistory = open({ onTailFull: () => { taken += topic.takeTail() === undefined ? 0 : 1; } });
        fill(topic, [1, 1]);
        topic.dropThrough(3);
        topic.dropThrough(0);
        expect([taken, topic.eventCount]).toEqual([0, 2]);
        topic.dropThrough(2);
        expect([taken, topic.eventCount, topic.firstSequence]).toEqual([1, 0, 3]);
        append(topic, { events: [3] });
        expect(eventsOf(topic.read(everything))).toEqual([3]);
      });
    });

    describe('openTopic()', () => {
      it('gives each topic a higher epoch than every one before, even within a microsecond', () => {
        const epochs = [open().epoch, open().epoch, open({}, startUs - 50).epoch, open({}, startUs + 100).epoch];
        expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
        expect(new Set(epochs).size).toBe(4);
        expect(epochs[0]).toBe(startUs);
      });

      it('starts empty', () => {
        expect(open()).toMatchObject({ lastSequence: 0, firstSequence: 1, eventCount: 0, byteCount: 0, takenSequence: 0, tailBytes: 0 });
        expect(open().read(everything)).toMatchObject({ events: 0, lastSequence: 0, nextSequence: 0 });
      });
    });

    describe('retention', () => {
      it('trims whole runs from the old end above the number of events', () => {
        const topic = open({ retention: { ...ample, maxEvents: 10 } });
        fill(topic, [4, 4, 4]);
        expect(topic).toMatchObject({ eventCount: 8, firstSequence: 5, lastSequence: 12 });
        expect(eventsOf(topic.read(everything))).toEqual(upTo(12, 5));
      });

      it('keeps nearly all it may of small runs that one publisher sent within one turn', () => {
        const topic = open({ retention: { ...ample, maxEvents: 100 } });
        const { sender } = testRun({ events: [1] });
        for (const number of upTo(500)) {
          topic.append(Object.assign(testRun({ events: [number] }), { sender }), startUs);
          expect(topic.eventCount).toBeLessThanOrEqual(100);
          if (number > 100) expect(topic.eventCount).toBeGreaterThan(90);
        }
        const { eventCount } = topic;
        expect(eventsOf(topic.read(everything))).toEqual(upTo(500, 501 - eventCount));
        for (const from of [420, 450, 499]) expect(eventsOf(topic.read({ ...everything, fromSequence: from, toSequence: from + 1 }))).toEqual([from, from + 1]);
      });

      it('trims above the bytes', () => {
        const topic = open({ retention: { ...ample, maxBytes: 3_500 } });
        fill(topic, [1, 1, 1, 1, 1], 1_000);
        expect(topic.byteCount).toBeLessThanOrEqual(3_500);
        expect(topic.firstSequence).toBe(3);
      });

      it('trims by age, at the next run and in a sweep', () => {
        const topic = open({ retention: { ...ample, maxAgeMs: 1_000 } });
        append(topic, { events: [1] }, startUs);
        append(topic, { events: [2] }, startUs + 600_000);
        append(topic, { events: [3] }, startUs + 1_100_000);
        expect(topic.firstSequence).toBe(2);
        topic.sweep(startUs + 5_000_000);
        expect(topic).toMatchObject({ firstSequence: 4, lastSequence: 3, eventCount: 0, byteCount: 0 });
      });

      it('keeps the head of a topic that was trimmed empty', () => {
        const topic = open({ retention: { ...ample, maxEvents: 1 } });
        append(topic, { events: [1, 2] });
        expect(topic).toMatchObject({ eventCount: 0, lastSequence: 2, firstSequence: 3 });
        expect(append(topic, { events: [3] })).toMatchObject({ sequence: 3, prev: 2 });
      });

      it('bounds the bytes over all topics, at the cost of the largest', () => {
        store = makeStore({ ...limits, maxBytes: 40_000 });
        const small = open();
        const large = open();
        fill(small, [1, 1], 1_000);
        fill(large, Array.from({ length: 60 }, () => 1), 1_000);
        expect(store.byteCount).toBeLessThanOrEqual(40_000);
        expect(small.eventCount).toBe(2);
        expect(large.eventCount).toBeLessThan(40);
        expect(store.byteCount).toBe(small.byteCount + large.byteCount);
      });

      it('counts no bytes for a topic that was closed', () => {
        const kept = open();
        const closed = open();
        fill(kept, [2]);
        fill(closed, [3]);
        store.closeTopic(closed);
        store.closeTopic(closed);
        expect(store.byteCount).toBe(kept.byteCount);
      });
    });

    describe('read()', () => {
      it.each([[1, 10], [2, 9], [3, 3], [4, 6], [10, 10], [7, 100]])('cuts runs at both ends of the window %i to %i', (from, to) => {
        const topic = open();
        fill(topic, [3, 3, 4]);
        const page = topic.read({ ...everything, fromSequence: from, toSequence: to });
        const last = Math.min(to, 10);
        expect(eventsOf(page)).toEqual(upTo(last, from));
        expect(page).toMatchObject({ events: last - from + 1, lastSequence: last, nextSequence: 0 });
        for (const run of seenRuns(page.bytes)) {
          expect(run).toMatchObject({ sequence: run.events[0], prev: run.sequence - 1, epoch: topic.epoch, replayed: true });
        }
      });

      it('pages through without loss or repetition, whatever the page size', () => {
        const topic = open();
        fill(topic, [5, 1, 1, 8, 2, 6]);
        for (const maxEvents of upTo(24)) {
          const seen: number[] = [];
          for (let from = 1; from !== 0;) {
            const page = topic.read({ fromSequence: from, maxEvents, maxBytes: 67_108_864 });
            expect(page.events).toBeLessThanOrEqual(maxEvents);
            seen.push(...eventsOf(page));
            expect(page.lastSequence).toBe(seen.at(-1));
            from = page.nextSequence;
          }
          expect(seen).toEqual(upTo(23));
        }
      });

      it('bounds a page in bytes but returns one run at least', () => {
        const topic = open();
        fill(topic, [1, 1, 1, 1], 1_000);
        expect(topic.read({ maxEvents: 10, maxBytes: 1 })).toMatchObject({ events: 1, nextSequence: 2 });
        const page = topic.read({ maxEvents: 10, maxBytes: 2_500 });
        expect(page).toMatchObject({ events: 2, nextSequence: 3 });
        expect(page.bytes.length).toBeLessThanOrEqual(2_500);
      });

      it('selects by server time, both ends inclusive', () => {
        const topic = open();
        fill(topic, [2, 2, 2, 2]);
        const window = { ...everything, fromTimeUs: startUs + 1_000, toTimeUs: startUs + 2_000 };
        expect(topic.read(window)).toMatchObject({ events: 4, lastSequence: 6, nextSequence: 0 });
        expect(eventsOf(topic.read({ ...window, fromSequence: 4 }))).toEqual([4, 5, 6]);
        expect(eventsOf(topic.read({ ...everything, fromTimeUs: startUs + 1 }))).toEqual(upTo(8, 3));
        expect(topic.read({ ...everything, fromTimeUs: startUs + 9_000 }).events).toBe(0);
        expect(topic.read({ ...everything, toTimeUs: startUs - 1 }).events).toBe(0);
      });

      it('starts at the oldest run held when the window begins before it', () => {
        const topic = open({ retention: { ...ample, maxEvents: 4 } });
        fill(topic, [2, 2, 2, 2]);
        expect(eventsOf(topic.read({ ...everything, fromSequence: 1 }))).toEqual([5, 6, 7, 8]);
        expect(topic.read({ ...everything, fromSequence: 9 })).toMatchObject({ events: 0, nextSequence: 0 });
      });
    });

    describe('producers', () => {
      it('takes the next number, acknowledges a taken one again and refuses a jump, consuming nothing (C13)', () => {
        const topic = open();
        expect(append(topic, { events: [1, 2], run: 1n })).toMatchObject({ outcome: 'accepted', sequence: 1 });
        expect(append(topic, { events: [3], run: 3n }).outcome).toBe('out_of_order');
        expect(append(topic, { events: [1, 2], run: 1n })).toMatchObject({ outcome: 'duplicate', sequence: 1, count: 2 });
        expect(append(topic, { events: [3], run: 2n })).toMatchObject({ outcome: 'accepted', sequence: 3 });
        expect(eventsOf(topic.read(everything))).toEqual([1, 2, 3]);
      });

      it('refuses a producer that it does not know, unless it begins', () => {
        const topic = open();
        expect(append(topic, { events: [1], run: 2n }).outcome).toBe('producer_unknown');
        expect(append(topic, { events: [1], run: 1n }).outcome).toBe('accepted');
      });

      it('never takes the number of another client for this one', () => {
        const topic = open();
        expect(append(topic, { events: [1], run: 1n, owner: 'alice' }).outcome).toBe('accepted');
        expect(append(topic, { events: [2], run: 2n, owner: 'mallory' }).outcome).toBe('producer_unknown');
        expect(append(topic, { events: [3], run: 1n, owner: 'mallory' }).outcome).toBe('accepted');
        expect(append(topic, { events: [4], run: 2n, owner: 'alice' }).outcome).toBe('accepted');
      });

      it('tells producers apart by all 64 bits', () => {
        const topic = open();
        expect(append(topic, { events: [1], run: 1n, producer: 1n }).outcome).toBe('accepted');
        expect(append(topic, { events: [2], run: 2n, producer: 0x1_0000_0001n }).outcome).toBe('producer_unknown');
      });

      it('forgets a producer that was idle for longer than the limit, not one that came again', () => {
        const topic = open();
        append(topic, { events: [1], run: 1n, producer: 1n }, startUs);
        append(topic, { events: [2], run: 1n, producer: 2n }, startUs);
        append(topic, { events: [3], run: 2n, producer: 2n }, startUs + 900_000);
        topic.sweep(startUs + 1_500_000);
        expect(append(topic, { events: [4], run: 2n, producer: 1n }, startUs + 1_500_000).outcome).toBe('producer_unknown');
        expect(append(topic, { events: [4], run: 3n, producer: 2n }, startUs + 1_500_000).outcome).toBe('accepted');
      });

      it('bounds the unacknowledged runs of a turn', () => {
        const topic = open();
        const outcomes = upTo(5).map((number) => append(topic, { events: [number], run: BigInt(number), turn: 9 }).outcome);
        expect(outcomes).toEqual(['accepted', 'accepted', 'accepted', 'accepted', 'too_many_unacknowledged']);
        expect(append(topic, { events: [5], run: 5n, turn: 10 })).toMatchObject({ outcome: 'accepted', sequence: 5 });
      });

      it('acknowledges a run taken long ago, then without its sequence', () => {
        const topic = open();
        for (const number of upTo(400)) append(topic, { events: [number], run: BigInt(number), turn: number });
        expect(append(topic, { events: [390], run: 390n })).toMatchObject({ outcome: 'duplicate', sequence: 390, count: 1 });
        expect(append(topic, { events: [1], run: 1n })).toMatchObject({ outcome: 'duplicate', sequence: 0 });
        expect(topic.lastSequence).toBe(400);
      });

      it('bounds the producers of one client, and keeps those in use', () => {
        const topic = open();
        append(topic, { events: [1], run: 1n, producer: 1n }, startUs);
        for (const number of upTo(200)) {
          append(topic, { events: [1], run: 1n, producer: BigInt(1_000 + number) }, startUs + number * 10);
          expect(append(topic, { events: [1], run: BigInt(number + 1), producer: 1n, turn: number }, startUs + number * 10 + 5).outcome).toBe('accepted');
        }
        expect(append(topic, { events: [1], run: 2n, producer: 1_001n }).outcome).toBe('producer_unknown');
        expect(append(topic, { events: [1], run: 2n, producer: 1_200n }).outcome).toBe('accepted');
      });
    });

    describe('reset()', () => {
      it('forgets runs, head and producers and starts a higher epoch', () => {
        const topic = open();
        append(topic, { events: [1, 2], run: 1n });
        const before = topic.epoch;
        topic.reset(startUs);
        expect(topic.epoch).toBeGreaterThan(before);
        expect(topic).toMatchObject({ lastSequence: 0, firstSequence: 1, eventCount: 0, byteCount: 0, tailBytes: 0 });
        expect(store.byteCount).toBe(0);
        expect(append(topic, { events: [3], run: 2n }).outcome).toBe('producer_unknown');
        append(topic, { events: [4] });
        expect(seenRuns(topic.read(everything).bytes)).toMatchObject([{ sequence: 1, prev: 0, epoch: topic.epoch, events: [4] }]);
      });
    });

    describe('findSender()', () => {
      it('finds who published an event among the newest', () => {
        const topic = open();
        append(topic, { events: [1, 2, 3], owner: 'alice', session: 11 });
        append(topic, { events: [4], owner: 'b'.repeat(128), session: 2 ** 53 - 1 });
        expect(topic.findSender(testEventId(2), 0, 100)).toEqual({ sender: 'alice', session: 11 });
        expect(topic.findSender(testEventId(4), 0, 100)).toEqual({ sender: 'b'.repeat(128), session: 2 ** 53 - 1 });
        expect(topic.findSender(Buffer.concat([Buffer.alloc(3), testEventId(3)]), 3, 100)?.sender).toBe('alice');
        expect(topic.findSender(testEventId(5), 0, 100)).toBeUndefined();
        expect(topic.findSender(testEventId(1), 0, 1)).toBeUndefined();
      });
    });

    describe('takeTail()', () => {
      it('gives what was accepted since the last one, contiguous, as history holds it', () => {
        const topic = open();
        expect(topic.takeTail()).toBeUndefined();
        fill(topic, [2, 3]);
        expect(topic).toMatchObject({ takenSequence: 0 });
        const tail = topic.takeTail();
        if (tail === undefined) throw new Error('no tail');
        expect(tail).toMatchObject({ prev: 0, lastSequence: 5 });
        expect(tail.start).toBeGreaterThanOrEqual(64);
        expect(seenRuns(tail.bytes, tail.start, tail.end)).toMatchObject([{ sequence: 1, replayed: false }, { sequence: 3, prev: 2, replayed: false }]);
        expect(topic).toMatchObject({ takenSequence: 5, tailBytes: 0 });
        expect(topic.takeTail()).toBeUndefined();
        append(topic, { events: [6] });
        expect(topic).toMatchObject({ takenSequence: 5 });
        expect(topic.takeTail()).toMatchObject({ prev: 5, lastSequence: 6 });
      });

      it('lets the headroom before a tail be overwritten without harm to history', () => {
        const topic = open();
        for (const number of upTo(300)) {
          append(topic, { events: [number], payloadBytes: 100 });
          const tail = topic.takeTail();
          tail?.bytes.fill(0xee, tail.start - 64, tail.start);
        }
        expect(eventsOf(topic.read(everything))).toEqual(upTo(300));
      });

      it('calls onTailFull before a tail would have to span two pieces of memory', () => {
        const taken: number[] = [];
        const topic: TopicHistory = open({
          onTailFull: () => {
            const tail = topic.takeTail();
            if (tail !== undefined) taken.push(...seenRuns(tail.bytes, tail.start, tail.end).flatMap((run) => run.events));
          },
        });
        for (const number of upTo(500)) append(topic, { events: [number], payloadBytes: 3_000 });
        const rest = topic.takeTail();
        if (rest === undefined) throw new Error('no tail');
        expect([...taken, ...seenRuns(rest.bytes, rest.start, rest.end).flatMap((run) => run.events)]).toEqual(upTo(500));
        expect(taken.length).toBeGreaterThan(0);
      });
    });

    it('keeps topics apart', () => {
      const one = open();
      const two = open({ routing: encodeRouting('other', '', '') });
      append(one, { events: [1] });
      append(two, { events: [2], run: 1n });
      expect(append(one, { events: [3], run: 2n }).outcome).toBe('producer_unknown');
      expect([eventsOf(one.read(everything)), eventsOf(two.read(everything))]).toEqual([[1], [2]]);
    });
  });
}
