import { describe, expect, it } from 'vitest';
import { plainArray, textArray } from './sql-arrays.js';

describe('plainArray()', () => {
  it('writes numbers, ids and booleans as they are', () => {
    expect(plainArray([])).toBe('{}');
    expect(plainArray([1, null, true, 'ab-12'])).toBe('{1,NULL,true,ab-12}');
  });
});

describe('textArray()', () => {
  it('quotes every text, so that none is taken for NULL or for a delimiter', () => {
    expect(textArray([])).toBe('{}');
    expect(textArray(['a', null, '', 'NULL', 'b,c}{'])).toBe('{"a",null,"","NULL","b,c}{"}');
    expect(textArray([null, 'tab\t']))
      .toBe('{NULL,"tab\t"}');
  });

  it('escapes quotes and backslashes', () => {
    expect(textArray(['tab\t "and" \u{1F600} \\']))
      .toBe('{"tab\t \\"and\\" \u{1F600} \\\\"}');
    expect(textArray([String.raw`say "\no"`])).toBe(String.raw`{"say \"\\no\""}`);
  });
});
