import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBinaryFrame, fitCloseReason } from './websocket-frame.js';

describe('encodeBinaryFrame()', () => {
  it.each([
    [0, '8200'],
    [125, '827d'],
    [126, '827e007e'],
    [65_535, '827effff'],
    [65_536, '827f0000000000010000'],
  ])('writes the header of RFC 6455, 5.2 for %d bytes', (length, header) => {
    const payload = new Uint8Array(length).fill(7);
    const frame = encodeBinaryFrame(payload);
    expect(frame.subarray(0, frame.length - length).toString('hex')).toBe(header);
    expect(frame.subarray(frame.length - length).equals(payload)).toBe(true);
  });

  it('copies the bytes', () => {
    const payload = Uint8Array.of(1, 2, 3);
    const frame = encodeBinaryFrame(payload);
    payload.fill(0);
    expect([...frame]).toEqual([0x82, 3, 1, 2, 3]);
  });
});

describe('fitCloseReason()', () => {
  it('gives a prefix of whole characters of at most 123 bytes, the text itself when it fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (reason) => {
        const fitted = fitCloseReason(reason);
        expect(Buffer.byteLength(fitted)).toBeLessThanOrEqual(123);
        expect(reason.startsWith(fitted)).toBe(true);
        if (Buffer.byteLength(reason) <= 123) expect(fitted).toBe(reason);
        else expect(Buffer.byteLength(fitted)).toBeGreaterThanOrEqual(120);
      }),
    );
  });
});
