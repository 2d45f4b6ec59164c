import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdSource, newEnvelopeId } from './envelope-id.js';

function millisecondsOf(id: Uint8Array): number {
  return id.slice(0, 6).reduce((sum, byte) => sum * 256 + byte, 0);
}

function hexOf(id: Uint8Array): string {
  return [...id].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

describe('newEnvelopeId()', () => {
  it('lays out time, version and variant as RFC 9562, 5.7 says', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.uint8Array({ minLength: 10, maxLength: 10 }), (ms, random) => {
      const id = newEnvelopeId(ms, random);
      expect([id.length, millisecondsOf(id), id[6] >> 4, id[8] >> 6]).toEqual([16, ms, 7, 2]);
      expect([...id.slice(9)]).toEqual([...random.slice(3)]);
    }), { seed: 21, numRuns: 300 });
  });

  it('gives the example of RFC 9562, A.6', () => {
    const id = newEnvelopeId(0x017f22e279b0, Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]));
    expect(hexOf(id)).toBe('017f22e279b07cc398c4dc0c0c07398f');
  });
});

describe('createIdSource()', () => {
  it('gives ids that rise strictly whatever the clock does', () => {
    const clocks = fc.array(fc.oneof(fc.constantFrom(5, 6, 7), fc.nat({ max: 20 })), { minLength: 2, maxLength: 200 });
    fc.assert(fc.property(clocks, fc.nat({ max: 255 }), (times, fill) => {
      let index = 0;
      const next = createIdSource({ nowMs: () => times[index++], random: (bytes) => bytes.fill(fill) });
      const ids = times.map(() => hexOf(next()));
      for (let at = 1; at < ids.length; at++) expect(ids[at] > ids[at - 1]).toBe(true);
    }), { seed: 22, numRuns: 200 });
  });

  it('runs ahead of a standing clock when the counter is full', () => {
    const next = createIdSource({ nowMs: () => 1_000, random: (bytes) => bytes.fill(0xff) });
    const ids = Array.from({ length: 6_000 }, () => next());
    const texts = ids.map(hexOf);
    expect([...texts].sort()).toEqual(texts);
    expect(new Set(texts).size).toBe(6_000);
    expect(millisecondsOf(ids[0])).toBe(1_000);
    expect(millisecondsOf(ids[5_999])).toBe(1_002);
  });
});
