import { describe, expect, it } from 'vitest';
import { summariseRounds, type MeasuredOptions } from './measured-result.js';
import { mergeIntoPage } from './report/benchmark-page.js';
import { formatMeasuredSection, formatMeasuredTable } from './report/format-measured.js';

const options: MeasuredOptions = {
  id: 'P9a', unit: 'msg/s', work: 'work', goal: { of: 'ratio', direction: 'at-least', value: 1.5 },
  rounds: [{ ours: 90_000, peer: 30_000 }, { ours: 60_000, peer: 20_000 }, { ours: 70_000, peer: 35_000 }], notes: ['a', 'b'], details: { acknowledged_as: 'STORE' },
};
const machine = { coreCount: 2, processor: 'a processor', memoryGib: 24, system: 'Linux', nodeVersion: '20.20.2', date: '2026-11-21' };

describe('summariseRounds()', () => {
  it('takes medians of both sides, their ratio, and holds it against the goal', () => {
    expect(summariseRounds(options)).toMatchObject({ id: 'P9a', ours: 70_000, peer: 30_000, ratio: 70 / 30, unit: 'msg/s', goal: 1.5, goal_met: true, note: 'a; b' });
    expect(summariseRounds({ ...options, goal: { of: 'ratio', direction: 'at-least', value: 2.5 } }).goal_met).toBe(false);
  });

  it.each([[49, true], [51, false]])('holds a figure of %d ms against a bound of 50', (ours, isMet) => {
    expect(summariseRounds({ ...options, unit: 'ms', rounds: [{ ours, peer: null }], goal: { of: 'ours', direction: 'at-most', value: 50 } }).goal_met).toBe(isMet);
  });

  it('has no ratio and no verdict on it without a peer', () => {
    const result = summariseRounds({ ...options, rounds: [{ ours: 90_000, peer: null }] });
    expect(result).toMatchObject({ ours: 90_000, peer: null, ratio: null, goal_met: null, rounds: [{ ours: 90_000, peer: null }] });
  });

  it('has nothing at all when nothing was measured', () => {
    expect(summariseRounds({ ...options, rounds: [] })).toMatchObject({ ours: null, peer: null, ratio: null, goal_met: null });
  });
});

describe('formatMeasuredTable()', () => {
  const report = { suite: 'durable', title: 'Durable publishing', results: [summariseRounds(options)], method: ['five rounds'] };

  it('shows figures, goal and notes', () => {
    const text = formatMeasuredTable(report);
    expect(text).toMatch(/P9a +work +70\.0 k\/s +30\.0 k\/s +2\.33 × +≥ 1\.5 × +yes +acknowledged_as STORE/);
    expect(text).toContain('P9a: a; b');
  });

  it('agrees with the section of the page', () => {
    const section = formatMeasuredSection(report, machine);
    expect(section).toContain('| P9a | work | 70.0 k/s | 30.0 k/s | 2.33 × | ≥ 1.5 × | yes | acknowledged_as STORE |');
    expect(section).toContain('- five rounds.');
  });
});

describe('mergeIntoPage()', () => {
  it('keeps the parts of other suites, whichever is written', () => {
    const fanout = mergeIntoPage(undefined, 'fanout', '# Benchmarks\n\nfirst\n');
    const both = mergeIntoPage(mergeIntoPage(fanout, 'resume', '## Resume\n\none'), 'durable', '## Durable\n\ntwo');
    expect(both).toBe('# Benchmarks\n\nfirst\n\n<!-- suite durable -->\n\n## Durable\n\ntwo\n\n<!-- end of suite durable -->\n\n<!-- suite resume -->\n\n## Resume\n\none\n\n<!-- end of suite resume -->\n');
    const changed = mergeIntoPage(mergeIntoPage(both, 'resume', '## Resume\n\nnew'), 'fanout', '# Benchmarks\n\nsecond\n');
    expect(changed).toBe(both.replace('one', 'new').replace('first', 'second'));
    expect(mergeIntoPage(changed, 'resume', '## Resume\n\nnew')).toBe(changed);
  });

  it('has a page of its own before fan-out was measured', () => {
    expect(mergeIntoPage(undefined, 'resume', 'text')).toMatch(/^# Benchmarks\n[^]*<!-- suite resume -->\n\ntext\n/);
  });
});
