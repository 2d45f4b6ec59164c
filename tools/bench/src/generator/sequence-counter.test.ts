import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { FrameSchema, type Envelope } from '@arqonbus/proto';
import { createEvent, measureEnvelope } from './arqon-connection.js';
import { SequenceCounter } from './sequence-counter.js';

type Batches = NonNullable<MessageInitShape<typeof FrameSchema>['batches']>;

function frame(...batches: Batches): Buffer {
  return Buffer.from(toBinary(FrameSchema, create(FrameSchema, { batches })));
}

/** A run as the Spine gives it back: the event under sequence n has index n - 1. */
function run(sequence: number, count: number, firstIndex = sequence - 1): Batches[number] {
  return {
    room: 'bench', envelopes: Array.from({ length: count }, (_, offset) => createEvent(firstIndex + offset)),
    stamp: { sequence: BigInt(sequence), timeUs: 5n, sender: 'bench', session: 1n, epoch: 9n, prev: BigInt(sequence - 1), replayed: true },
  };
}

function counter(): { counter: SequenceCounter; others: Envelope[] } {
  const others: Envelope[] = [];
  return { others, counter: new SequenceCounter({ indexOffset: measureEnvelope().indexOffset, ringMessageCount: 1_024, onOther: (envelope) => others.push(envelope) }, 1) };
}

describe('SequenceCounter', () => {
  it('counts events of runs of any length', () => {
    const { counter: it } = counter();
    it.readFrame(frame(run(1, 3), run(4, 1)));
    it.readFrame(frame(run(5, 200)));
    expect([it.received, it.due]).toEqual([204, 205]);
  });

  it('hands over what is no event and passes over heads of quiet topics', () => {
    const { counter: it, others } = counter();
    it.readFrame(frame(run(1, 2), { envelopes: [{ id: new Uint8Array(16), body: { case: 'reply', value: { body: { case: 'history', value: { nextSequence: 3n } } } } }] }));
    it.readFrame(frame({ room: 'bench', stamp: { sequence: 2n, epoch: 9n }, envelopes: [] }));
    expect(others.map((envelope) => envelope.body.case)).toEqual(['reply']);
    expect(it.received).toBe(2);
  });

  it.each([
    ['a hole', [run(1, 2), run(4, 1)], /expected sequence 3, found 4/],
    ['a double', [run(1, 2), run(2, 1)], /expected sequence 3, found 2/],
    ['another event', [run(1, 2), run(3, 2, 7)], /expected index 2, found 7/],
  ] as const)('raises for %s', (_name, batches, reason) => {
    expect(() => counter().counter.readFrame(frame(...batches))).toThrow(reason);
  });

  it('raises for bytes that are no frame', () => {
    expect(() => counter().counter.readFrame(Buffer.from([1, 2, 3]))).toThrow(/not a batch/);
  });
});
