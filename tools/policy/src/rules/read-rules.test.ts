import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { makePacks, type Packs } from '../../test/packs.fixture.js';
import { readRegisteredRules, readRules } from './read-rules.js';

let packs: Packs;
beforeEach(() => {
  packs = makePacks();
});
afterEach(() => packs.remove());

describe('readRules()', () => {
  it('reads the metadata of every rule, sorted by id', () => {
    packs.add('testing.two', { warn: 'warn contains "x" if false' });
    packs.add('testing.one');
    packs.add('alpha.one');
    packs.write('lib/facts.rego', 'package arqonbus.lib.facts\n');
    packs.write('data/graph.json', '{}');
    expect(readRules(packs.path)).toEqual([
      { id: 'alpha.one', title: 'Title of alpha.one', description: 'What it wants.', severity: 'high', category: 'alpha', requirements: ['J1'], fix: 'Do it the other way.', levels: ['deny'], tables: ['things'] },
      expect.objectContaining({ id: 'testing.one', levels: ['deny'] }),
      expect.objectContaining({ id: 'testing.two', levels: ['deny', 'warn'] }),
    ]);
  });

  it.each([
    ['has no METADATA comment', { mark: '# about this rule' }],
    ['the metadata has no title', { title: '' }],
    ['the metadata has no description', { description: '# description: ""' }],
    ['the metadata has no fix', { fix: '#   fix:' }],
    ["the metadata's id is testing.other", { id: '#   id: testing.other' }],
    ["the metadata's id is undefined", { id: '' }],
    ["the metadata's category is security", { category: '#   category: security' }],
    ['the severity is none of critical, high, medium, low', { severity: '#   severity: urgent' }],
    ['the severity is none of', { severity: '' }],
    ['the metadata names no requirements', { requirements: '#   requirements: []' }],
    ['the metadata names no requirements', { requirements: '#   requirements: J1' }],
    ['the package is not arqonbus.testing.one', { package: 'package arqonbus.testing.two' }],
    ['it denies nothing', { deny: 'warn contains "x" if false' }],
    ['it does not say in `reads` which tables it reads', { reads: '' }],
    ['`reads` names no table', { reads: 'reads := {}' }],
    ['it denies nothing', { deny: 'denied contains "x" if false' }],
  ])('refuses a rule: %s', (reason, changes) => {
    packs.add('testing.one', changes);
    expect(() => readRules(packs.path)).toThrow(`Rule testing.one: ${reason}`.replace('Rule testing.one: has', 'Rule testing.one: rule.rego has'));
  });

  it('refuses metadata that is no YAML', () => {
    packs.add('testing.one', { title: '# title: [open' });
    expect(() => readRules(packs.path)).toThrow();
  });

  it.each(['rule.rego', 'rule_test.rego', 'rule.md', 'cases.json'])('refuses a rule without %s', (file) => {
    packs.add('testing.one');
    rmSync(join(packs.path, 'testing/one', file));
    expect(() => readRules(packs.path)).toThrow(`Rule testing.one: ${file} is missing`);
  });
});

describe('readRules() with what was kept', () => {
  const titles = (codeDigest: string): string[] => readRules(packs.path, { folder: join(packs.path, '.cache'), codeDigest }).map(({ title }) => title);
  const keptPath = '.cache/rules.json';
  /** Puts a mark into the kept entries, by which they are known. */
  const mark = (): void => packs.write(keptPath, readFileSync(join(packs.path, keptPath), 'utf8').replaceAll('Title of', 'Kept title of'));

  beforeEach(() => {
    packs.add('testing.one');
    packs.add('testing.two');
    titles('code');
    mark();
  });

  it('does not read the same text again', () => {
    expect(titles('code')).toEqual(['Kept title of testing.one', 'Kept title of testing.two']);
  });

  it('reads what has changed, and what was as it is now before that', () => {
    packs.add('testing.two', { title: '# title: Other' });
    expect(titles('code')).toEqual(['Kept title of testing.one', 'Other']);
    packs.add('testing.two');
    expect(titles('code')).toEqual(['Kept title of testing.one', 'Title of testing.two']);
  });

  it('reads a rule again under another name', () => {
    packs.write('testing/three/rule.rego', readFileSync(join(packs.path, 'testing/two/rule.rego'), 'utf8'));
    for (const file of ['rule_test.rego', 'rule.md', 'cases.json']) packs.write(`testing/three/${file}`, '');
    expect(() => titles('code')).toThrow('Rule testing.three: the package is not arqonbus.testing.three');
  });

  it('reads all with other code', () => {
    expect(titles('other code')).toEqual(['Title of testing.one', 'Title of testing.two']);
  });

  it.each(['', '{"', 'null', '[]'])('reads all when what was kept is %j', (text) => {
    packs.write(keptPath, text);
    expect(titles('code')).toEqual(['Title of testing.one', 'Title of testing.two']);
  });
});

describe('readRegisteredRules()', () => {
  it('gives the rules when the registry lists them', () => {
    packs.add('testing.one');
    packs.register();
    expect(readRegisteredRules(packs.path).map(({ id }) => id)).toEqual(['testing.one']);
  });

  it('fails when a listed rule is lost', () => {
    packs.add('testing.one');
    packs.add('testing.two');
    packs.register();
    rmSync(join(packs.path, 'testing/two'), { recursive: true });
    expect(() => readRegisteredRules(packs.path)).toThrow('lists rules that are not there: testing.two');
  });

  it('fails when a rule is not listed', () => {
    packs.add('testing.one');
    packs.register();
    packs.add('testing.two');
    expect(() => readRegisteredRules(packs.path)).toThrow('does not list testing.two: run npm run policy:build');
  });

  it('fails when what is listed of a rule is not what the rule says', () => {
    packs.add('testing.one');
    packs.register();
    packs.add('testing.one', { severity: '#   severity: low' });
    expect(() => readRegisteredRules(packs.path)).toThrow('lists testing.one otherwise than it is: run npm run policy:build');
  });

  it('fails when there is no rule at all', () => {
    packs.register();
    expect(() => readRegisteredRules(packs.path)).toThrow('There is no rule');
  });

  it.each(['', '{', '{}', '{"rules": {}}'])('fails when the registry is %j', (text) => {
    packs.add('testing.one');
    packs.write('registry.json', text);
    expect(() => readRegisteredRules(packs.path)).toThrow();
  });

  it('fails when there is no registry', () => {
    packs.add('testing.one');
    expect(() => readRegisteredRules(packs.path)).toThrow();
  });
});
