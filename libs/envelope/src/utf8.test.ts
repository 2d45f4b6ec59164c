import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isValidUtf8, utf8Size, writeUtf8 } from './utf8.js';

const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

function decodes(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

const leads = [0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff];

describe('isValidUtf8()', () => {
  it('agrees with the platform decoder on every pair of bytes', () => {
    for (let first = 0; first < 256; first++) {
      for (let second = 0; second < 256; second++) {
        const bytes = Uint8Array.of(first, second);
        if (isValidUtf8(bytes, 0, 2) !== decodes(bytes)) expect.fail(`${first} ${second}`);
      }
    }
  });

  it('agrees with the platform decoder on bytes at the edges of the ranges (RFC 3629)', () => {
    const chunks = fc.oneof(fc.constantFrom(...leads), fc.nat({ max: 255 }));
    fc.assert(fc.property(fc.array(chunks, { maxLength: 9 }), fc.string({ unit: 'binary', maxLength: 4 }), fc.nat({ max: 3 }), (tail, text, offset) => {
      const content = Uint8Array.from([...encoder.encode(text), ...tail]);
      const bytes = new Uint8Array(offset + content.length + 1).fill(0xbf);
      bytes.set(content, offset);
      expect(isValidUtf8(bytes, offset, offset + content.length)).toBe(decodes(content));
    }), { seed: 71, numRuns: 5_000 });
  });

  it.each([
    ['an over-long slash', [0xc0, 0xaf]], ['an over-long NUL in 3 bytes', [0xe0, 0x80, 0x80]], ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a value above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]], ['a sequence cut at the end', [0x61, 0xe2, 0x82]], ['a lone continuation', [0x80]],
  ])('refuses %s', (_what, content) => {
    expect(isValidUtf8(Uint8Array.from(content), 0, content.length)).toBe(false);
  });
});

describe('utf8Size() and writeUtf8()', () => {
  it('agree with the platform encoder, lone surrogates included', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.string({ maxLength: 40 }), fc.constant('a\ud800b')), (text) => {
      const encoded = encoder.encode(text);
      const bytes = new Uint8Array(encoded.length + 2);
      expect(utf8Size(text)).toBe(encoded.length);
      expect(writeUtf8(bytes, 1, text)).toBe(1 + encoded.length);
      expect([...bytes.subarray(1, 1 + encoded.length)]).toEqual([...encoded]);
    }), { seed: 72, numRuns: 1_000 });
  });
});
