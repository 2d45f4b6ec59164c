import { isArqonError } from '@arqonbus/errors';
import { ShieldFrameSchema, ShieldMessageSchema } from '@arqonbus/proto';
import { create, equals, fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readShieldFrame, type ShieldMessageBody } from './read-shield-frame.js';
import { ShieldFrameBuilder, type ShieldMessageInit } from './shield-frame-builder.js';

type Seen = { session: number; frame: Uint8Array } | ShieldMessageBody;

function read(bytes: Uint8Array): Seen[] {
  const seen: Seen[] = [];
  readShieldFrame(bytes, {
    inbound: (session, from, start, end) => seen.push({ session, frame: from.slice(start, end) }),
    message: (body) => seen.push(body),
  });
  return seen;
}

const session = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const big = fc.maxSafeNat().map(BigInt);
const bytes = fc.uint8Array({ maxLength: 300 });
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const topicPosition = fc.record({ topic: fc.nat(), epoch: big, sequence: big });
const channelPosition = fc.record({ channel: text, epoch: big, sequence: big });

const cold: fc.Arbitrary<ShieldMessageInit> = fc.oneof(
  fc.record({ protocol: fc.nat(), shieldId: text, version: text }).map((value) => ({ body: { case: 'hello' as const, value } })),
  fc.record({ session: big, token: text, reopened: fc.boolean(), remoteAddress: text }).map((value) => ({ body: { case: 'openSession' as const, value } })),
  fc.record({ session: big }).map((value) => ({ body: { case: 'closeSession' as const, value } })),
  fc.record({ session: big, positions: fc.array(topicPosition) }).map((value) => ({ body: { case: 'sessionLagging' as const, value } })),
  fc.record({ session: big }).map((value) => ({ body: { case: 'sessionCredit' as const, value } })),
  fc
    .record({ tenant: text, room: text, channel: text, recipient: text, allChannels: fc.boolean(), positions: fc.array(channelPosition), sessions: fc.array(big) })
    .map((value) => ({ body: { case: 'resumeTopic' as const, value } })),
  fc.constant({ body: { case: 'resumeDone' as const, value: {} } }),
);
const item = fc.oneof(fc.record({ session, frame: bytes }), cold);

describe('readShieldFrame()', () => {
  it('reads what ShieldFrameBuilder wrote, in order, and so does the generated codec', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), (items) => {
        const builder = new ShieldFrameBuilder();
        const init: ShieldMessageInit[] = [];
        for (const one of items) {
          if ('frame' in one) {
            builder.appendInbound(one.session, one.frame);
            init.push({ body: { case: 'inbound', value: { session: BigInt(one.session), frame: one.frame } } });
          } else {
            builder.appendMessage(one);
            init.push(one);
          }
        }
        const written = builder.take()?.slice() ?? new Uint8Array(0);
        const expected = create(ShieldFrameSchema, { messages: init.map((one) => create(ShieldMessageSchema, one)) });
        expect(equals(ShieldFrameSchema, fromBinary(ShieldFrameSchema, written), expected)).toBe(true);
        const seen = read(written);
        expect(seen).toEqual(read(toBinary(ShieldFrameSchema, expected)));
        expect(seen.map((one) => ('frame' in one ? one.frame : one.case))).toEqual(items.map((one) => ('frame' in one ? one.frame : one.body && 'case' in one.body ? one.body.case : undefined)));
      }),
    );
  });

  it('raises MALFORMED_FRAME or reads to the end, whatever the bytes', () => {
    const valid = fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => {
      const builder = new ShieldFrameBuilder();
      for (const one of items) {
        if ('frame' in one) builder.appendInbound(one.session, one.frame);
        else builder.appendMessage(one);
      }
      return builder.take()?.slice() ?? new Uint8Array(0);
    });
    const mutated = fc.tuple(valid, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat()).map(([from, edits, cut]) => {
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
        expect(() => fromBinary(ShieldFrameSchema, input)).not.toThrow();
      }),
      { numRuns: 3_000 },
    );
  });

  const inbound = [0x09, 1, 0, 0, 0, 0, 0, 0, 0];
  const refused: [string, number[]][] = [
    ['an unknown field at the top', [0x12, 0]],
    ['a group', [0x0b, 0x0c]],
    ['a truncated length', [0x0a]],
    ['a length beyond the bytes', [0x0a, 0x05, 0x0a]],
    ['an over-long varint', [0x0a, 0x80, 0x00]],
    ['a huge length', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a message without a body', [0x0a, 0]],
    ['a body of an unknown number', [0x0a, 2, 0x4a, 0]],
    ['a body that is no message', [0x0a, 2, 0x08, 0]],
    ['two bodies', [0x0a, 4, 0x42, 0, 0x42, 0]],
    ['an inbound frame without a session', [0x0a, 2, 0x0a, 0]],
    ['session 0', [0x0a, 11, 0x0a, 9, 0x09, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['a session above 2^53', [0x0a, 11, 0x0a, 9, 0x09, 0, 0, 0, 0, 0, 0, 0x20, 0]],
    ['a session twice', [0x0a, 20, 0x0a, 18, ...inbound, ...inbound]],
    ['a frame twice', [0x0a, 15, 0x0a, 13, ...inbound, 0x12, 0, 0x12, 0]],
    ['an unknown field of an inbound frame', [0x0a, 13, 0x0a, 11, ...inbound, 0x18, 1]],
    ['text that is not UTF-8', [0x0a, 5, 0x12, 3, 0x12, 1, 0xff]],
  ];
  it.each(refused)('refuses %s with MALFORMED_FRAME', (_, input) => {
    expect(() => read(Uint8Array.from(input))).toThrow('MALFORMED_FRAME');
  });

  it('takes an inbound frame whose bytes were left out for an empty one', () => {
    expect(read(Uint8Array.from([0x0a, 11, 0x0a, 9, ...inbound]))).toEqual([{ session: 1, frame: new Uint8Array(0) }]);
  });

  it('passes on what a handler throws', () => {
    const builder = new ShieldFrameBuilder();
    builder.appendInbound(1, Uint8Array.of(1));
    const input = builder.take() ?? new Uint8Array(0);
    const handlers = {
      inbound: () => {
        throw new TypeError('of the handler');
      },
      message: () => undefined,
    };
    expect(() => readShieldFrame(input, handlers)).toThrow(TypeError);
  });
});
