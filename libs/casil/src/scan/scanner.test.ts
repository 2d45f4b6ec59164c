import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnchorHit, Detector } from '../detectors/detector.js';
import { buildAnchorAutomaton } from './anchor-automaton.js';
import { ScanText } from './scan-text.js';
import { Scanner } from './scanner.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const nobody = { add: (): void => undefined };

function textOf(content: string, stepsLeft = 1_000_000): ScanText {
  const text = new ScanText();
  text.bytes = bytesOf(content);
  text.end = text.bytes.length;
  text.stepsLeft = stepsLeft;
  return text;
}

function recorder(id: string, anchors: readonly string[], minDigits?: number): Detector & { readonly hits: string[] } {
  const hits: string[] = [];
  return {
    id, category: 'secret', anchors, hits, ...(minDigits === undefined ? {} : { minDigits }),
    detect: (_text, hit: AnchorHit) => { hits.push(`${String(hit.anchor)}@${String(hit.start)}-${String(hit.end)}`); },
  };
}

describe('Scanner', () => {
  it('calls detectors where their anchors stand, as a naive search finds them, in any ASCII case', () => {
    const anchor = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '_'), minLength: 1, maxLength: 6 });
    // Longer texts are scanned in parts side by side: nothing may be lost or doubled where they meet.
    const letter = fc.constantFrom('a', 'B', 'b', 'C', '_', 'é', '1');
    const text = fc.oneof(fc.string({ unit: letter, maxLength: 60 }), fc.string({ unit: letter, minLength: 256, maxLength: 700 }));
    fc.assert(fc.property(fc.uniqueArray(anchor, { minLength: 1, maxLength: 8 }), text, (anchors, content) => {
      const detector = recorder('one', anchors);
      new Scanner([detector]).scan(textOf(content), nobody);
      const bytes = bytesOf(content);
      const folded = [...bytes].map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte));
      const expected = anchors.flatMap((literal, index) => {
        const wanted = [...bytesOf(literal)];
        return folded.flatMap((_, at) => (wanted.every((byte, i) => folded[at + i] === byte) ? [`${String(index)}@${String(at)}-${String(at + wanted.length)}`] : []));
      });
      expect([...detector.hits].sort()).toEqual(expected.sort());
    }));
  });

  it('calls those who ask for runs of digits, of the length they ask for', () => {
    const detector = recorder('digits', [], 3);
    new Scanner([detector]).scan(textOf('12 345 a6789'), nobody);
    expect(detector.hits).toEqual(['-1@3-6', '-1@8-12']);
  });

  it('looks at nothing outside the range', () => {
    const detector = recorder('one', ['key']);
    const text = textOf('key key key');
    text.start = 1;
    text.end = 10;
    new Scanner([detector]).scan(text, nobody);
    expect(detector.hits).toEqual(['0@4-7']);
  });

  it('stops when the budget is used up', () => {
    const detector = recorder('one', ['a']);
    const text = textOf('a'.repeat(1_000), 80);
    new Scanner([detector]).scan(text, nobody);
    expect(text.stepsLeft).toBeLessThan(0);
    expect(detector.hits.length).toBeLessThan(20);
  });
});

describe('buildAnchorAutomaton()', () => {
  it('refuses anchors that could never match', () => {
    expect(() => buildAnchorAutomaton([['Key']])).toThrow(/not lower-case/);
    expect(() => buildAnchorAutomaton([['']])).toThrow(RangeError);
    expect(() => buildAnchorAutomaton([['a'.repeat(256)]])).toThrow(/more than 255 bytes/);
  });
});
