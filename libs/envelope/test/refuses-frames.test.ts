import type { ErrorCode } from '@arqonbus/errors';
import { describe, expect, it } from 'vitest';
import { FrameReader } from '../src/frame-reader.js';
import { wideLimits } from './frame-oracle.js';
import { envelope, event, field, fixed32, fixed64, frameWith, id, idContent, number, room, varint } from './wire-writer.js';

type Row = readonly [what: string, frame: Uint8Array, code: ErrorCode, fieldPath: string];

const e = 'batches.envelopes';
const badText = [0xc3, 0x28];

/** A frame with one event envelope that also has the given bytes. */
function withEnvelope(...parts: readonly (readonly number[])[]): Uint8Array {
  return frameWith(room, envelope(id, event, ...parts));
}

function withBatch(...parts: readonly (readonly number[])[]): Uint8Array {
  return frameWith(room, envelope(id, event), ...parts);
}

function withCommand(content: readonly number[]): Uint8Array {
  return frameWith(envelope(id, field(3, content)));
}

function withReply(content: readonly number[]): Uint8Array {
  return frameWith(field(3, 'bob'), envelope(id, field(4, content)));
}

const frameRows: Row[] = [
  ['an unknown field of the frame', Uint8Array.from(field(2, 'x')), 'UNKNOWN_FIELD', '2'],
  ['an unknown number in the frame', Uint8Array.from(number(9, 1)), 'UNKNOWN_FIELD', '9'],
  ['batches with a wrong wire type', Uint8Array.from(number(1, 1)), 'MALFORMED_FRAME', 'batches'],
  ['field number 0', Uint8Array.from([0x02, 0x00]), 'MALFORMED_FRAME', ''],
  ['a group in the frame', Uint8Array.from([0x13, 0x14]), 'MALFORMED_FRAME', '2'],
  ['a batch past the end', Uint8Array.from([0x0a, 0x05, 0x00]), 'MALFORMED_FRAME', 'batches'],
  ['a lone tag', Uint8Array.from([0x0a]), 'MALFORMED_FRAME', 'batches'],
  ['a batch length of 3 bytes for a small number', Uint8Array.from([0x0a, 0x80, 0x80, 0x00]), 'MALFORMED_FRAME', 'batches'],
];

