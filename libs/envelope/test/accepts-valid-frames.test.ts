import { FrameSchema } from '@arqonbus/proto';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeStampAfter, readPositions } from '../src/positions.js';
import { FrameReader } from '../src/frame-reader.js';
import {
  copyEnvelopes, encodeEpoch, encodeRouting, encodeSender, envelopeRanges, readStampedBatch, stampedBatchSize, writeStampedHeader,
} from '../src/stamped-batch.js';
import { batches, eventBatch } from './arbitrary-frames.js';
import { expectSameFacts, frameOf, wideLimits } from './frame-oracle.js';

describe('FrameReader.read()', () => {
  it('accepts what a client may send and sees what the generated codec decodes (B1)', () => {
    const reader = new FrameReader(wideLimits);
    fc.assert(fc.property(batches, fc.nat({ max: 3 }), (list, offset) => {
      const frame = frameOf(list);
      const bytes = new Uint8Array(offset + frame.length + 2).fill(0xff);
      bytes.set(frame, offset);
      if (!reader.read(bytes, offset, offset + frame.length)) throw new Error(`${reader.refusal.code} ${reader.refusal.field}`);
      reader.read(frame, 0, frame.length);
      expectSameFacts(reader, frame);
    }), { seed: 11, numRuns: 1_000 });
  });
});

describe('writeStampedHeader() and copyEnvelopes()', () => {
  it('give a batch that decodes to the same envelopes and the given stamp', () => {
    const reader = new FrameReader(wideLimits);
    const number = fc.oneof(fc.nat({ max: 300 }), fc.maxSafeNat());
    fc.assert(fc.property(eventBatch, number, number, number, number, fc.boolean(), (batch, sequence, prev, timeUs, session, replayed) => {
      const source = frameOf([batch]);
      expect(reader.read(source, 0, source.length)).toBe(true);
      const view = reader.batch(0);
      const run = {
        routing: encodeRouting(batch.room ?? '', batch.channel ?? '', batch.recipient ?? ''),
        sender: encodeSender('Büro', session), epoch: encodeEpoch(timeUs), after: encodeStampAfter(source, view),
        sequence, prev, timeUs, replayed, envelopesBytes: view.envelopesBytes,
      };
      const target = new Uint8Array(3 + stampedBatchSize(run));
      const end = copyEnvelopes(target, writeStampedHeader(target, 3, run), source, view);
      expect(end).toBe(target.length);
      const [stamped] = fromBinary(FrameSchema, target.subarray(3)).batches;
      const [sent] = fromBinary(FrameSchema, source).batches;
      expect(stamped.envelopes).toEqual(sent.envelopes);
      expect(stamped.stamp).toMatchObject({
        sequence: BigInt(sequence), prev: BigInt(prev), timeUs: BigInt(timeUs), epoch: BigInt(timeUs), sender: 'Büro', session: BigInt(session), replayed, after: sent.after,
      });
      expect([stamped.room, stamped.channel, stamped.recipient]).toEqual([sent.room, sent.channel, sent.recipient]);
      const back = readStampedBatch(target, 3);
      expect(back).toMatchObject({ sequence, prev, timeUs, epoch: timeUs, replayed, end, routing: run.routing, sender: run.sender, after: run.after });
      expect(back.envelopesEnd - back.envelopesStart).toBe(view.envelopesBytes);
      expect(envelopeRanges(target, back.envelopesStart, back.envelopesEnd).length).toBe(view.envelopeCount);
      expect(readPositions(source, view).length).toBe(view.afterCount);
    }), { seed: 12, numRuns: 500 });
  });

  it('give the head of a quiet topic without envelopes', () => {
    const run = {
      routing: encodeRouting('plans', '', ''), sender: new Uint8Array(0), epoch: encodeEpoch(5), after: new Uint8Array(0),
      sequence: 0, prev: 0, timeUs: 9, replayed: false, envelopesBytes: 0,
    };
    const target = new Uint8Array(stampedBatchSize(run));
    expect(writeStampedHeader(target, 0, run)).toBe(target.length);
    const [batch] = fromBinary(FrameSchema, target).batches;
    expect(batch).toMatchObject({ room: 'plans', envelopes: [], stamp: { epoch: 5n, sequence: 0n, timeUs: 9n } });
    expect(toBinary(FrameSchema, fromBinary(FrameSchema, target)).length).toBeLessThanOrEqual(target.length);
    expect(readStampedBatch(target, 0)).toMatchObject({ sequence: 0, prev: 0, epoch: 5, timeUs: 9, replayed: false, end: target.length });
  });
});
