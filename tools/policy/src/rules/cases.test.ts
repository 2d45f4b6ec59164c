import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { goodCases, makePacks, tables, type Packs } from '../../test/packs.fixture.js';
import { makeCanaries, readCases, toFacts } from './cases.js';

const row = { file: 'a.ts', line: 1, project: 'p', size: 2 };

let packs: Packs;
beforeEach(() => {
  packs = makePacks();
});
afterEach(() => packs.remove());

describe('readCases()', () => {
  it('reads the cases of a rule', () => {
    packs.add('testing.one');
    expect(readCases(packs.path, 'testing.one')).toEqual(goodCases);
  });

  it.each([{}, { pass: [], fail: [{}] }, { pass: [{}], fail: [] }, { pass: [{}] }, { pass: {}, fail: {} }])('refuses %j', (cases) => {
    packs.add('testing.one', {}, cases);
    expect(() => readCases(packs.path, 'testing.one')).toThrow(/testing.one.cases\.json needs at least one case in "pass" and one in "fail"/);
  });

  it('refuses what is no JSON', () => {
    packs.add('testing.one');
    packs.write('testing/one/cases.json', '{');
    expect(() => readCases(packs.path, 'testing.one')).toThrow();
  });
});

describe('toFacts()', () => {
  it('fills in the tables that a case leaves out, and counts', () => {
    expect(toFacts({ ...tables, others: [] }, { things: [row] })).toEqual({
      meta: { schema: 1, now: '2026-01-01', base: 'committed', labels: [], counts: { things: 1, others: 0 } },
      things: [row],
      others: [],
    });
  });

  it('takes what a case says of the facts themselves', () => {
    expect(toFacts(tables, { meta: { now: '2027-02-03', labels: ['a'] } }).meta).toMatchObject({ now: '2027-02-03', labels: ['a'], base: 'committed' });
  });

  it('refuses a table that nobody declares', () => {
    expect(() => toFacts(tables, { thing: [row] })).toThrow('No source declares the table thing');
  });
});

describe('makeCanaries()', () => {
  it('puts what goes together into one document, and the rest into their own', () => {
    packs.add('testing.one');
    packs.add('testing.two', {}, { ...goodCases, fail: [{ things: [{ ...row, size: 3 }] }, { things: [] }] });
    packs.add('testing.alone', {}, { ...goodCases, alone: true });
    packs.add('testing.dated', {}, { ...goodCases, fail: [{ meta: { now: '2030-01-01' }, things: [row] }] });
    const { documents, documentOf } = makeCanaries(packs.path, ['testing.one', 'testing.two', 'testing.alone', 'testing.dated'], tables);
    expect(Object.fromEntries(documentOf)).toEqual({ 'testing.one': 'canaries', 'testing.two': 'canaries', 'testing.alone': 'canary-testing.alone', 'testing.dated': 'canary-testing.dated' });
    expect(documents.canaries).toMatchObject({ meta: { counts: { things: 2 } }, things: [{ size: 2 }, { size: 3 }] });
    expect(documents['canary-testing.alone']).toMatchObject({ things: [{ size: 2 }] });
    expect(documents['canary-testing.dated']).toMatchObject({ meta: { now: '2030-01-01' } });
  });

  it('refuses a rule without cases', () => {
    expect(() => makeCanaries(packs.path, ['testing.gone'], tables)).toThrow();
  });
});
