import { isArqonError } from '@arqonbus/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGrants } from './grants.js';
import { matchesGlob } from './glob.js';

/** The definition itself: a star takes any number of characters, tried one by one. */
function naiveGlob(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') return naiveGlob(pattern.slice(1), text) || (text !== '' && naiveGlob(pattern, text.slice(1)));
  return text !== '' && text[0] === pattern[0] && naiveGlob(pattern.slice(1), text.slice(1));
}

function naiveCovers(patterns: readonly string[], room: string, channel: string): boolean {
  return patterns.some((pattern) => {
    if (pattern.startsWith('@')) return false;
    if (pattern.startsWith('*') && /^(?:sys|continuum)\./.test(room)) return false;
    const [roomPart, channelPart = '*'] = pattern.split(':');
    return naiveGlob(roomPart, room) && naiveGlob(channelPart, channel);
  });
}

function refusalOf(patterns: string[]): { code: string; field: string | undefined; index: number | undefined } {
  try {
    compileGrants(patterns);
  } catch (error) {
    if (isArqonError(error)) return { code: error.code, field: error.field, index: error.index };
    throw error;
  }
  throw new Error('accepted');
}

const names = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 0, maxLength: 5 }).map((rest) => `a${rest}`),
  fc.constantFrom('sys.audit', 'sys', 'sysx', 'continuum.a', 'continuum', 'b'),
);
const channels = fc.oneof(fc.constant(''), names);
const roomPatterns = fc.oneof(
  fc.tuple(fc.constantFrom('a', 'b', '*', 's'), fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 5 })).map((part) => part.join('')),
  fc.constantFrom('sys.*', 'sys.audit', '*.audit', 'continuum.*', 's*', '*'),
);
const patterns = fc.oneof(
  roomPatterns,
  fc.tuple(roomPatterns, fc.oneof(fc.constant(''), roomPatterns)).map((parts) => parts.join(':')),
  roomPatterns.map((pattern) => `@${pattern}`),
);

describe('matchesGlob()', () => {
  it('agrees with the definition', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 9 });
    const globs = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 7 });
    fc.assert(fc.property(globs, texts, (glob, text) => {
      expect(matchesGlob(glob, text)).toBe(naiveGlob(glob, text));
    }), { seed: 3, numRuns: 5_000 });
  });

  it('bounds the work on a pattern that defeats backtracking', () => {
    const started = performance.now();
    for (let round = 0; round < 256; round++) expect(matchesGlob('*a'.repeat(149) + 'b', 'a'.repeat(128))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('compileGrants()', () => {
  it('agrees with the definition on topics (C8)', () => {
    fc.assert(fc.property(fc.array(patterns, { maxLength: 4 }), names, channels, (list, room, channel) => {
      const grants = compileGrants(list);
      expect(grants.coversTopic(room, channel)).toBe(naiveCovers(list, room, channel));
      if (grants.coversRoom(room)) expect(grants.coversTopic(room, channel)).toBe(true);
      if (grants.coversTopic(room, channel)) expect(grants.coversAnyChannelOf(room)).toBe(true);
    }), { seed: 4, numRuns: 5_000 });
  });

  it('covers every channel without a colon, and the main channel alone with a bare one', () => {
    const whole = compileGrants(['plans']);
    expect([whole.coversTopic('plans', ''), whole.coversTopic('plans', 'x'), whole.coversRoom('plans')]).toEqual([true, true, true]);
    const main = compileGrants(['plans:']);
    expect([main.coversTopic('plans', ''), main.coversTopic('plans', 'x'), main.coversRoom('plans')]).toEqual([true, false, false]);
    expect(main.coversAnyChannelOf('plans')).toBe(true);
  });

  it('takes only whole-channel patterns for a room-wide grant', () => {
    expect(compileGrants(['plans:*']).coversRoom('plans')).toBe(true);
    expect(compileGrants(['pl*:**']).coversRoom('plans')).toBe(true);
    expect(compileGrants(['plans:a*', 'plans:']).coversRoom('plans')).toBe(false);
  });

  it('keeps sys. and continuum. rooms and inboxes from patterns that begin with a wildcard (C8)', () => {
    const wild = compileGrants(['*', '*.audit', '*:*']);
    for (const room of ['sys.audit', 'continuum.audit']) {
      expect([wild.coversTopic(room, ''), wild.coversRoom(room), wild.coversAnyChannelOf(room)]).toEqual([false, false, false]);
    }
    expect(wild.coversInbox('bob')).toBe(false);
    expect(wild.coversTopic('system', '')).toBe(true);
    expect(compileGrants(['sys.*']).coversTopic('sys.audit', 'x')).toBe(true);
  });

  it('matches inboxes by @ patterns alone', () => {
    expect(compileGrants(['@bob']).coversInbox('bob')).toBe(true);
    expect(compileGrants(['@bob']).coversInbox('bobby')).toBe(false);
    expect(compileGrants(['@*']).coversInbox('Bob@example.org')).toBe(true);
    expect(compileGrants(['@*']).coversInbox('')).toBe(false);
    expect(compileGrants(['@*']).coversTopic('bob', '')).toBe(false);
    expect(compileGrants(['bob']).coversInbox('bob')).toBe(false);
  });

  it('grants nothing without patterns, and never an empty room', () => {
    const none = compileGrants([]);
    expect([none.coversTopic('a', ''), none.coversRoom('a'), none.coversInbox('a'), none.coversAnyChannelOf('a')]).toEqual([false, false, false, false]);
    expect(compileGrants(['*']).coversTopic('', '')).toBe(false);
  });

  it.each(['', ':', ':a', 'A', 'a b', 'a:B', 'a:b:c', '@', '@a:b', '.a', '-a', 'a:.b', 'a/b', 'a\n', '@.a', 'é'])('refuses the pattern %j with INVALID_ARGUMENT', (pattern) => {
    expect(refusalOf(['ok', pattern])).toEqual({ code: 'INVALID_ARGUMENT', field: 'rooms', index: 1 });
  });

  it('takes 256 patterns of 300 bytes and refuses one more of either', () => {
    const long = 'a'.repeat(150) + ':' + 'b'.repeat(149);
    expect(compileGrants(Array.from({ length: 256 }, () => long)).coversTopic('a', 'b')).toBe(false);
    expect(refusalOf([`${long}b`])).toEqual({ code: 'INVALID_ARGUMENT', field: 'rooms', index: 0 });
    expect(refusalOf([`@${'a'.repeat(300)}`])).toEqual({ code: 'INVALID_ARGUMENT', field: 'rooms', index: 0 });
    expect(refusalOf(Array.from({ length: 257 }, () => 'a'))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'rooms' });
  });
});
