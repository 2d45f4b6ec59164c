import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestName } from './nearest-name.js';

describe('nearestName()', () => {
  it.each([
    ['histroy.max_bytes', 'history.max_bytes'],
    ['history.max_byte', 'history.max_bytes'],
    ['log.levle', 'log.level'],
    ['completely.different', undefined],
    ['', undefined],
  ])('of %j is %j', (name, nearest) => {
    expect(nearestName(name, ['log.level', 'history.max_bytes', 'rooms.auto_create'])).toBe(nearest);
  });

  it('finds every name with one letter doubled', () => {
    fc.assert(fc.property(fc.stringMatching(/^[a-z]{6,12}$/), fc.nat(5), (name, at) => {
      expect(nearestName(`${name.slice(0, at)}${name[at]}${name.slice(at)}`, ['0000000000000000', name])).toBe(name);
    }));
  });
});