const batchRows: Row[] = [
  ['a batch without envelopes', frameWith(room), 'INVALID_ENVELOPE', e],
  ['an empty batch', frameWith(), 'INVALID_ENVELOPE', e],
  ['an unknown field of the batch', withBatch(field(14, 'x')), 'UNKNOWN_FIELD', 'batches.14'],
  ['an unknown number of the batch', withBatch(number(10, 1)), 'UNKNOWN_FIELD', 'batches.10'],
  ['an unknown field above 31 bits of shift', withBatch(field(33, 'x')), 'UNKNOWN_FIELD', 'batches.33'],
  ['a stamp', withBatch(field(6, number(1, 1))), 'FORBIDDEN_FIELD', 'batches.stamp'],
  ['an empty stamp', withBatch(field(6, [])), 'FORBIDDEN_FIELD', 'batches.stamp'],
  ['room twice', withBatch(room), 'INVALID_ENVELOPE', 'batches.room'],
  ['run twice', withBatch(number(8, 1), number(8, 1)), 'INVALID_ENVELOPE', 'batches.run'],
  ['ack twice', withBatch(number(5, 1), number(5, 1)), 'INVALID_ENVELOPE', 'batches.ack'],
  ['ack of 2', withBatch(number(5, 2)), 'MALFORMED_FRAME', 'batches.ack'],
  ['ack in 2 bytes', withBatch([0x28, 0x81, 0x00]), 'MALFORMED_FRAME', 'batches.ack'],
  ['room that is not UTF-8', frameWith(field(1, badText), envelope(id, event)), 'INVALID_UTF8', 'batches.room'],
  ['channel that is not UTF-8', withBatch(field(2, [0xed, 0xa0, 0x80])), 'INVALID_UTF8', 'batches.channel'],
  ['recipient that is not UTF-8', withBatch(field(3, [0xf4, 0x90, 0x80, 0x80])), 'INVALID_UTF8', 'batches.recipient'],
  ['producer as a varint', withBatch(number(7, 1)), 'MALFORMED_FRAME', 'batches.producer'],
  ['envelopes as a varint', withBatch(number(15, 1)), 'MALFORMED_FRAME', e],
  ['a truncated fixed64', frameWith(room, envelope(id, event), [0x39, 1, 2]), 'MALFORMED_FRAME', 'batches.producer'],
  ['a run of 11 bytes', withBatch([0x40, ...Array.from({ length: 10 }, () => 0x80), 1]), 'MALFORMED_FRAME', 'batches.run'],
  ['a run over 64 bits', withBatch([0x40, ...Array.from({ length: 9 }, () => 0x80), 2]), 'MALFORMED_FRAME', 'batches.run'],
  ['a run with a padded varint', withBatch([0x40, 0x81, 0x80, 0x00]), 'MALFORMED_FRAME', 'batches.run'],
  ['a run of 2^53', withBatch([0x40, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]), 'INVALID_ARGUMENT', 'batches.run'],
  ['a tag of 6 bytes', withBatch([0x8a, 0x80, 0x80, 0x80, 0x80, 0x00, 0x00]), 'MALFORMED_FRAME', 'batches'],
  ['a padded tag', withBatch([0x8a, 0x00, 0x00]), 'MALFORMED_FRAME', 'batches'],
  ['a group in the batch', withBatch([0x5b, 0x5c]), 'MALFORMED_FRAME', 'batches'],
  ['an unknown field of a position', withBatch(field(9, number(4, 1))), 'UNKNOWN_FIELD', 'batches.after.4'],
  ['a position with sequence twice', withBatch(field(9, [...number(3, 1), ...number(3, 1)])), 'INVALID_ENVELOPE', 'batches.after.sequence'],
  ['a position whose channel is not UTF-8', withBatch(field(9, field(1, badText))), 'INVALID_UTF8', 'batches.after.channel'],
  ['a position whose epoch is a varint', withBatch(field(9, number(2, 1))), 'MALFORMED_FRAME', 'batches.after.epoch'],
  ['events and commands in one batch', frameWith(room, envelope(id, event), envelope(id, field(3, field(1, [])))), 'MIXED_BATCH', `${e}.body`],
  ['commands and events apart in one batch', frameWith(envelope(id, field(3, field(1, []))), room, envelope(id, event)), 'MIXED_BATCH', `${e}.body`],
  ['events and replies in one batch', frameWith(field(3, 'bob'), envelope(id, event), envelope(id, field(4, [...id, ...event]))), 'MIXED_BATCH', `${e}.body`],
];

