import { encodeEpoch, encodeSender, stampedBatchSize } from '@arqonbus/envelope';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryLiveHistory } from './memory-live-history.js';
import type { HistoryWindow, TopicHistory } from './live-history.js';
import { seenRuns, testRouting, testRun, upTo } from './run-source.contract.js';

interface ModelRun { sequence: number; timeUs: number; events: number[]; sizeBytes: number }

/** History as an array, by the words of the contract. */
class ModelHistory {
  runs: ModelRun[] = [];
  head = 0;
  timeUs = 0;
  constructor(readonly retention: { maxEvents: number; maxBytes: number; maxAgeMs: number }) {}

  append(events: number[], nowUs: number, envelopesBytes: number): void {
    this.timeUs = Math.max(this.timeUs, nowUs);
    const sizeBytes = stampedBatchSize({
      routing: testRouting, sender: encodeSender('writer', 5), epoch: encodeEpoch(1), sequence: this.head + 1, prev: this.head, timeUs: this.timeUs,
      after: new Uint8Array(0), replayed: false, envelopesBytes,
    });
    this.runs.push({ sequence: this.head + 1, timeUs: this.timeUs, events, sizeBytes });
    this.head += events.length;
    this.trim(nowUs);
  }

  trim(nowUs: number): void {
    const { maxEvents, maxBytes, maxAgeMs } = this.retention;
    const isOver = (): boolean => this.count > maxEvents || this.bytes > maxBytes || (this.runs[0]?.timeUs ?? nowUs) < nowUs - maxAgeMs * 1_000;
    while (this.runs.length > 0 && isOver()) this.runs.shift();
  }

  get count(): number {
    return this.runs.reduce((sum, run) => sum + run.events.length, 0);
  }

  get bytes(): number {
    return this.runs.reduce((sum, run) => sum + run.sizeBytes, 0);
  }

  /** Events of the window without regard to the page's bounds. */
  events(window: HistoryWindow): number[] {
    const { fromSequence = 1, toSequence = Infinity, fromTimeUs = 0, toTimeUs = Infinity } = window;
    return this.runs.filter((run) => run.timeUs >= fromTimeUs && run.timeUs <= toTimeUs)
      .flatMap((run) => run.events.filter((_, index) => run.sequence + index >= fromSequence && run.sequence + index <= toSequence));
  }
}

const windows = fc.record({
  fromSequence: fc.integer({ min: 1, max: 120 }), toSequence: fc.integer({ min: 1, max: 120 }),
  fromTimeUs: fc.integer({ min: 1_000, max: 60_000 }), toTimeUs: fc.integer({ min: 1_000, max: 60_000 }),
  maxEvents: fc.integer({ min: 1, max: 40 }), maxBytes: fc.integer({ min: 1, max: 8_000 }),
}, { requiredKeys: ['maxEvents', 'maxBytes'] });
const steps = fc.array(fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 12 }), payloadBytes: fc.integer({ min: 0, max: 900 }), waitUs: fc.integer({ min: -300, max: 3_000 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('read' as const), window: windows }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('tail' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sweep' as const), waitUs: fc.integer({ min: 0, max: 20_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const) }) },
), { minLength: 1, maxLength: 60 });
const retentions = fc.record({ maxEvents: fc.integer({ min: 1, max: 60 }), maxBytes: fc.integer({ min: 500, max: 12_000 }), maxAgeMs: fc.integer({ min: 1, max: 30 }) });

/** Pages through the window and compares each page's own words with what it holds. */
function readAll(topic: TopicHistory, window: HistoryWindow): number[] {
  const events: number[] = [];
  let from = window.fromSequence;
  for (;;) {
    const page = topic.read({ ...window, ...(from === undefined ? {} : { fromSequence: from }) });
    const runs = seenRuns(page.bytes);
    expect(runs.reduce((sum, run) => sum + run.events.length, 0)).toBe(page.events);
    expect(page.events).toBeLessThanOrEqual(window.maxEvents);
    if (runs.length > 1) expect(page.bytes.length).toBeLessThanOrEqual(window.maxBytes);
    const last = runs.at(-1);
    if (last !== undefined) expect(page.lastSequence).toBe(last.sequence + last.events.length - 1);
    for (const run of runs) {
      expect(run).toMatchObject({ epoch: topic.epoch, replayed: true });
      expect(run.prev).toBe(run.sequence - 1);
      events.push(...run.events);
    }
    if (page.nextSequence === 0) return events;
    expect(page.nextSequence).toBe(page.lastSequence + 1);
    from = page.nextSequence;
  }
}

describe('MemoryTopicHistory', () => {
  it('answers as an array of runs would, over random runs, reads, tails, sweeps and resets', () => {
    fc.assert(fc.property(retentions, steps, (retention, script) => {
      const store = new MemoryLiveHistory({ maxBytes: 1_000_000_000, maxUnacknowledgedRuns: 64, producerIdleMs: 1_000, headroomBytes: 64 });
      let taken: number[] = [];
      let published: number[] = [];
      const takeTail = (topic: TopicHistory): void => {
        const tail = topic.takeTail();
        if (tail !== undefined) taken.push(...seenRuns(tail.bytes, tail.start, tail.end).flatMap((run) => run.events));
      };
      const topic: TopicHistory = store.openTopic({ routing: testRouting, retention, onTailFull: () => { takeTail(topic); } }, 1_000);
      let model = new ModelHistory(retention);
      let nowUs = 1_000;
      let next = 1;
      for (const step of script) {
        if (step.kind === 'append') {
          nowUs += step.waitUs;
          const events = upTo(next + step.count - 1, next);
          next += step.count;
          const run = testRun({ events, payloadBytes: step.payloadBytes });
          expect(topic.append(run, nowUs)).toBe('accepted');
          model.append(events, nowUs, run.view.envelopesBytes);
          expect(run.timeUs).toBe(model.timeUs);
          published.push(...events);
        } else if (step.kind === 'read') expect(readAll(topic, step.window)).toEqual(model.events(step.window));
        else if (step.kind === 'tail') {
          takeTail(topic);
          expect(taken).toEqual(published);
        } else if (step.kind === 'sweep') {
          nowUs += step.waitUs;
          topic.sweep(nowUs);
          model.trim(nowUs);
        } else {
          topic.reset(nowUs);
          const { timeUs } = model;
          model = Object.assign(new ModelHistory(retention), { timeUs });
          taken = [];
          published = [];
        }
        expect([topic.lastSequence, topic.eventCount, topic.byteCount, store.byteCount]).toEqual([model.head, model.count, model.bytes, model.bytes]);
        expect(topic.firstSequence).toBe(model.runs[0]?.sequence ?? model.head + 1);
      }
      expect(readAll(topic, { maxEvents: 7, maxBytes: 3_000 })).toEqual(model.events({ maxEvents: 7, maxBytes: 3_000 }));
    }), { numRuns: process.env['ARQON_TEST_LONG'] === '1' ? 5_000 : 200 });
  });
});
