import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTopicGlobs, faultOfTopicGlob, matchesGlob } from './topic-globs.js';

describe('matchesGlob()', () => {
  it('agrees with the regular expression that the glob means', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.', ':'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', ':'), maxLength: 10 });
    fc.assert(fc.property(glob, text, (pattern, name) => {
      const meant = new RegExp(`^${pattern.replaceAll('.', '[.]').replaceAll('*', '[^:]*')}$`);
      expect(matchesGlob(pattern, name, ':')).toBe(meant.test(name));
    }), { numRuns: 2_000 });
  });
});

describe('compileTopicGlobs()', () => {
  const cases: [glob: string, room: string, channel: string, inbox: string | undefined, covers: boolean][] = [
    ['plans', 'plans', '', undefined, true],
    ['plans', 'plans', 'alpha', undefined, true],
    ['plans:', 'plans', 'alpha', undefined, false],
    ['plans:', 'plans', '', undefined, true],
    ['plans:al*', 'plans', 'alpha', undefined, true],
    ['*', 'sys.audit', 'x', undefined, true],
    ['*', '', '', 'agent-1', false],
    ['@agent-*', '', '', 'agent-1', true],
    ['@agent-*', 'agent-1', '', undefined, false],
    ['plan*', 'plans.secret', 'main', undefined, true],
  ];
  it.each(cases)('%s covers %s:%s %s: %s', (glob, room, channel, inbox, covers) => {
    expect(compileTopicGlobs([glob]).covers(room, channel, inbox)).toBe(covers);
  });
});

describe('faultOfTopicGlob()', () => {
  it.each(['plans', 'plans:', 'plans:*', '*', 'sys.*', '@agent-*', '@*'])('accepts %s', (glob) => { expect(faultOfTopicGlob(glob)).toBeUndefined(); });
  it.each(['', 'Plans', 'a:b:c', '@', ':x', 'a b'])('refuses %j', (glob) => { expect(faultOfTopicGlob(glob)).toEqual(expect.any(String)); });
});
