import { encodeEventEntry, encodeSender, envelopeRanges } from '@arqonbus/envelope';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRunBody, encodeRunBody } from './run-body.js';
import { testEventId, testRouting, testRun, upTo } from './run-source.contract.js';
import { erasedEventType, isTombstone, tombstoneBody } from './tombstone.js';

function bodyOf(events: readonly number[], payloadBytes: number): Uint8Array {
  const run = testRun({ events, payloadBytes });
  return encodeRunBody(testRouting, encodeSender('writer', 5), Uint8Array.of(0x3a, 2, 0x18, 1), run.source, run.view);
}

/** Each entry with its tag. */
function entriesOf(body: Uint8Array): Buffer[] {
  const { envelopes } = decodeRunBody(body);
  return envelopeRanges(envelopes, 0, envelopes.length).map(({ entryStart, end }) => Buffer.from(envelopes.subarray(entryStart, end)));
}

describe('tombstoneBody()', () => {
  it('replaces one event by an empty one of the same id, and leaves the rest byte for byte (M21)', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(8), fc.nat(300), (count, at, payloadBytes) => {
      const index = at % count;
      const body = bodyOf(upTo(count), payloadBytes);
      const erased = tombstoneBody(body, index);
      const expected = entriesOf(body);
      expected[index] = Buffer.from(encodeEventEntry({ id: testEventId(index + 1), type: erasedEventType, payload: new Uint8Array(0) }));
      expect(entriesOf(erased)).toEqual(expected);
      const [before, after] = [decodeRunBody(body), decodeRunBody(erased)];
      for (const part of ['routing', 'sender', 'after'] as const) expect(Buffer.from(after[part])).toEqual(Buffer.from(before[part]));
    }), { numRuns: 50 });
  });

  it('gives the same body when the event is erased already, and leaves its argument as it is', () => {
    const body = bodyOf([1, 2, 3], 40);
    const copy = body.slice();
    const once = tombstoneBody(body, 1);
    expect(tombstoneBody(once, 1)).toEqual(once);
    expect(body).toEqual(copy);
  });

  it('refuses an event that the run does not have', () => {
    for (const index of [-1, 3, 0.5, Number.NaN]) expect(() => tombstoneBody(bodyOf([1, 2, 3], 4), index)).toThrow(RangeError);
    expect(() => tombstoneBody(Uint8Array.of(9, 1), 0)).toThrow(RangeError);
  });

  it('is told from every other event', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(8), fc.nat(60), (count, at, payloadBytes) => {
      const index = at % count;
      const { envelopes } = decodeRunBody(tombstoneBody(bodyOf(upTo(count), payloadBytes), index));
      const seen = envelopeRanges(envelopes, 0, envelopes.length).map(({ entryStart, end }) => isTombstone(envelopes, entryStart, end));
      expect(seen).toEqual(Array.from({ length: count }, (_, event) => event === index));
    }), { numRuns: 50 });
  });
});