const envelopeRows: Row[] = [
  ['a missing id', frameWith(room, envelope(event)), 'INVALID_ENVELOPE', `${e}.id`],
  ['an id of 15 bytes', frameWith(room, envelope(field(1, idContent.slice(1)), event)), 'INVALID_ENVELOPE', `${e}.id`],
  ['an empty id', frameWith(room, envelope(field(1, []), event)), 'INVALID_ENVELOPE', `${e}.id`],
  ['id twice', withEnvelope(id), 'INVALID_ENVELOPE', `${e}.id`],
  ['an envelope without body', frameWith(room, envelope(id)), 'INVALID_ENVELOPE', `${e}.body`],
  ['an empty envelope', frameWith(room, envelope()), 'INVALID_ENVELOPE', `${e}.id`],
  ['an unknown body', frameWith(room, envelope(id, field(14, 'x'))), 'UNSUPPORTED_BODY', `${e}.body`],
  ['an unknown body at the end of its range', frameWith(room, envelope(id, field(99, 'x'))), 'UNSUPPORTED_BODY', `${e}.body`],
  ['no body but an unknown field above the range of bodies', frameWith(room, envelope(id, field(100, 'x'))), 'INVALID_ENVELOPE', `${e}.body`],
  ['no body but an unknown number', frameWith(room, envelope(id, number(14, 1))), 'INVALID_ENVELOPE', `${e}.body`],
  ['event twice', withEnvelope(event), 'INVALID_ENVELOPE', `${e}.event`],
  ['two bodies', withEnvelope(field(3, field(1, []))), 'INVALID_ENVELOPE', `${e}.body`],
  ['an error', frameWith(room, envelope(id, field(5, []))), 'FORBIDDEN_FIELD', `${e}.error`],
  ['a signal', frameWith(room, envelope(id, field(6, []))), 'FORBIDDEN_FIELD', `${e}.signal`],
  ['a signal beside an event', withEnvelope(field(6, [])), 'FORBIDDEN_FIELD', `${e}.signal`],
  ['a parent_id of 4 bytes', withEnvelope(field(13, [1, 2, 3, 4])), 'INVALID_ENVELOPE', `${e}.parent_id`],
  ['traceparent twice', withEnvelope(field(7, 'a'), field(7, 'a')), 'INVALID_ENVELOPE', `${e}.traceparent`],
  ['traceparent that is not UTF-8', withEnvelope(field(7, badText)), 'INVALID_UTF8', `${e}.traceparent`],
  ['tracestate that is not UTF-8', withEnvelope(field(8, [0x80])), 'INVALID_UTF8', `${e}.tracestate`],
  ['a capability that is not UTF-8', withEnvelope(field(10, 'ok'), field(10, [0xc0, 0x80])), 'INVALID_UTF8', `${e}.capabilities`],
  ['intent twice', withEnvelope(field(11, ''), field(11, '')), 'INVALID_ENVELOPE', `${e}.intent`],
  ['intent that is not UTF-8', withEnvelope(field(11, [0xff])), 'INVALID_UTF8', `${e}.intent`],
  ['id as a varint', frameWith(room, envelope(number(1, 1), event)), 'MALFORMED_FRAME', `${e}.id`],
  ['event as a fixed32', frameWith(room, envelope(id, fixed32(2))), 'MALFORMED_FRAME', `${e}.event`],
  ['headers as a fixed64', withEnvelope(fixed64(9)), 'MALFORMED_FRAME', `${e}.headers`],
  ['a group in the envelope', withEnvelope([0xa3, 0x01, 0xa4, 0x01]), 'MALFORMED_FRAME', `${e}.20`],
  ['the wire type 6', withEnvelope([0xa6, 0x01, 0x00]), 'MALFORMED_FRAME', `${e}.20`],
  ['field number 0 in the envelope', withEnvelope([0x00, 0x00]), 'MALFORMED_FRAME', e],
  ['a padded length', withEnvelope([0x3a, 0x81, 0x00, 0x61]), 'MALFORMED_FRAME', `${e}.traceparent`],
  ['a length over 32 bits', withEnvelope([0x3a, 0xff, 0xff, 0xff, 0xff, 0x1f]), 'MALFORMED_FRAME', `${e}.traceparent`],
  ['a length past the envelope', withEnvelope([0x3a, 0x05, 0x61]), 'MALFORMED_FRAME', `${e}.traceparent`],
  ['a length of 4 GiB', withEnvelope([0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f]), 'MALFORMED_FRAME', `${e}.traceparent`],
  ['an unknown field with a padded varint', withEnvelope([...varint(100 * 8), 0x80, 0x00]), 'MALFORMED_FRAME', `${e}.100`],
  ['an unknown field past the end', withEnvelope([...varint(100 * 8 + 2), 0x05]), 'MALFORMED_FRAME', `${e}.100`],
  ['an unknown fixed64 past the end', withEnvelope([...varint(100 * 8 + 1), 0x05]), 'MALFORMED_FRAME', `${e}.100`],
  ['an envelope past its batch', frameWith(room, [0x7a, 0x7f, 0x0a]), 'MALFORMED_FRAME', e],
];

