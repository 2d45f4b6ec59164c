import fc from 'fast-check';

import { ScanText } from '../src/scan/scan-text.js';

const utf8 = new TextEncoder();

export function bytesOf(text: string): Uint8Array {
  return utf8.encode(text);
}

/** The whole of `bytes`, with `stepsLeft` steps to spend. */
export function textOf(bytes: Uint8Array, stepsLeft: number): ScanText {
  const text = new ScanText();
  text.bytes = bytes;
  text.end = bytes.length;
  text.stepsLeft = stepsLeft;
  return text;
}

const atoms = ['a', 'b', 'B', '1', 'ab', '[ab]', '[^a]', '[^ab1]', '[a-b-]', '.', '\\d', '\\w', '\\W', '\\s', '\\-', '\\n', '\\x61', '[\\d\\s]'];
const quantifiers = ['', '', '', '?', '*', '+', '{2}', '{1,3}', '{0,2}', '{2,}'];

type PatternTexts = Readonly<Record<'pattern' | 'item', string>>;

/** Patterns that mean the same here and to RegExp for texts of {@link plainTexts}. */
export const plainPatterns: fc.Arbitrary<string> = fc.letrec<PatternTexts>((tie) => ({
  item: fc.oneof(
    { maxDepth: 2 },
    { weight: 4, arbitrary: fc.constantFrom(...atoms) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom('(', '(?:'), tie('pattern')).map(([opening, inner]) => `${opening}${inner})`) },
  ),
  pattern: fc
    .array(fc.array(fc.tuple(tie('item'), fc.constantFrom(...quantifiers)), { maxLength: 3, size: 'max' }), { minLength: 1, maxLength: 2, size: 'max' })
    .map((choices) => choices.map((items) => items.map(([item, quantifier]) => quantified(item, quantifier)).join('')).join('|')),
})).pattern;

function quantified(item: string, quantifier: string): string {
  return quantifier !== '' && item === 'ab' ? `(ab)${quantifier}` : item + quantifier;
}

/** Short, so that the backtracking of RegExp ends. */
export const plainTexts: fc.Arbitrary<string> = fc
  .array(fc.constantFrom('a', 'a', 'b', 'A', 'B', '1', ' ', '\n', '-', '_'), { maxLength: 10 })
  .map((characters) => characters.join(''));
