import { describe, expect, it } from 'vitest';
import { FrameReader } from '../src/frame-reader.js';
import { copyEnvelopes, readStampedBatch } from '../src/stamped-batch.js';
import { expectSameFacts, wideLimits } from './frame-oracle.js';
import { envelope, event, field, fixed32, fixed64, frameWith, id, idContent, number, room, varint } from './wire-writer.js';

const ping = envelope(id, field(3, field(1, [])));
const reply = envelope(id, field(4, [...id, ...event]));
const position = field(9, [...field(1, 'a'), ...fixed64(2), ...number(3, 4)]);

function read(frame: Uint8Array, limits = wideLimits as { maxEnvelopeBytes: number; maxEventsPerRun: number }): FrameReader {
  const reader = new FrameReader(limits);
  if (!reader.read(frame, 0, frame.length)) throw new Error(`${reader.refusal.code} ${reader.refusal.field}`);
  return reader;
}

function judgementOf(frame: Uint8Array, limits?: { maxEnvelopeBytes: number; maxEventsPerRun: number }): unknown {
  const { refusalCode, refusalField, refusalIndex } = read(frame, limits).batch(0);
  return refusalCode === undefined ? 'fine' : [refusalCode, refusalField, refusalIndex];
}

describe('FrameReader.read()', () => {
  it.each([
    ['the empty frame, a heartbeat', new Uint8Array(0)],
    ['an event without type and payload', frameWith(room, envelope(id, field(2, [])))],
    ['an empty command', frameWith(envelope(id, field(3, [])))],
    ['an empty parent_id', frameWith(room, envelope(id, event, field(13, [])))],
    ['fields in any order', frameWith(envelope(field(11, 'go'), event, field(7, 'tp'), id), number(8, 1), room)],
    ['unknown fields of an envelope', frameWith(room, envelope(id, event, field(14, 'x'), number(200, 1), fixed32(201), fixed64(202)))],
    ['unknown fields of an event', frameWith(room, envelope(id, field(2, [...number(3, 1), ...field(4, 'x'), ...fixed32(5)])))],
    ['unknown fields of an embedding', frameWith(room, envelope(id, event, field(12, [...number(3, 1), ...field(4, 'x')])))],
    ['packed and unpacked values together', frameWith(room, envelope(id, event, field(12, [...field(2, [0, 0, 0, 0]), ...fixed32(2), ...field(2, [])])))],
    ['a header without key or value', frameWith(room, envelope(id, event, field(9, []), field(9, field(1, 'k')), field(9, field(2, 'v'))))],
    ['a header whose value comes first', frameWith(room, envelope(id, event, field(9, [...field(2, 'v'), ...field(1, 'k')])))],
    ['the largest field number', frameWith(room, envelope(id, event, [...varint((2 ** 29 - 1) * 8), 1]))],
    ['text of 2, 3 and 4 bytes', frameWith(room, envelope(id, event, field(11, 'aé€😀\u{10ffff}\ud7ff')))],
    ['a run of 2^53 - 1', frameWith(room, envelope(id, event), number(8, Number.MAX_SAFE_INTEGER))],
    ['a uint64 of 2^64 - 1 in a position', frameWith(room, envelope(id, event), field(9, [0x18, ...Array.from({ length: 9 }, () => 0xff), 1]))],
    ['explicit zeros', frameWith(room, envelope(id, event), number(5, 0), number(8, 0), field(2, ''), field(3, ''))],
  ])('accepts %s and agrees with the generated codec', (_what, frame) => {
    expectSameFacts(read(frame), frame);
  });

  it('judges limits of a batch without refusing the frame', () => {
    const big = frameWith(room, envelope(id, event), envelope(id, event, field(11, 'x'.repeat(50))));
    expect(judgementOf(big, { maxEnvelopeBytes: 60, maxEventsPerRun: 9 })).toEqual(['ENVELOPE_TOO_LARGE', 'envelopes', 1]);
    expect(judgementOf(frameWith(room, envelope(id, event), envelope(id, event)), { maxEnvelopeBytes: 999, maxEventsPerRun: 1 })).toEqual(['TOO_MANY_EVENTS', 'envelopes', 1]);
    const positions = (count: number): number[] => Array.from({ length: count }, () => position).flat();
    expect(judgementOf(frameWith(room, envelope(id, event), positions(64)))).toBe('fine');
    expect(judgementOf(frameWith(room, envelope(id, event), positions(65)))).toEqual(['LIMIT', 'after', 0]);
  });

  it('judges an envelope by the bytes of its content alone', () => {
    const content = [...id, ...event];
    const frame = frameWith(room, envelope(content));
    expect(judgementOf(frame, { maxEnvelopeBytes: content.length, maxEventsPerRun: 1 })).toBe('fine');
    expect(judgementOf(frame, { maxEnvelopeBytes: content.length - 1, maxEventsPerRun: 1 })).toEqual(['ENVELOPE_TOO_LARGE', 'envelopes', 0]);
  });

  it.each([
    ['an event without room and recipient', frameWith(envelope(id, event)), ['INVALID_ARGUMENT', 'room', 0]],
    ['an event with an empty room', frameWith(field(1, ''), envelope(id, event)), ['INVALID_ARGUMENT', 'room', 0]],
    ['an event with room and recipient', frameWith(room, field(3, 'bob'), envelope(id, event)), ['INVALID_ARGUMENT', 'room', 0]],
    ['an event with channel and recipient', frameWith(field(2, 'main'), field(3, 'bob'), envelope(id, event)), ['INVALID_ARGUMENT', 'channel', 0]],
    ['an event with room and recipient_session', frameWith(room, fixed64(4), envelope(id, event)), ['INVALID_ARGUMENT', 'recipient_session', 0]],
    ['an event to a room', frameWith(room, field(2, 'main'), envelope(id, event)), 'fine'],
    ['an event to one session', frameWith(field(3, 'bob'), fixed64(4), envelope(id, event)), 'fine'],
    ['a command with room', frameWith(room, ping), ['INVALID_ARGUMENT', 'room', 0]],
    ['a command with channel', frameWith(field(2, 'main'), ping), ['INVALID_ARGUMENT', 'channel', 0]],
    ['a command with recipient', frameWith(field(3, 'bob'), ping), ['INVALID_ARGUMENT', 'recipient', 0]],
    ['a command', frameWith(ping), 'fine'],
    ['a reply without recipient', frameWith(reply), ['INVALID_ARGUMENT', 'recipient', 0]],
    ['a reply with room and recipient', frameWith(room, field(3, 'bob'), reply), ['INVALID_ARGUMENT', 'room', 0]],
    ['a reply', frameWith(field(3, 'bob'), reply), 'fine'],
    ['ack without producer', frameWith(room, number(5, 1), number(8, 1), envelope(id, event)), ['INVALID_ARGUMENT', 'producer', 0]],
    ['ack with producer 0', frameWith(room, number(5, 1), number(8, 1), fixed64(7, 0), envelope(id, event)), ['INVALID_ARGUMENT', 'producer', 0]],
    ['ack without run', frameWith(room, number(5, 1), fixed64(7), envelope(id, event)), ['INVALID_ARGUMENT', 'run', 0]],
    ['ack with producer and run', frameWith(room, number(5, 1), fixed64(7), number(8, 1), envelope(id, event)), 'fine'],
    ['a room of 129 bytes', frameWith(field(1, 'a'.repeat(129)), envelope(id, event)), ['INVALID_NAME', 'room', 0]],
    ['a channel of 129 bytes', frameWith(room, field(2, 'a'.repeat(129)), envelope(id, event)), ['INVALID_NAME', 'channel', 0]],
    ['a recipient of 129 bytes', frameWith(field(3, 'a'.repeat(129)), envelope(id, event)), ['INVALID_NAME', 'recipient', 0]],
    ['names of 128 bytes', frameWith(field(1, 'a'.repeat(128)), field(2, 'b'.repeat(128)), envelope(id, event)), 'fine'],
  ])('judges %s', (_what, frame, judgement) => {
    expect(judgementOf(frame)).toEqual(judgement);
  });

  it('judges each batch of a frame by itself', () => {
    const lost = field(1, envelope(id, event));
    const good = field(1, [...room, ...envelope(id, event)]);
    const reader = read(Uint8Array.from([...lost, ...good]));
    expect([reader.batchCount, reader.batch(0).refusalCode, reader.batch(1).refusalCode]).toEqual([2, 'INVALID_ARGUMENT', undefined]);
  });

  it('forgets the frame before: pooled views carry nothing over', () => {
    const reader = read(frameWith(room, number(5, 1), fixed64(7), number(8, 9), position, envelope(id, event, field(7, 'tp'))));
    expect(reader.batch(0)).toMatchObject({ ack: true, run: 9, afterCount: 1 });
    const bare = frameWith(field(3, 'bob'), envelope(id, event));
    expect(reader.read(bare, 0, bare.length)).toBe(true);
    expectSameFacts(reader, bare);
    expect(() => reader.batch(1)).toThrow(RangeError);
    expect(reader.read(Uint8Array.from([0]), 0, 1)).toBe(false);
    expect(() => reader.batch(0)).toThrow(RangeError);
  });

  it('lets go of the views of a frame with thousands of batches', () => {
    const one = field(1, [...room, ...envelope(id, event)]);
    const many = Uint8Array.from(Array.from({ length: 1_000 }, () => one).flat());
    const reader = read(many);
    expect(reader.batchCount).toBe(1_000);
    expectSameFacts(reader, many);
    const single = Uint8Array.from(one);
    expect(reader.read(single, 0, single.length)).toBe(true);
    expectSameFacts(reader, single);
  });

  it('tells contiguous envelopes from scattered ones, and copies both', () => {
    const together = frameWith(room, envelope(id, event), envelope(id, event), number(8, 1));
    expect(read(together).batch(0)).toMatchObject({ envelopesContiguous: true, envelopesBytes: 2 * envelope(id, event).length });
    const second = envelope(field(1, idContent.map(() => 9)), event);
    const scattered = frameWith(envelope(id, event), room, second, number(8, 1), envelope(id, event));
    const view = read(scattered).batch(0);
    expect(view).toMatchObject({ envelopesContiguous: false, envelopeCount: 3, kind: 'events' });
    const target = new Uint8Array(view.envelopesBytes);
    expect(copyEnvelopes(target, 0, scattered, view)).toBe(target.length);
    expect([...target]).toEqual([...envelope(id, event), ...second, ...envelope(id, event)]);
  });
});

describe('readStampedBatch()', () => {
  it('raises RangeError on bytes that the writer did not make', () => {
    for (const bytes of [new Uint8Array(0), Uint8Array.from([0x0a, 0x05]), frameWith(room, envelope(id, event)), frameWith(field(6, number(6, 1)))]) {
      expect(() => readStampedBatch(bytes, 0)).toThrow(RangeError);
    }
  });
});
