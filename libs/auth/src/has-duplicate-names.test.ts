import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasDuplicateNames } from './has-duplicate-names.js';

describe('hasDuplicateNames()', () => {
  it.each([
    ['{"a":1,"a":2}', true],
    ['{"a":1,"\\u0061":2}', true],
    ['[{"x":{"a":[],"b":{},"a":0}}]', true],
    ['{"a":{"b":1},"b":1,"a":1}', true],
    [' {\n"a" : 1 , "a" : 1 } ', true],
    ['{"a\\"":1,"a\\"":2}', true],
    ['{"a":"a","b":["a","a",{"a":1}]}', false],
    ['{"a":"\\"","b":"{\\"a\\":1,\\"a\\":1}"}', false],
    ['{"a":[{"a":1},{"a":1}]}', false],
    ['{}', false],
    ['"a"', false],
  ])('of %s is %s', (json, expected) => {
    expect(hasDuplicateNames(json)).toBe(expected);
  });

  it('is false for whatever JSON.stringify writes', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => !hasDuplicateNames(JSON.stringify(value))));
  });

  it('finds a name that is written twice anywhere in an object', () => {
    fc.assert(fc.property(fc.string(), fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (name, value, others) => {
      const members = [...Object.entries(others).filter(([other]) => other !== name), [name, 1] as const, [name, value] as const];
      const json = `[${JSON.stringify(value)},{${members.map(([key, member]) => `${JSON.stringify(key)}:${JSON.stringify(member)}`).join(',')}}]`;
      return hasDuplicateNames(json);
    }));
  });

  it('ends for deep nesting', () => {
    expect(hasDuplicateNames(`${'['.repeat(4_000)}${']'.repeat(4_000)}`)).toBe(false);
  });
});
