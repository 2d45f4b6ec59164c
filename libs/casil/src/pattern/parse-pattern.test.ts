import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parsePattern } from './parse-pattern.js';
import { PatternError } from './pattern-error.js';
import type { PatternNode } from './pattern-node.js';

/** Written back as members in order, so that a test reads like the pattern. */
function described(node: PatternNode): string {
  switch (node.kind) {
    case 'set':
      return `[${Array.from(node.members.keys(), (byte) => (node.members[byte] === 1 ? String.fromCharCode(byte) : '')).join('')}]`;
    case 'sequence':
      return `(${node.items.map(described).join('')})`;
    case 'alternation':
      return `(${node.choices.map(described).join('|')})`;
    case 'repeat':
      return `${described(node.item)}{${node.min},${node.max}}`;
  }
}

function refusal(source: string): PatternError | undefined {
  try {
    parsePattern(source);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error;
    throw error;
  }
}

describe('parsePattern()', () => {
  it.each([
    ['ab', '([a][b])'],
    ['a|b|cd', '([ab]|([c][d]))'],
    ['(a|b)?', '[ab]{0,1}'],
    ['(?:ab)*', '([a][b]){0,Infinity}'],
    ['a+b{2}c{3,}d{4,5}', '([a]{1,Infinity}[b]{2,2}[c]{3,Infinity}[d]{4,5})'],
    ['a{1}', '[a]'],
    ['a|', '([a]|())'],
    ['[a-c-]', '[-abc]'],
    ['[\\d.-]', '[-.0123456789]'],
    ['[\\]\\\\^]', '[\\]^]'],
    ['\\.\\-\\/\\\\\\t\\n\\r\\x41', '([.][-][/][\\][\t][\n][\r][A])'],
    ['\\s', '[\t\n\v\f\r ]'],
    ['é', '([Ã][©])'],
  ])('reads %s', (source, tree) => {
    expect(described(parsePattern(source))).toBe(tree);
  });

  it('adds the other case of letters before it negates', () => {
    expect(described(parsePattern('a', { ignoreCase: true }))).toBe('[Aa]');
    expect(described(parsePattern('[x-z]', { ignoreCase: true }))).toBe('[XYZxyz]');
    const { members } = parsePattern('[^x]', { ignoreCase: true }) as Extract<PatternNode, { kind: 'set' }>;
    expect([members[0x58], members[0x78], members[0x79]]).toEqual([0, 0, 1]);
  });

  it.each([
    ['^a', '"^" is not supported: anchors say where a match stands'],
    ['a$', '"$" is not supported: anchors'],
    ['\\ba', '\\b is not supported: anchors'],
    ['\\A', '\\A is not supported: anchors'],
    ['(a)\\1', 'the back-reference \\1 is not supported: it cannot be matched in linear time'],
    ['\\k<x>', 'the back-reference \\k'],
    ['(?=a)b', 'look-around "(?=" is not supported'],
    ['(?!a)b', 'look-around "(?!" is not supported'],
    ['(?<=a)b', 'look-around "(?<=" is not supported'],
    ['(?<!a)b', 'look-around "(?<!" is not supported'],
    ['(?<x>a)', 'named groups are not supported'],
    ['(?P<x>a)', 'named groups are not supported'],
    ['(?>a)', 'atomic groups are not supported'],
    ['(?i)a', 'flags and other groups'],
    ['a+?', 'lazy quantifiers such as "+?" are not supported'],
    ['a{2}?', 'lazy quantifiers'],
    ['a*+', 'possessive quantifiers'],
    ['a**', 'one quantifier follows another'],
    ['a{2}{3}', 'one quantifier follows another'],
    ['*a', '"*" repeats nothing'],
    ['(|+)', '"+" repeats nothing'],
    ['a{513}', 'a count is above 512'],
    ['a{2,999999999999999999}', 'a count is above 512'],
    ['a{3,2}', 'the lower count 3 is above the upper count 2'],
    ['a{0}', 'zero times'],
    ['a{,3}', '"{" begins no count'],
    ['a{', '"{" begins no count'],
    ['{', '"{" stands alone'],
    ['a}', '"}" stands alone'],
    ['a]', '"]" stands alone'],
    ['(a', '"(" is never closed'],
    ['a)', '")" closes no group'],
    ['[a', '"[" is never closed'],
    ['[a-', '"[" is never closed'],
    ['[]', 'a class without members'],
    ['[^\\x00-\\xff]', 'a class without members'],
    ['[z-a]', 'a range runs backwards'],
    ['[a-\\d]', 'a range ends with a set'],
    ['[é]', 'classes hold bytes'],
    ['[[:alpha:]]', 'named classes'],
    ['[\\b]', '\\b means nothing in a class'],
    ['\\', 'it ends with a backslash'],
    ['\\x4', '\\x needs two hexadecimal digits'],
    ['\\u0041', '\\u is not supported'],
    ['\\p{L}', '\\p is not supported'],
    ['\\q', '\\q means nothing here'],
    ['\\é', 'a backslash before a character outside ASCII'],
    ['\ud800', 'half a surrogate pair'],
    ['('.repeat(51) + 'a' + ')'.repeat(51), 'nested more than 50 deep'],
    ['a'.repeat(4_097), 'longer than 4096 characters'],
  ])('refuses %s and says why', (source, reason) => {
    const error = refusal(source);
    expect(error?.reason).toContain(reason);
    expect(error?.pattern).toBe(source);
    expect(error?.message).toContain(error?.reason);
  });

  it('says at which character it stopped', () => {
    expect(refusal('ab(?=c)')?.reason).toContain('(character 4)');
  });

  it('reads or refuses whatever it is given', () => {
    const pieces = fc.constantFrom('a', '(', ')', '[', ']', '{', '}', '1', ',', '?', '*', '+', '|', '\\', '^', '$', '-', ':', '=', '.', 'é', 'x');
    fc.assert(fc.property(fc.array(pieces), (characters) => void refusal(characters.join(''))), { numRuns: 2_000 });
  });
});
