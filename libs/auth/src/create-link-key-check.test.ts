import { describe, expect, it } from 'vitest';
import { createLinkKeyCheck } from './create-link-key-check.js';

const key = 'k'.repeat(32);

describe('createLinkKeyCheck()', () => {
  it('takes the key as bearer credential and nothing else', () => {
    const check = createLinkKeyCheck(key);
    expect(check(`Bearer ${key}`)).toBe(true);
    for (const refused of [undefined, '', key, `Basic ${key}`, `Bearer ${key}k`, `Bearer ${key.slice(1)}`, 'Bearer ', `Bearer ${key} ${key}`]) {
      expect(check(refused)).toBe(false);
    }
  });

  it('takes each of several keys, so that a rotation can overlap (M19)', () => {
    const next = 'n'.repeat(40);
    const check = createLinkKeyCheck([key, next]);
    expect([check(`Bearer ${key}`), check(`Bearer ${next}`), check(`Bearer ${'x'.repeat(32)}`)]).toEqual([true, true, false]);
  });

  it('raises RangeError for a short key and for none', () => {
    expect(() => createLinkKeyCheck('k'.repeat(31))).toThrow(RangeError);
    expect(() => createLinkKeyCheck([key, ''])).toThrow(RangeError);
    expect(() => createLinkKeyCheck([])).toThrow(RangeError);
  });
});
