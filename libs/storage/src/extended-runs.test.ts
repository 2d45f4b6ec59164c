import { fromBinary } from '@bufbuild/protobuf';
import { buildFrame, encodeRouting, encodeSender, FrameReader } from '@arqonbus/envelope';
import { FrameSchema, type Frame } from '@arqonbus/proto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryLiveHistory } from './memory-live-history.js';
import type { RunToAppend, TopicHistory } from './live-history.js';

const routing = encodeRouting('plans', 'main', '');
const senders = [encodeSender('alice', 1), encodeSender('bob', 2)];
const everything = { maxEvents: 100_000, maxBytes: 1 << 30 };

describe('append() of several small runs within one turn', () => {
  it('lets runs of one publisher share a stamp, sequences unbroken, at every size of content', () => {
    fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      const topic = openTopic();
      const expected: { sequence: number; text: string; sender: string }[] = [];
      const fannedOut: Frame[] = [];
      let number = 0;
      for (const { sender, sizes, taken } of steps) {
        const texts = sizes.map((size) => { number += 1; return `${String(number)} ${'x'.repeat(size)}`; });
        const run = runOf(texts, senders[sender]);
        expect(topic.append(run, 1_000)).toBe('accepted');
        texts.forEach((text, index) => expected.push({ sequence: run.sequence + index, text, sender: sender === 0 ? 'alice' : 'bob' }));
        if (taken) takeTail(topic, fannedOut);
      }
      takeTail(topic, fannedOut);
      expect(fannedOut.flatMap(eventsOf)).toEqual(expected);
      expect(eventsOf(fromBinary(FrameSchema, topic.read(everything).bytes))).toEqual(expected);
      expect(topic.eventCount).toBe(expected.length);
      expectUnbroken(fannedOut);
    }), { numRuns: 200 });
  });

  it('makes one batch of many single events of one publisher, and none across a tail', () => {
    const topic = openTopic();
    for (let n = 0; n < 20; n += 1) topic.append(runOf(['a'], senders[0]), 1_000);
    const frames: Frame[] = [];
    takeTail(topic, frames);
    for (let n = 0; n < 20; n += 1) topic.append(runOf(['a'], senders[0]), 1_000);
    takeTail(topic, frames);
    expect(frames.map((frame) => frame.batches.map((batch) => batch.envelopes.length))).toEqual([[20], [20]]);
  });
});

describe('read()', () => {
  it('gives nothing and ends for a window that ends before it begins, within one run', () => {
    const topic = openTopic();
    topic.append(runOf(['a', 'b', 'c', 'd'], senders[0]), 1_000);
    expect(topic.read({ ...everything, fromSequence: 3, toSequence: 2 })).toMatchObject({ events: 0, nextSequence: 0 });
  });
});

const step = fc.record({
  sender: fc.constantFrom(0, 1),
  sizes: fc.array(fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 3_000, max: 20_000 })), { minLength: 1, maxLength: 4 }),
  taken: fc.boolean(),
});

function openTopic(): TopicHistory {
  const store = new MemoryLiveHistory({ maxBytes: 1 << 30, maxUnacknowledgedRuns: 64, producerIdleMs: 60_000, headroomBytes: 64 });
  const frames: Frame[] = [];
  const topic: TopicHistory = store.openTopic(
    { routing, retention: { maxEvents: 100_000, maxBytes: 1 << 30, maxAgeMs: 3_600_000 }, onTailFull: () => { takeTail(topic, pendingOf(topic, frames)); } }, 1_000,
  );
  spilled.set(topic, frames);
  return topic;
}

/** Frames that left because their memory was full; the next tail comes behind them. */
const spilled = new WeakMap<TopicHistory, Frame[]>();

function pendingOf(topic: TopicHistory, fallback: Frame[]): Frame[] {
  return spilled.get(topic) ?? fallback;
}

function takeTail(topic: TopicHistory, into: Frame[]): void {
  const tail = topic.takeTail();
  const before = pendingOf(topic, into);
  if (into !== before) into.push(...before.splice(0));
  if (tail !== undefined) into.push(fromBinary(FrameSchema, tail.bytes.slice(tail.start, tail.end)));
}

function runOf(texts: readonly string[], sender: Uint8Array): RunToAppend {
  const source = buildFrame([{
    room: 'plans', channel: 'main',
    envelopes: texts.map((text) => ({ id: new Uint8Array(16).fill(1), body: { case: 'event' as const, value: { type: 't', payload: new TextEncoder().encode(text) } } })),
  }]);
  const reader = new FrameReader({ maxEnvelopeBytes: 262_144, maxEventsPerRun: 1_024 });
  if (!reader.read(source, 0, source.length)) throw new Error(reader.refusal.code);
  return { source, view: reader.batch(0), routing, sender, after: new Uint8Array(0), producerOwner: 'x', turn: 1, sequence: 0, prev: 0, timeUs: 0, count: 0 };
}

function eventsOf(frame: Frame): { sequence: number; text: string; sender: string }[] {
  return frame.batches.flatMap((batch) => batch.envelopes.map((envelope, index) => ({
    sequence: Number(batch.stamp?.sequence) + index,
    text: envelope.body.case === 'event' ? new TextDecoder().decode(envelope.body.value.payload) : '',
    sender: batch.stamp?.sender ?? '',
  })));
}

/** Each batch names the sequence before it. */
function expectUnbroken(frames: readonly Frame[]): void {
  let last = 0n;
  for (const batch of frames.flatMap((frame) => frame.batches)) {
    expect(batch.stamp?.prev).toBe(last);
    last = (batch.stamp?.sequence ?? 0n) + BigInt(batch.envelopes.length) - 1n;
  }
}
