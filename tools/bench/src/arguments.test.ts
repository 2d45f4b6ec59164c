import { describe, expect, it } from 'vitest';
import { helpText, parseArguments } from './arguments.js';
import { fanoutCaseIds } from './fanout-cases.js';
import { caseIdsBySuite, suiteNames } from './suite-cases.js';

function reasonOf(argv: readonly string[]): string {
  const parsed = parseArguments(argv);
  return parsed.kind === 'wrong' ? parsed.reason : `not refused: ${parsed.kind}`;
}

describe('parseArguments()', () => {
  it('fills in the defaults', () => {
    expect(parseArguments(['--suite', 'fanout'])).toEqual({
      kind: 'run',
      options: { suite: 'fanout', isQuick: false, caseIds: fanoutCaseIds, side: 'both', peerVersion: 'path', jsonFile: undefined, markdownFile: undefined, svgFile: undefined },
    });
  });

  it('reads every option', () => {
    const argv = ['--suite', 'fanout', '--quick', '--case', 'P3', '--case', 'P1a', '--side', 'ours', '--peer-version', 'newest', '--json', 'a', '--markdown', 'b', '--svg', 'c'];
    expect(parseArguments(argv)).toEqual({
      kind: 'run',
      options: { suite: 'fanout', isQuick: true, caseIds: ['P3', 'P1a'], side: 'ours', peerVersion: 'newest', jsonFile: 'a', markdownFile: 'b', svgFile: 'c' },
    });
  });

  it.each(suiteNames)('takes every row of %s by default, and no row of another suite', (suite) => {
    expect(parseArguments(['--suite', suite])).toMatchObject({ kind: 'run', options: { suite, caseIds: caseIdsBySuite[suite] } });
    const foreign = suite === 'resume' ? 'R1' : 'R3';
    expect(reasonOf(['--suite', suite, '--case', foreign])).toMatch(`not ${foreign}`);
  });

  it('asks for help before anything else', () => {
    expect(parseArguments(['--help'])).toEqual({ kind: 'help' });
  });

  it.each([
    [[], /--suite is missing/],
    [['--suite', 'latency'], /--suite must be one of fanout, durable, replay, resume, memory, casil, projector, not latency/],
    [['--suite', 'fanout', '--fast'], /--fast/],
    [['--suite', 'fanout', 'P1a'], /P1a/],
    [['--suite', 'fanout', '--case', 'P9'], /--case must be one of P1a, .* not P9/],
    [['--suite', 'fanout', '--json'], /--json/],
  ] as const)('refuses %j', (argv, reason) => {
    expect(reasonOf(argv)).toMatch(reason);
  });

  it('documents every option in the help', () => {
    for (const option of ['--suite', '--quick', '--case', '--side', '--peer-version', '--json', '--markdown', '--svg', '--help']) expect(helpText).toContain(`  ${option}`);
    for (const suite of suiteNames) expect(helpText).toContain(`\n  ${suite} `);
  });
});