const nestedRows: Row[] = [
  ['event.type twice', frameWith(room, envelope(id, field(2, [...field(1, 'a'), ...field(1, 'a')]))), 'INVALID_ENVELOPE', `${e}.event.type`],
  ['event.payload twice', frameWith(room, envelope(id, field(2, [...field(2, 'a'), ...field(2, 'a')]))), 'INVALID_ENVELOPE', `${e}.event.payload`],
  ['event.type that is not UTF-8', frameWith(room, envelope(id, field(2, field(1, badText)))), 'INVALID_UTF8', `${e}.event.type`],
  ['event.payload as a varint', frameWith(room, envelope(id, field(2, number(2, 1)))), 'MALFORMED_FRAME', `${e}.event`],
  ['event.payload past the event', frameWith(room, envelope(id, field(2, [0x12, 0x05, 1]))), 'MALFORMED_FRAME', `${e}.event.payload`],
  ['event.type past the event', frameWith(room, envelope(id, field(2, [0x0a, 0x05, 1]))), 'MALFORMED_FRAME', `${e}.event.type`],
  ['a group in the event', frameWith(room, envelope(id, field(2, [0x1b, 0x1c]))), 'MALFORMED_FRAME', `${e}.event`],
  ['field number 0 in the event', frameWith(room, envelope(id, field(2, [0x02, 0x00]))), 'MALFORMED_FRAME', `${e}.event`],
  ['a header key twice', withEnvelope(field(9, [...field(1, 'a'), ...field(1, 'b')])), 'INVALID_ENVELOPE', `${e}.headers`],
  ['a header value twice', withEnvelope(field(9, [...field(2, 'a'), ...field(2, 'b')])), 'INVALID_ENVELOPE', `${e}.headers`],
  ['a header key that is not UTF-8', withEnvelope(field(9, field(1, badText))), 'INVALID_UTF8', `${e}.headers`],
  ['a header value that is not UTF-8', withEnvelope(field(9, field(2, badText))), 'INVALID_UTF8', `${e}.headers`],
  ['a third field of a header', withEnvelope(field(9, field(3, 'x'))), 'MALFORMED_FRAME', `${e}.headers`],
  ['a header key past its entry', withEnvelope(field(9, [0x0a, 0x09, 0x61])), 'MALFORMED_FRAME', `${e}.headers`],
  ['a header that ends in a tag', withEnvelope(field(9, [0x0a])), 'MALFORMED_FRAME', `${e}.headers`],
  ['embedding.model twice', withEnvelope(field(12, [...field(1, 'a'), ...field(1, 'a')])), 'INVALID_ENVELOPE', `${e}.embedding.model`],
  ['embedding.model that is not UTF-8', withEnvelope(field(12, field(1, badText))), 'INVALID_UTF8', `${e}.embedding.model`],
  ['embedding.model as a number', withEnvelope(field(12, number(1, 1))), 'MALFORMED_FRAME', `${e}.embedding.model`],
  ['packed values of 5 bytes', withEnvelope(field(12, field(2, [1, 2, 3, 4, 5]))), 'MALFORMED_FRAME', `${e}.embedding.values`],
  ['values as fixed64', withEnvelope(field(12, fixed64(2))), 'MALFORMED_FRAME', `${e}.embedding.values`],
  ['embedding twice', withEnvelope(field(12, []), field(12, [])), 'INVALID_ENVELOPE', `${e}.embedding`],
  ['field number 0 in the embedding', withEnvelope(field(12, [0x01])), 'MALFORMED_FRAME', `${e}.embedding`],
];

const commandRows: Row[] = [
  ['an unknown command', withCommand(field(16, [])), 'UNKNOWN_FIELD', `${e}.command.16`],
  ['an unknown field of ping', withCommand(field(1, number(1, 1))), 'UNKNOWN_FIELD', `${e}.command.ping.1`],
  ['two commands', withCommand([...field(1, []), ...field(4, [])]), 'INVALID_ENVELOPE', `${e}.command`],
  ['ping twice', withCommand([...field(1, []), ...field(1, [])]), 'INVALID_ENVELOPE', `${e}.command.ping`],
  ['ping as a number', withCommand(number(1, 1)), 'MALFORMED_FRAME', `${e}.command.ping`],
  ['join.room twice', withCommand(field(2, [...room, ...room])), 'INVALID_ENVELOPE', `${e}.command.join.room`],
  ['join.room that is not UTF-8', withCommand(field(2, field(1, badText))), 'INVALID_UTF8', `${e}.command.join.room`],
  ['join.all_channels of 2', withCommand(field(2, number(3, 2))), 'MALFORMED_FRAME', `${e}.command.join.all_channels`],
  ['an unknown field of a resume position', withCommand(field(2, field(4, number(4, 1)))), 'UNKNOWN_FIELD', `${e}.command.join.resume.4`],
  ['history_get.limit over 32 bits', withCommand(field(9, [0x38, 0x80, 0x80, 0x80, 0x80, 0x10])), 'MALFORMED_FRAME', `${e}.command.history_get.limit`],
  ['history_get.limit padded', withCommand(field(9, [0x38, 0x81, 0x00])), 'MALFORMED_FRAME', `${e}.command.history_get.limit`],
  ['history_get.from_sequence over 64 bits', withCommand(field(9, [0x18, ...Array.from({ length: 9 }, () => 0xff), 0x7f])), 'MALFORMED_FRAME', `${e}.command.history_get.from_sequence`],
  ['history_get.epoch as a varint', withCommand(field(9, number(8, 1))), 'MALFORMED_FRAME', `${e}.command.history_get.epoch`],
  ['a group in a command', withCommand([0x0b, 0x0c]), 'MALFORMED_FRAME', `${e}.command`],
];

