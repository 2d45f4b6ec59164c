import { describe, expect, it } from 'vitest';

import { parseCheckMode, planChecks } from './check-plan.js';

describe('parseCheckMode()', () => {
  it('is full without arguments', () => {
    expect(parseCheckMode([])).toBe('full');
  });

  it.each([
    ['--quick', 'quick'],
    ['--long', 'long'],
    ['--coverage', 'coverage'],
  ])('reads %s', (flag, mode) => {
    expect(parseCheckMode([flag])).toBe(mode);
  });

  it('refuses an unknown flag and names the known ones', () => {
    expect(() => parseCheckMode(['--fast'])).toThrow(/--quick, --long, --coverage, not: --fast/);
  });

  it('refuses two flags', () => {
    expect(() => parseCheckMode(['--quick', '--long'])).toThrow(/--quick --long/);
  });
});

describe('planChecks()', () => {
  it('runs contract, lint, compiler and tests in the full mode', () => {
    expect(planChecks('full').map(({ name }) => name)).toEqual(['references', 'contract', 'lint', 'compile', 'test']);
  });

  it('runs the same steps in every mode but coverage, so that quick and CI agree on what is wrong', () => {
    expect(planChecks('quick').map(({ args }) => args)).toEqual(planChecks('full').map(({ args }) => args));
    expect(planChecks('coverage').map(({ name }) => name)).toEqual(['test']);
  });

  it.each([
    ['full', { ARQON_TEST_COVERAGE: 'libraries' }],
    ['quick', { ARQON_TEST_SCOPE: 'unit' }],
    ['long', { ARQON_TEST_LONG: '1' }],
    ['coverage', { ARQON_TEST_COVERAGE: 'all' }],
  ] as const)('tells the tests of the %s mode through the environment', (mode, env) => {
    const tests = planChecks(mode).filter(({ runsTests }) => runsTests);
    expect(tests.map((step) => step.env)).toEqual([env]);
  });

  it('never runs more than two projects at a time', () => {
    for (const { args } of planChecks('full').filter((step) => step.args[0] === 'run-many')) expect(args).toContain('--parallel=2');
  });
});
