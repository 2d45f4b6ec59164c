import { describe, expect, it } from 'vitest';
import { readCitedIds, readRequirements } from './requirements.js';

describe('readRequirements()', () => {
  it('reads id, text, status, note and tests', () => {
    const text = '| id | x |\n|---|---|\n| A1 | Does it | met | `a.test.ts`<br>`b.test.ts` |\n| B20 | Will do | not yet: Brain |  |\n';
    expect(readRequirements(text)).toEqual([
      { id: 'A1', text: 'Does it', status: 'met', note: '', tests: ['a.test.ts', 'b.test.ts'] },
      { id: 'B20', text: 'Will do', status: 'not yet', note: 'Brain', tests: [] },
    ]);
  });

  it('refuses a row of another shape', () => {
    expect(() => readRequirements('| A1 | Does it | maybe | `a.test.ts` |')).toThrow('A1');
  });
});

describe('readCitedIds()', () => {
  it('finds ids at the end of titles and nowhere else', () => {
    expect(readCitedIds("it('does this (F1, F14)', f); it('does that (RFC 9562)', f); // see (A1)\n")).toEqual(['F1', 'F14']);
  });
});
