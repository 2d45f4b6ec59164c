import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeMaskedFrame } from './encode-masked-frame.js';
import { MessageAssembler } from './message-assembler.js';
import { encodeServerFrame, pushInPieces } from '../../test/server-frame.fixture.js';
import { WebSocketReader } from './websocket-reader.js';

function collect(): { reader: WebSocketReader; messages: string[]; controls: [number, string][] } {
  const messages: string[] = [];
  const controls: [number, string][] = [];
  const reader = new WebSocketReader({
    sink: new MessageAssembler((message) => messages.push(message.toString('hex'))),
    onControl: (opcode, payload) => controls.push([opcode, payload.toString('hex')]),
  });
  return { reader, messages, controls };
}

const payload = fc.oneof(fc.uint8Array({ maxLength: 130 }), fc.integer({ min: 65_530, max: 65_540 }).map((length) => new Uint8Array(length).fill(length)));

describe('WebSocketReader', () => {
  it('hands over every message and control frame however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ payload, isPing: fc.boolean(), splitAt: fc.option(fc.nat()) }), { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 30 }), (frames, cuts) => {
        const sent = frames.map((frame) => ({ ...frame, payload: frame.isPing ? frame.payload.subarray(0, 125) : frame.payload }));
        const bytes = Buffer.concat(
          sent.flatMap((frame) => {
            if (frame.isPing) return [encodeServerFrame(frame.payload, { opcode: 9 })];
            if (frame.splitAt === null) return [encodeServerFrame(frame.payload)];
            const at = frame.splitAt % (frame.payload.length + 1);
            // A control frame may come between the fragments of a message.
            return [
              encodeServerFrame(frame.payload.subarray(0, at), { isFinal: false }),
              encodeServerFrame(Buffer.alloc(0), { opcode: 10 }),
              encodeServerFrame(frame.payload.subarray(at), { opcode: 0 }),
            ];
          }),
        );
        const { reader, messages, controls } = collect();
        pushInPieces(bytes, cuts, (piece, start, end) => reader.push(piece, start, end));
        const hex = (bytesOf: Uint8Array): string => Buffer.from(bytesOf).toString('hex');
        expect(messages).toEqual(sent.filter((frame) => !frame.isPing).map((frame) => hex(frame.payload)));
        expect(controls.filter(([opcode]) => opcode === 9)).toEqual(sent.filter((frame) => frame.isPing).map((frame) => [9, hex(frame.payload)]));
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['a text frame', encodeServerFrame(Buffer.from('x'), { opcode: 1 }), /not binary/],
    ['a masked frame', encodeMaskedFrame(Buffer.from('x')), /masked/],
    ['reserved bits', Buffer.from([0xc2, 0]), /reserved bits/],
  ])('refuses %s', (_, bytes, reason) => {
    expect(() => collect().reader.push(bytes, 0, bytes.length)).toThrow(reason);
  });
});

describe('encodeMaskedFrame()', () => {
  it.each([0, 125, 126, 65_535, 65_536])('encodes %i bytes so that unmasking gives them back', (length) => {
    const original = Buffer.alloc(length, 'frame');
    const frame = encodeMaskedFrame(original);
    const headerBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10;
    expect(frame[0]).toBe(0x82);
    expect(frame[1] & 0x80).toBe(0x80);
    const mask = frame.subarray(headerBytes, headerBytes + 4);
    expect(original.equals(frame.subarray(headerBytes + 4).map((byte, index) => byte ^ mask[index % 4]))).toBe(true);
  });
});
