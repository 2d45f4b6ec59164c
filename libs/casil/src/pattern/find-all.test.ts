import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compilePattern } from './compile-pattern.js';
import type { DfaPattern } from './dfa-pattern.js';
import { createFinder } from './find-all.js';
import { PatternError } from './pattern-error.js';
import { bytesOf, plainPatterns, plainTexts, textOf } from '../../test/pattern.fixture.js';

type Range = readonly [start: number, end: number];

const hostileLength = 65_536;

function findAll(pattern: DfaPattern, bytes: Uint8Array, maxStates?: number): Range[] {
  const found: Range[] = [];
  createFinder(pattern, maxStates).find(textOf(bytes, Infinity), (start, end) => found.push([start, end]));
  return found;
}

function findByTrying(pattern: DfaPattern, bytes: Uint8Array): Range[] {
  const found: Range[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = pattern.matchAt(bytes, at, bytes.length);
    if (end > 0) found.push([at, end]);
    at = end > 0 ? end : at + 1;
  }
  return found;
}

/** Skips a random pattern that has too many states or matches the empty text. */
function unlessRefused<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    fc.pre(!(error instanceof PatternError));
    throw error;
  }
}

/** Steps that a search of the whole text takes. */
function stepsFor(source: string, bytes: Uint8Array): number {
  const text = textOf(bytes, Number.MAX_SAFE_INTEGER);
  createFinder(compilePattern(source)).find(text, () => undefined);
  return Number.MAX_SAFE_INTEGER - text.stepsLeft;
}

describe('createFinder()', () => {
  it('finds what trying at every byte finds', () => {
    fc.assert(
      fc.property(plainPatterns, fc.array(plainTexts, { maxLength: 8 }), fc.constantFrom(8, 16, 4_096), (source, texts, maxStates) => {
        const pattern = unlessRefused(() => compilePattern(source));
        const finder = unlessRefused(() => createFinder(pattern, maxStates));
        const bytes = bytesOf(texts.join(''));
        const found: Range[] = [];
        finder.find(textOf(bytes, Infinity), (start, end) => found.push([start, end]));
        expect(found).toEqual(findByTrying(pattern, bytes));
      }),
      { numRuns: 800 },
    );
  });

  it('finds the leftmost match, and the longest of those', () => {
    expect(findAll(compilePattern('abcd|b|bc'), bytesOf('xabcdbcb'))).toEqual([
      [1, 5],
      [5, 7],
      [7, 8],
    ]);
  });

  it('looks at nothing outside the range of the text', () => {
    const text = textOf(bytesOf('aaaaa'), 1_000);
    text.start = 1;
    text.end = 3;
    const found: Range[] = [];
    createFinder(compilePattern('a+')).find(text, (start, end) => found.push([start, end]));
    expect(found).toEqual([[1, 3]]);
  });

  it('finds nothing in an empty text', () => {
    expect(findAll(compilePattern('a'), new Uint8Array(0))).toEqual([]);
  });

  it('forgets a text before the next one', () => {
    const finder = createFinder(compilePattern('a.*x|aa'));
    const found: Range[] = [];
    for (const text of ['a---------aa', 'aaaaaaaaaaaa', 'bbbb', 'b-a-------x']) {
      finder.find(textOf(bytesOf(text), 1_000), (start, end) => found.push([start, end]));
    }
    expect(found).toEqual([[10, 12], ...[0, 2, 4, 6, 8, 10].map((start) => [start, start + 2]), [2, 11]]);
  });

  it('finds matches by a coarser automaton where the exact one has too many states', () => {
    const pattern = compilePattern('a{1,40}[ab]{12}b');
    const bytes = bytesOf(`${'ab'.repeat(40)}c${'a'.repeat(30)}c${'b'.repeat(30)}aababababbbbbbbbbbabbc${'a'.repeat(80)}b`);
    const found = findAll(pattern, bytes, 500);
    expect(found).toEqual(findByTrying(pattern, bytes));
    expect(found.length).toBeGreaterThan(2);
    expect(() => createFinder(compilePattern('a+[ab]{12}b'), 500)).toThrow(PatternError);
  });

  it('tells states apart in large tables', () => {
    const source = '(ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ghijklmnop|[a-f]{512}){3}x';
    const pattern = compilePattern(source);
    expect(pattern.dfa.table.length).toBeGreaterThan(65_536);
    const bytes = bytesOf(`${'ab'.repeat(600)}${'c'.repeat(400)}x-${'cab'.repeat(512)}x-${'cab'.repeat(60)}x`);
    const coarse = findAll(pattern, bytes, 100);
    expect(coarse).toEqual(findByTrying(pattern, bytes));
    expect(coarse).toHaveLength(2);
  });

  it('refuses a pattern without an upper length whose beginnings cannot be found in linear time', () => {
    expect(() => createFinder(compilePattern('a*(a|b){12}b'), 500)).toThrow(/more than 500 states.*begin with a literal of 3 characters/);
  });
});

describe('the work of a finder', () => {
  const hostile = {
    a: new Uint8Array(hostileLength).fill(0x61),
    ab: new Uint8Array(hostileLength).map((_, index) => 0x61 + (index % 2)),
    digits: new Uint8Array(hostileLength).fill(0x31),
    newlines: new Uint8Array(hostileLength).fill(0x0a),
  };

  it.each(['[a-z]{2}\\d{6}', '\\d{3}-\\d{2}-\\d{4}', '(x+x+)+y', '.*.*=.*'])('takes one step per byte for /%s/ in a text without a match', (source) => {
    expect(stepsFor(source, hostile.a)).toBe(hostileLength);
  });

  it.each([
    '(a+)+b',
    '(a|a)*b',
    '(a|aa)+b',
    '(.*a){10}b',
    '.*.*x',
    '(a?){20}a{20}b',
    'a(.*x)?',
    'a((aa)*x)?',
    'a((aaa)*x)?',
    'a((aaa)*[xyz])?',
    'a((aa)*(x|yz|[w-z]v))?',
    '[ab]+(c|d)?',
    '([a-z0-9]+\\.?)+@x',
    '\\d+(\\.\\d+)*e',
    '[a-z]',
    '(\\w+\\s?)*!',
    '(1(11)?|a)+(\\n+x)?',
    '(\\n|a)(.|\\n)*y|\\n',
  ])('takes a few steps per byte for /%s/ in hostile texts', (source) => {
    for (const bytes of Object.values(hostile)) expect(stepsFor(source, bytes)).toBeLessThanOrEqual(8 * hostileLength);
  });

  it('ends when the budget is used up, and keeps what it has found', () => {
    const found: Range[] = [];
    const text = textOf(hostile.a, hostileLength + 100);
    createFinder(compilePattern('a{40}')).find(text, (start, end) => found.push([start, end]));
    expect(text.stepsLeft).toBe(-1);
    expect(found).toEqual([
      [0, 40],
      [40, 80],
    ]);
  });

  it('does nothing when the budget does not reach for one pass', () => {
    const text = textOf(hostile.a, 10);
    createFinder(compilePattern('a')).find(text, () => expect.unreachable());
    expect(text.stepsLeft).toBeLessThan(0);
  });
});
