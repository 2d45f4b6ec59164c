import { describe, expect, it } from 'vitest';

import { coverageSettingSource } from './coverage-settings.js';
import { parseBaseline, readSummary } from './coverage.js';
import { readSnippet } from './unit.fixture.js';
import { dropsBetween, formatBaseline, nextBaseline } from './update-coverage-baseline.js';

const figures = (lines: number): { lines: number; statements: number; functions: number; branches: number } => ({ lines, statements: 95, functions: 96, branches: 97 });

describe('the coverage baseline', () => {
  it('is what was written', () => {
    const baseline = new Map([['@arqonbus/x', figures(98.5)], ['@arqonbus/y', figures(91)]]);
    expect(parseBaseline(formatBaseline(baseline))).toEqual(baseline);
    expect(parseBaseline(formatBaseline(new Map()))).toEqual(new Map());
  });

  it.each(['{}', '{"baseline_coverage":{"a":{"lines":"98"}}}', '{"baseline_coverage":{"a":{"lines":101,"statements":1,"functions":1,"branches":1}}}'])('refuses %s', (text) => {
    expect(() => parseBaseline(text)).toThrow('policies/data/baseline_coverage.json');
  });

  it('takes new figures, keeps those of projects that were not run, and forgets projects that are gone', () => {
    const before = new Map([['a', figures(90)], ['b', figures(91)], ['gone', figures(92)]]);
    const after = nextBaseline(before, new Map([['a', figures(93)], ['b', undefined], ['c', undefined]]));
    expect(after).toEqual(new Map([['a', figures(93)], ['b', figures(91)]]));
    expect(dropsBetween(before, nextBaseline(before, new Map([['a', figures(89.5)]])))).toContain('a: lines 90 % to 89.5');
  });
});

describe('readSummary()', () => {
  const project = { name: 'x', root: 'libs/x', tags: [], manifest: 'libs/x/package.json' };
  const read = (text: string): ReturnType<typeof readSummary> => readSummary({ exists: () => true, read: () => text }, project);

  it('reads the total, and what has nothing to cover as covered', () => {
    const full = { total: 4, pct: 75 };
    expect(read(JSON.stringify({ total: { lines: full, statements: full, functions: full, branches: { total: 0, pct: 'Unknown' } } }))).toEqual({ lines: 75, statements: 75, functions: 75, branches: 100 });
  });

  it('refuses a summary without figures', () => {
    expect(() => read('{"total":{}}')).toThrow('no percentage of lines');
    expect(readSummary({ exists: () => false, read: () => '' }, project)).toBeUndefined();
  });
});

describe('coverage settings', () => {
  it('reads thresholds by name, and what is taken out', () => {
    const text = "const LEAST = 90;\nfunction coverageFor() { return { exclude: ['src/gen/**'], thresholds: { lines: LEAST, branches: half() } }; }";
    expect(readSnippet(coverageSettingSource, 'coverage_settings', text, 'vitest.project.mjs')).toEqual([
      { line: 2, option: 'exclude', values: ['src/gen/**'], least: -1 }, { line: 2, option: 'lines', values: ['LEAST'], least: 90 }, { line: 2, option: 'branches', values: ['half()'], least: -1 },
    ]);
  });

  it('reads comments that take code out, in production code only', () => {
    const text = '/* v8 ignore next */\nexport const a = 1;\n';
    expect(readSnippet(coverageSettingSource, 'coverage_ignores', text, 'libs/x/src/a.ts')).toEqual([{ line: 1, text: 'v8 ignore next' }]);
    expect(readSnippet(coverageSettingSource, 'coverage_ignores', text)).toEqual([]);
  });
});
