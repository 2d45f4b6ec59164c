import { isArqonError } from '@arqonbus/errors';
import { SpineFrameSchema, SpineMessageSchema } from '@arqonbus/proto';
import { create, equals, fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSpineFrame, type SpineMessageBody } from './read-spine-frame.js';
import { SpineFrameBuilder, type SpineMessageInit } from './spine-frame-builder.js';

type Seen =
  | { topic: number; room: number; last: number; prev: number; frame: Uint8Array }
  | { session: number; page: boolean; frame: Uint8Array }
  | SpineMessageBody;

function read(bytes: Uint8Array): Seen[] {
  const seen: Seen[] = [];
  readSpineFrame(bytes, {
    deliverTopic: (topic, room, last, prev, from, start, end) => seen.push({ topic, room, last, prev, frame: from.slice(start, end) }),
    deliverSession: (session, page, from, start, end) => seen.push({ session, page, frame: from.slice(start, end) }),
    message: (body) => seen.push(body),
  });
  return seen;
}

const session = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const big = fc.maxSafeNat().map(BigInt);
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = fc.uint8Array({ maxLength: 300 });
const text = fc.string({ unit: 'grapheme', maxLength: 20 });

const cold: fc.Arbitrary<SpineMessageInit> = fc.oneof(
  fc
    .record({ topic: fc.integer({ min: 1, max: 0xffff_ffff }), room: uint32, lastSequence: big, prevSequence: big, frame: bytes })
    .map((value) => ({ body: { case: 'deliverTopic' as const, value } })),
  fc.record({ protocol: uint32, spineId: text, version: text, heartbeatMs: uint32 }).map((value) => ({ body: { case: 'welcome' as const, value } })),
  fc.record({ session: big, topic: uint32, room: uint32 }).map((value) => ({ body: { case: 'subscribe' as const, value } })),
  fc.record({ session: big, topic: uint32, room: uint32 }).map((value) => ({ body: { case: 'unsubscribe' as const, value } })),
  fc.record({ topic: uint32, room: uint32, tenant: text, roomName: text, channel: text, epoch: big, sequence: big }).map((value) => ({ body: { case: 'describeTopic' as const, value } })),
  fc.record({ session: big, code: uint32, reason: text }).map((value) => ({ body: { case: 'kickSession' as const, value } })),
  fc.record({ session: big, token: text }).map((value) => ({ body: { case: 'claimsChanged' as const, value } })),
  fc.record({ reconnectAfterMsMin: uint32, reconnectAfterMsMax: uint32 }).map((value) => ({ body: { case: 'draining' as const, value } })),
  fc.record({ topic: uint32 }).map((value) => ({ body: { case: 'forgetTopic' as const, value } })),
);
const delivery = fc.record({ session, page: fc.boolean(), frame: bytes });
const item = fc.oneof(delivery, cold);

function build(items: (SpineMessageInit | { session: number; page: boolean; frame: Uint8Array })[]): Uint8Array {
  const builder = new SpineFrameBuilder();
  for (const one of items) {
    if ('frame' in one) builder.appendDeliverSession(one.session, one.frame, { page: one.page });
    else builder.appendMessage(one);
  }
  return builder.take()?.slice() ?? new Uint8Array(0);
}

describe('readSpineFrame()', () => {
  it('reads what SpineFrameBuilder wrote, in order, and so does the generated codec', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), (items) => {
        const written = build(items);
        const messages = items.map((one) =>
          create(SpineMessageSchema, 'frame' in one ? { body: { case: 'deliverSession', value: { session: BigInt(one.session), page: one.page, frame: one.frame } } } : one),
        );
        const expected = create(SpineFrameSchema, { messages });
        expect(equals(SpineFrameSchema, fromBinary(SpineFrameSchema, written), expected)).toBe(true);
        const seen = read(written);
        expect(seen).toHaveLength(items.length);
        expect(seen).toEqual(read(toBinary(SpineFrameSchema, expected)));
        messages.forEach(({ body }, index) => {
          if (body.case === 'deliverTopic') {
            const { topic, room, lastSequence, prevSequence, frame } = body.value;
            expect(seen[index]).toEqual({ topic, room, last: Number(lastSequence), prev: Number(prevSequence), frame });
          } else if (body.case === 'deliverSession') {
            expect(seen[index]).toEqual({ session: Number(body.value.session), page: body.value.page, frame: body.value.frame });
          } else expect(seen[index]).toEqual(body);
        });
      }),
    );
  });

  it('raises MALFORMED_FRAME or reads to the end, whatever the bytes', () => {
    const mutated = fc
      .tuple(fc.array(item, { minLength: 1, maxLength: 4 }).map(build), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat())
      .map(([from, edits, cut]) => {
        const to = from.slice(0, cut % 3 === 0 ? cut % (from.length + 1) : from.length);
        for (const [at, value] of edits) if (to.length > 0) to[at % to.length] = value;
        return to;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), mutated), (input) => {
        try {
          read(input);
        } catch (error) {
          if (!isArqonError(error)) throw error;
          expect(error.code).toBe('MALFORMED_FRAME');
          return;
        }
        expect(() => fromBinary(SpineFrameSchema, input)).not.toThrow();
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads an empty message, the heartbeat, as nothing', () => {
    expect(read(new Uint8Array(0))).toEqual([]);
  });

  const session1 = [0x09, 1, 0, 0, 0, 0, 0, 0, 0];
  const topic1 = [0x0d, 1, 0, 0, 0];
  const refused: [string, number[]][] = [
    ['an unknown field at the top', [0x12, 0]],
    ['a body of an unknown number', [0x0a, 2, 0x5a, 0]],
    ['two bodies', [0x0a, 4, 0x52, 0, 0x52, 0]],
    ['a delivery without a topic', [0x0a, 2, 0x0a, 0]],
    ['a topic twice', [0x0a, 12, 0x0a, 10, ...topic1, ...topic1]],
    ['an unknown field of a topic delivery', [0x0a, 9, 0x0a, 7, ...topic1, 0x30, 1]],
    ['a frame that is cut', [0x0a, 9, 0x0a, 7, ...topic1, 0x7a, 1]],
    ['a delivery without a session', [0x0a, 2, 0x12, 0]],
    ['a session twice', [0x0a, 20, 0x12, 18, ...session1, ...session1]],
    ['a bool above 1', [0x0a, 13, 0x12, 11, ...session1, 0x10, 2]],
    ['an unknown field of a session delivery', [0x0a, 13, 0x12, 11, ...session1, 0x18, 1]],
    ['a cut fixed64', [0x0a, 5, 0x12, 3, 0x09, 1, 0]],
    ['text that is not UTF-8', [0x0a, 5, 0x1a, 3, 0x12, 1, 0xff]],
  ];
  it.each(refused)('refuses %s with MALFORMED_FRAME', (_, input) => {
    expect(() => read(Uint8Array.from(input))).toThrow('MALFORMED_FRAME');
  });
});
