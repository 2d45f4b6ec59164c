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
  it('runs contract, policies, lint, compiler, tests and the judgement of their coverage in the full mode', () => {
    expect(planChecks('full').map(({ name }) => name)).toEqual(['references', 'contract', 'policy', 'lint', 'compile', 'test', 'coverage']);
  });

  it('runs the same steps in every mode, so that quick and CI agree on what is wrong, but judges coverage only where all tests ran', () => {
    expect(planChecks('quick').map(({ args }) => args)).toEqual(planChecks('full').slice(0, -1).map(({ args }) => args));
    expect(planChecks('coverage').map(({ name }) => name)).toEqual(['test', 'coverage']);
  });

  it.each([
    ['full', { ARQON_TEST_COVERAGE: 'libraries', ARQON_TEST_BUILT: '1' }],
    ['quick', { ARQON_TEST_SCOPE: 'unit', ARQON_TEST_BUILT: '1' }],
    ['long', { ARQON_TEST_LONG: '1', ARQON_TEST_BUILT: '1' }],
    // Nothing is compiled before.
    ['coverage', { ARQON_TEST_COVERAGE: 'all' }],
  ] as const)('tells the tests of the %s mode through the environment', (mode, env) => {
    const tests = planChecks(mode).filter(({ runsTests }) => runsTests);
    expect(tests.map((step) => step.env)).toEqual([env]);
  });

  it('never runs more than two projects at a time', () => {
    for (const { args } of planChecks('full').filter((step) => step.args[0] === 'run-many')) expect(args).toContain('--parallel=2');
  });
});