const replyRows: Row[] = [
  ['a reply of pong', withReply([...id, ...field(3, [])]), 'FORBIDDEN_FIELD', `${e}.reply.pong`],
  ['a reply of result', withReply([...id, ...field(13, [])]), 'FORBIDDEN_FIELD', `${e}.reply.result`],
  ['an unknown field of a reply', withReply([...id, ...event, ...field(20, [])]), 'FORBIDDEN_FIELD', `${e}.reply.20`],
  ['a reply without event', withReply(id), 'FORBIDDEN_FIELD', `${e}.reply`],
  ['a reply without request_id', withReply(event), 'INVALID_ENVELOPE', `${e}.reply.request_id`],
  ['a reply whose request_id is 3 bytes', withReply([...field(1, [1, 2, 3]), ...event]), 'INVALID_ENVELOPE', `${e}.reply.request_id`],
  ['a reply with two events', withReply([...id, ...event, ...event]), 'INVALID_ENVELOPE', `${e}.reply.event`],
  ['a reply whose event is not valid', withReply([...id, ...field(2, field(1, badText))]), 'INVALID_UTF8', `${e}.reply.event.type`],
  ['a reply whose request_id is a number', withReply(number(1, 1)), 'MALFORMED_FRAME', `${e}.reply.request_id`],
  ['a reply cut in its event', withReply([...id, 0x12, 0x09, 0x00]), 'MALFORMED_FRAME', `${e}.reply.event`],
  ['a group in a reply', withReply([0x2b, 0x2c]), 'MALFORMED_FRAME', `${e}.reply`],
];

describe('FrameReader.read()', () => {
  const reader = new FrameReader(wideLimits);

  it.each([...frameRows, ...batchRows, ...envelopeRows, ...nestedRows, ...commandRows, ...replyRows])(
    'refuses %s',
    (_what, frame, code, fieldPath) => {
      expect(reader.read(frame, 0, frame.length)).toBe(false);
      expect({ code: reader.refusal.code, field: reader.refusal.field }).toEqual({ code, field: fieldPath });
      expect(reader.batchCount).toBe(0);
    },
  );

  it('names batch, envelope, id and run of the fault', () => {
    const good = field(1, [...room, ...envelope(id, event)]);
    const otherId = field(1, idContent.map((byte) => byte + 100));
    const bad = field(1, [...room, ...envelope(id, event), ...envelope(otherId, event, field(6, [])), ...number(8, 300)]);
    const frame = Uint8Array.from([...good, ...bad]);
    expect(reader.read(frame, 0, frame.length)).toBe(false);
    expect(reader.refusal).toMatchObject({ code: 'FORBIDDEN_FIELD', batchIndex: 1, envelopeIndex: 1, run: 300 });
    expect([...reader.refusal.requestId]).toEqual(idContent.map((byte) => byte + 100));
  });

  it('finds the id behind the fault where the envelope can be walked', () => {
    const frame = frameWith(room, envelope(field(6, []), id), number(8, 7));
    expect(reader.read(frame, 0, frame.length)).toBe(false);
    expect([...reader.refusal.requestId]).toEqual([...idContent]);
    expect(reader.refusal.run).toBe(7);
  });

  it('gives no id and no run where none can be read', () => {
    const frame = frameWith(room, [0x7a, 0x7f, 0x0a]);
    expect(reader.read(frame, 0, frame.length)).toBe(false);
    expect(reader.refusal).toMatchObject({ batchIndex: 0, envelopeIndex: 0, run: 0, requestId: new Uint8Array(0) });
    const heartless = Uint8Array.from(field(2, 'x'));
    expect(reader.read(heartless, 0, heartless.length)).toBe(false);
    expect(reader.refusal).toMatchObject({ batchIndex: -1, envelopeIndex: -1, run: 0, requestId: new Uint8Array(0) });
  });

  it('keeps its copy of the id when the bytes are overwritten', () => {
    const frame = frameWith(room, envelope(id, field(6, [])));
    reader.read(frame, 0, frame.length);
    frame.fill(0);
    expect([...reader.refusal.requestId]).toEqual([...idContent]);
  });
});
