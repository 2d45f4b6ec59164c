import { describe, expect, it } from 'vitest';

import { readConftestOutput } from './conftest-output.js';

const names = new Map([['/t/0.json', 'facts']]);
const result = { msg: 'wrong', loc: { file: 'a.ts', line: 3 }, metadata: { project: 'p', subject: 's', query: 'data.x' } };
const check = { filename: '/t/0.json', namespace: 'arqonbus.a.b', successes: 1 };

function read(checks: unknown, rules = ['a.b']): ReturnType<typeof readConftestOutput> {
  return readConftestOutput(JSON.stringify(checks), names, rules);
}

describe('readConftestOutput', () => {
  it('takes failures for denials and warnings for advice', () => {
    const { verdicts, denied } = read([{ ...check, failures: [result], warnings: [{ ...result, msg: 'better so' }] }]);
    const judged = { rule: 'a.b', file: 'a.ts', line: 3, project: 'p', subject: 's' };
    expect(verdicts).toEqual({ facts: { rulesRun: ['a.b'], judgements: [{ ...judged, level: 'deny', message: 'wrong' }, { ...judged, level: 'warn', message: 'better so' }] } });
    expect(denied).toBe(true);
  });

  it('counts a rule that found nothing as run, and advice as no denial', () => {
    expect(read([check])).toEqual({ verdicts: { facts: { rulesRun: ['a.b'], judgements: [] } }, denied: false });
    expect(read([{ ...check, successes: 0, warnings: [result] }]).denied).toBe(false);
  });

  it('refuses a namespace that holds no rule, and one that is not listed', () => {
    expect(() => read([{ ...check, successes: 0 }])).toThrow('did not run over facts: a.b');
    expect(() => read([check], ['a.b', 'a.c'])).toThrow('did not run over facts: a.c');
    expect(() => read([])).toThrow('did not run over facts: a.b');
    expect(() => read(null)).toThrow('unknown shape');
  });

  it('refuses what was not asked for', () => {
    expect(() => read([check, { ...check, namespace: 'arqonbus.a.other' }])).toThrow('not asked');
    expect(() => read([{ ...check, filename: '/t/9.json' }])).toThrow('not asked');
    expect(() => read([check, check])).toThrow('twice');
  });

  it('refuses what Conftest itself let through', () => {
    expect(() => read([{ ...check, exceptions: [result] }])).toThrow('exceptions');
    expect(() => read([{ ...check, skipped: [result] }])).toThrow('exceptions');
  });

  it.each([
    ['no message', { ...result, msg: '' }], ['no place', { msg: 'x', metadata: result.metadata }], ['line 0', { ...result, loc: { file: 'a.ts', line: 0 } }],
    ['no project', { ...result, metadata: { subject: 's' } }], ['no subject', { ...result, metadata: { project: 'p' } }],
  ])('refuses a finding with %s', (_, found) => {
    expect(() => read([{ ...check, failures: [found] }])).toThrow('Rule a.b made a finding without');
  });

  it('refuses text that is no JSON and JSON of another shape', () => {
    expect(() => readConftestOutput('1 test, 1 passed', names, ['a.b'])).toThrow('did not print JSON');
    expect(() => read([{ ...check, successes: '1' }])).toThrow('unknown shape');
    expect(() => read([{ ...check, failures: {} }])).toThrow('unknown shape');
  });
});
