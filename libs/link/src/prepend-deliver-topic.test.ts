import { fromBinary } from '@bufbuild/protobuf';
import { SpineFrameSchema } from '@arqonbus/proto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DELIVER_HEADROOM_BYTES, prependDeliverTopic } from './prepend-deliver-topic.js';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });

describe('prependDeliverTopic()', () => {
  it('writes headers that decode to the same numbers and frame', () => {
    const sizes = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(127, 128, 16_383, 16_384, 983_040));
    fc.assert(
      fc.property(sizes, uint32, uint32, fc.maxSafeNat(), fc.maxSafeNat(), (frameBytes, topic, room, lastSequence, prevSequence) => {
        const target = new Uint8Array(DELIVER_HEADROOM_BYTES + frameBytes);
        const frame = target.subarray(DELIVER_HEADROOM_BYTES).fill(0xa5);
        const start = prependDeliverTopic(target, DELIVER_HEADROOM_BYTES, frameBytes, { topic, room, lastSequence, prevSequence });
        const { messages } = fromBinary(SpineFrameSchema, target.subarray(start));
        expect(messages).toHaveLength(1);
        const body = messages[0].body;
        if (body.case !== 'deliverTopic') throw new Error(`read ${String(body.case)}`);
        expect(body.value).toMatchObject({ topic, room, lastSequence: BigInt(lastSequence), prevSequence: BigInt(prevSequence) });
        expect(Buffer.compare(body.value.frame, frame)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves the bytes before the headers alone and needs at most 43', () => {
    const target = new Uint8Array(1_000_000).fill(0xee);
    const start = prependDeliverTopic(target, 1_000, 983_040, { topic: 1, room: 2, lastSequence: 3, prevSequence: 2 });
    expect(1_000 - start).toBeLessThanOrEqual(43);
    expect(target.subarray(0, start).every((byte) => byte === 0xee)).toBe(true);
  });

  it('raises RangeError without headroom', () => {
    expect(() => prependDeliverTopic(new Uint8Array(100), 20, 80, { topic: 1, room: 2, lastSequence: 3, prevSequence: 2 })).toThrow(RangeError);
  });
});
