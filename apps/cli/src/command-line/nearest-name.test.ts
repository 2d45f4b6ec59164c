import { describe, expect, it } from 'vitest';
import { nearestName } from './nearest-name.js';

const commands = ['dev', 'token', 'pub', 'sub', 'history', 'status'];

describe('nearestName()', () => {
  it.each([['tokn', 'token'], ['stauts', 'status'], ['hist', 'history'], ['pubb', 'pub'], ['subs', 'sub'], ['dev2', 'dev']])('suggests for %s %s', (name, nearest) => {
    expect(nearestName(name, commands)).toBe(nearest);
  });

  it.each(['publish', 'x', 'listen', ''])('suggests nothing for "%s"', (name) => {
    expect(nearestName(name, commands)).toBeUndefined();
  });
});
