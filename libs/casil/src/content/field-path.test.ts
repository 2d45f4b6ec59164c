import { describe, expect, it } from 'vitest';
import { compileFieldPaths } from './field-path.js';

/** Whether the paths name the value at the end of this way. */
function names(paths: readonly string[], way: readonly (string | number)[]): boolean {
  const compiled = compileFieldPaths(paths);
  const state = way.reduce<number>((at, name) => compiled.step(at, typeof name === 'number' ? compiled.idOfIndex(name) : compiled.idOf(name)), compiled.startState);
  return compiled.isMatch(state);
}

describe('compileFieldPaths()', () => {
  it('matches names, indexes and wildcards', () => {
    expect(names(['user.password'], ['user', 'password'])).toBe(true);
    expect(names(['user.password'], ['user'])).toBe(false);
    expect(names(['user.password'], ['user', 'password', 'x'])).toBe(false);
    expect(names(['items.*.token'], ['items', 7, 'token'])).toBe(true);
    expect(names(['items.2.token'], ['items', 2, 'token'])).toBe(true);
    expect(names(['items.2.token'], ['items', 3, 'token'])).toBe(false);
    expect(names(['headers.authorization', '**.ssn'], ['ssn'])).toBe(true);
    expect(names(['headers.authorization', '**.ssn'], ['a', 3, 'b', 'ssn'])).toBe(true);
    expect(names(['a.**.b'], ['a', 'b'])).toBe(true);
    expect(names(['a.**.b'], ['a', 'b', 'c'])).toBe(false);
    expect(names(['a.**.b'], ['a', 'b', 'b'])).toBe(true);
    expect(names(['a.**'], ['a'])).toBe(false);
    expect(names(['a.**'], ['a', 'x', 'y'])).toBe(true);
    expect(names(['a\\.b.c'], ['a.b', 'c'])).toBe(true);
    expect(names(['\\*'], ['x'])).toBe(false);
  });

  it('compares names by their bytes', () => {
    const paths = compileFieldPaths(['pässe', 'ab', 'cd']);
    const bytes = new TextEncoder().encode('xcdpässe');
    expect(paths.idOfBytes(bytes, 1, 3)).toBe(paths.idOf('cd'));
    expect(paths.idOfBytes(bytes, 3, bytes.length)).toBe(paths.idOf('pässe'));
    expect(paths.idOfBytes(bytes, 0, 2)).toBe(-1);
  });

  it('lists every path that is malformed', () => {
    expect(() => compileFieldPaths(['', 'a..b', 'ok', '.a', 'pass*', 'a\\b'])).toThrow(/"" has an empty name; "a\.\.b" has .*; "\.a" has .*; "pass\*" has a \*.*; "a\\\\b" has a backslash/);
    expect(() => compileFieldPaths([Array(40).fill('a').join('.')])).toThrow(/more than 32 names/);
  });

  it('refuses wildcards that make too many states', () => {
    const tail = '.*'.repeat(20);
    expect(() => compileFieldPaths([`**.a${tail}`])).toThrow(/too many wildcards/);
  });
});
