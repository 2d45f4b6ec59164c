import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compilePattern } from './compile-pattern.js';
import type { DfaPattern } from './dfa-pattern.js';
import { PatternError } from './pattern-error.js';
import { bytesOf, plainPatterns, plainTexts } from '../../test/pattern.fixture.js';

/** Undefined when the pattern is refused because it matches the empty text. */
function compiled(source: string, ignoreCase = false): DfaPattern | undefined {
  try {
    return compilePattern(source, { ignoreCase });
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    fc.pre(!error.reason.includes('super-linearly'));
    return undefined;
  }
}

function longestByRegExp(whole: RegExp, text: string, at: number): number {
  for (let end = text.length; end > at; end--) if (whole.test(text.slice(at, end))) return end;
  return -1;
}

function match(source: string, text: string): number {
  const bytes = bytesOf(text);
  return compilePattern(source).matchAt(bytes, 0, bytes.length);
}

describe('compilePattern()', () => {
  it.each([false, true])('finds the longest match that RegExp knows of, ignoring case: %s', (ignoreCase) => {
    fc.assert(
      fc.property(plainPatterns, plainTexts, fc.nat(3), (source, text, at) => {
        const whole = new RegExp(`^(?:${source})$`, ignoreCase ? 'i' : '');
        const pattern = compiled(source, ignoreCase);
        expect(pattern === undefined).toBe(whole.test(''));
        if (pattern === undefined) return;
        expect(pattern.matchAt(bytesOf(text), at, text.length)).toBe(longestByRegExp(whole, text, at));
      }),
      { numRuns: 1_500 },
    );
  });

  it('agrees with RegExp on whole texts', () => {
    fc.assert(
      fc.property(plainPatterns, plainTexts, (source, text) => {
        const pattern = compiled(source);
        fc.pre(pattern !== undefined);
        expect(pattern?.matchesWhole(bytesOf(` ${text} `), 1, text.length + 1)).toBe(new RegExp(`^(?:${source})$`).test(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('states a length that no match exceeds, and prefixes with one of which every match begins', () => {
    fc.assert(
      fc.property(plainPatterns, plainTexts, fc.boolean(), (source, text, ignoreCase) => {
        const pattern = compiled(source, ignoreCase);
        fc.pre(pattern !== undefined);
        const end = pattern?.matchAt(bytesOf(text), 0, text.length) ?? -1;
        if (pattern === undefined || end < 0) return;
        expect(end).toBeLessThanOrEqual(pattern.maxLength);
        const matched = ignoreCase ? text.slice(0, end).toLowerCase() : text.slice(0, end);
        if (pattern.literalPrefixes !== undefined) expect(pattern.literalPrefixes.some((prefix) => matched.startsWith(prefix))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('matches characters outside ASCII as their UTF-8 bytes', () => {
    expect(match('é+', 'ééé')).toBe(6);
    expect(match('(€|😀){2}', '😀€')).toBe(7);
    expect(match('\\xc3\\xa9', 'é')).toBe(2);
    expect(match('.', 'é')).toBe(1);
    expect(match('[^a]{2}', 'é')).toBe(2);
  });

  it('looks at nothing outside the range asked for', () => {
    const bytes = bytesOf('xaaax');
    const pattern = compilePattern('a+x?');
    expect(pattern.matchAt(bytes, 1, 3)).toBe(3);
    expect(pattern.matchAt(bytes, 1, 5)).toBe(5);
    expect(pattern.matchAt(bytes, 1, 1)).toBe(-1);
    expect(pattern.matchesWhole(bytes, 1, 4)).toBe(true);
    expect(pattern.matchesWhole(bytes, 1, 1)).toBe(false);
  });

  it.each([
    ['ghp_[0-9A-Za-z]{36}', 40],
    ['(a|bcd?){2,4}', 12],
    ['a{3,}', Infinity],
    ['ab*', Infinity],
    ['(?:){5}ab', 2],
    ['()*ab', 2],
  ])('states the greatest length of %s', (source, length) => {
    expect(compilePattern(source).maxLength).toBe(length);
  });

  it.each([
    ['ghp_[0-9A-Za-z]{36}', ['ghp_']],
    ['xox[abp]-\\d+', ['xoxa-', 'xoxb-', 'xoxp-']],
    ['(gh[ps]|glpat)_x', ['ghp_x', 'ghs_x', 'glpat_x']],
    ['(abcd|abc)e?', ['abc']],
    ['a{40}', ['a'.repeat(32)]],
    ['(ab){2,9}', ['abab']],
    ['abc?d', ['abd', 'abcd']],
    ['ab?c', undefined],
    ['\\d{4}-x', undefined],
    ['abé', undefined],
    ['abcé', ['abc']],
  ])('finds the literals with which %s begins', (source, prefixes) => {
    expect(compilePattern(source).literalPrefixes).toEqual(prefixes);
  });

  it('lower-cases the literals when case is ignored', () => {
    expect(compilePattern('ToKen=[a-z]', { ignoreCase: true }).literalPrefixes).toEqual(['token=']);
    expect(compilePattern('ToKen=[a-z]').literalPrefixes).toEqual(['ToKen=']);
  });

  it.each(['a*', 'a?', '(a|)', '(a?b?){3}', '', '()'])('refuses /%s/, which matches the empty text', (source) => {
    expect(() => compilePattern(source)).toThrow(/can match the empty text/);
  });
});

describe('the caps of compilePattern()', () => {
  it.each(['(a|b)*a(a|b){20}', '[a-z]{1,200}foo[a-z]{1,200}', '.{0,512}a.{0,512}'])('refuses /%s/, whose states multiply', (source) => {
    expect(() => compilePattern(source)).toThrow('could need more than 4096 states: this pattern could run super-linearly or use too much memory');
  });

  it('counts states to the last one', () => {
    expect(compilePattern('a{100}', { maxStates: 101 }).matchAt(new Uint8Array(100).fill(0x61), 0, 100)).toBe(100);
    expect(() => compilePattern('a{100}', { maxStates: 100 })).toThrow('could need more than 100 states');
  });

  it('takes long counts, which are chains', () => {
    expect(compilePattern('sk-[0-9A-Za-z_-]{20,512}').dfa.stateCount).toBeLessThan(600);
    expect(compilePattern('eyJ[\\w-]{10,512}\\.eyJ[\\w-]{10,512}\\.[\\w-]{10,512}').dfa.stateCount).toBeLessThan(1_700);
  });

  it.each(['((a{500}){500}){500}', '(a{512}){512}'])('refuses /%s/ before it unrolls it', (source) => {
    expect(() => compilePattern(source)).toThrow('unroll to more than');
  });

  it('refuses what takes too long to prepare', () => {
    expect(() => compilePattern('([a-z]?){500}x')).toThrow('too many ways to match');
  });

  it('needs few table entries, because bytes that are alike share a class', () => {
    const { dfa } = compilePattern('ghp_[0-9A-Za-z]{36}');
    expect(dfa.classCount).toBeLessThanOrEqual(6);
    expect(dfa.table.length).toBe(dfa.stateCount * dfa.classCount);
  });
});
