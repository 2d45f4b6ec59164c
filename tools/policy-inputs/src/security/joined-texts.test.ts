import { describe, expect, it } from 'vitest';

import { readSnippet } from '../testing/unit.fixture.js';

import { joinedTextSource } from './joined-texts.js';

const textsOf = (code: string): unknown[] => readSnippet(joinedTextSource, 'joined_texts', code, 'libs/x/src/a.ts').map(({ text }) => text);

describe('joined texts', () => {
  it.each([
    ["const a = 'abcdefghij' + 'klmnopqrst';", 'abcdefghijklmnopqrst'],
    ["const head = 'abcdefghij'; const a = `${head}klmnopqrst`;", 'abcdefghijklmnopqrst'],
    ["const a = ['abcdefghij', 'klmnopqrst'].join('');", 'abcdefghijklmnopqrst'],
  ])('reads %s', (code, text) => {
    expect(textsOf(code)).toEqual([text]);
  });

  it.each(["const a = 'abcdefghij' + name;", "const a = 'some words ' + 'and more of them';", "const a = 'abcdefghijklmnopqrst';"])('leaves %s', (code) => {
    expect(textsOf(code)).toEqual([]);
  });
});
