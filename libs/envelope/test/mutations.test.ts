import { BatchSchema, EnvelopeSchema, FrameSchema } from '@arqonbus/proto';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader } from '../src/frame-reader.js';
import { encodeStampAfter } from '../src/positions.js';
import { copyEnvelopes, encodeEpoch, encodeSender, envelopeRanges, stampedBatchSize, writeStampedHeader } from '../src/stamped-batch.js';
import { batches } from './arbitrary-frames.js';
import { expectSameFacts, frameOf, wideLimits } from './frame-oracle.js';
import { createRandom, doubledFrame, mutatedFrame, reorderedFrame } from './frame-variants.js';

/** Stamps every accepted batch and expects that its envelopes, unknown fields included, come out as they went in. */
function expectSameEnvelopesWhenStamped(reader: FrameReader, bytes: Uint8Array): void {
  const sent = fromBinary(FrameSchema, bytes);
  for (let index = 0; index < reader.batchCount; index++) {
    const view = reader.batch(index);
    const run = {
      routing: new Uint8Array(0), sender: encodeSender('alice', 1), epoch: encodeEpoch(2), after: encodeStampAfter(bytes, view),
      sequence: 5, prev: 4, timeUs: 3, replayed: false, envelopesBytes: view.envelopesBytes,
    };
    const target = new Uint8Array(stampedBatchSize(run));
    expect(copyEnvelopes(target, writeStampedHeader(target, 0, run), bytes, view)).toBe(target.length);
    const [stamped] = fromBinary(FrameSchema, target).batches;
    const onlyEnvelopes = (envelopes: (typeof stamped)['envelopes']): Uint8Array => toBinary(BatchSchema, create(BatchSchema, { envelopes }));
    expect(Buffer.compare(onlyEnvelopes(stamped.envelopes), onlyEnvelopes(sent.batches[index].envelopes))).toBe(0);
    expect(stamped.stamp?.after).toEqual(sent.batches[index].after);
    const ranges = envelopeRanges(bytes, view.start, view.end);
    expect(ranges.map(({ start, end }) => fromBinary(EnvelopeSchema, bytes.subarray(start, end)).id)).toEqual(stamped.envelopes.map(({ id }) => id));
  }
}

describe('FrameReader.read()', () => {
  it('accepts fields in any order and unknown fields of envelopes, and keeps them (B1)', () => {
    const reader = new FrameReader(wideLimits);
    fc.assert(fc.property(batches, fc.nat(), (list, seed) => {
      const frame = reorderedFrame(frameOf(list), createRandom(seed));
      if (!reader.read(frame, 0, frame.length)) throw new Error(`${reader.refusal.code} ${reader.refusal.field}`);
      expectSameFacts(reader, frame);
      expectSameEnvelopesWhenStamped(reader, frame);
    }), { seed: 41, numRuns: 500 });
  });

  it('accepts nothing that the generated codec refuses or reads otherwise', () => {
    const reader = new FrameReader(wideLimits);
    let accepted = 0;
    let refused = 0;
    fc.assert(fc.property(batches, batches, fc.nat(), (list, otherList, seed) => {
      const random = createRandom(seed);
      const other = frameOf(otherList);
      const source = random(2) === 0 ? reorderedFrame(frameOf(list), random) : frameOf(list);
      for (let round = 0; round < 4; round++) {
        const frame = mutatedFrame(round === 3 ? mutatedFrame(source, other, random) : source, other, random);
        if (!reader.read(frame, 0, frame.length)) {
          refused++;
          continue;
        }
        accepted++;
        expectSameFacts(reader, frame);
        expectSameEnvelopesWhenStamped(reader, frame);
      }
    }), { seed: 42, numRuns: 1_500 });
    expect(accepted).toBeGreaterThan(500);
    expect(refused).toBeGreaterThan(500);
  }, 60_000);

  it('refuses every singular field that stands twice, and accepts every repeated one', () => {
    const reader = new FrameReader(wideLimits);
    let accepted = 0;
    let refused = 0;
    fc.assert(fc.property(batches.filter((list) => list.length > 0), fc.nat(), (list, seed) => {
      const { frame, isRepeated } = doubledFrame(frameOf(list), createRandom(seed));
      const isAccepted = reader.read(frame, 0, frame.length);
      expect(isAccepted).toBe(isRepeated);
      if (isAccepted) expectSameFacts(reader, frame);
      else expect(reader.refusal.code).toBe('INVALID_ENVELOPE');
      if (isAccepted) accepted++;
      else refused++;
    }), { seed: 43, numRuns: 600 });
    expect(accepted).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(200);
  });
});
