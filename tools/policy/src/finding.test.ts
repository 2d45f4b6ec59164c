import { describe, expect, it } from 'vitest';

import { exemption, makeFinding, makeRule } from '../test/report.fixture.js';
import { denials, sortFindings, toFinding, warnings, type Finding } from './finding.js';

const judgement = { rule: 'testing.one', level: 'deny', message: 'm', file: 'a.ts', line: 7, project: 'p', subject: 's' } as const;
const exempted = makeFinding({ exemption, message: 'exempted' });

describe('toFinding()', () => {
  it('adds what the rule says', () => {
    const rule = makeRule('testing.one', { severity: 'critical' });
    expect(toFinding(judgement, rule)).toMatchObject({ ...judgement, severity: 'critical', category: 'testing', title: rule.title, fix: rule.fix, docs: 'policies/testing/one/rule.md' });
  });

  it('makes a fingerprint that changes with rule, project, file and subject, and with nothing else', () => {
    const fingerprint = (changes: object): string => toFinding({ ...judgement, ...changes }, makeRule('testing.one')).fingerprint;
    expect(fingerprint({ line: 99, message: 'other words' })).toBe(fingerprint({}));
    expect(new Set([{}, { subject: 'o' }, { file: 'o' }, { project: 'o' }, { project: 'pa.ts', file: '' }].map(fingerprint)).size).toBe(5);
  });
});

describe('denials() and warnings()', () => {
  it('leave out what is exempted', () => {
    const findings = [makeFinding(), makeFinding({ level: 'warn' }), exempted, { ...exempted, level: 'warn' as const }];
    expect(denials(findings)).toEqual([findings[0]]);
    expect(warnings(findings)).toEqual([findings[1]]);
  });
});

describe('sortFindings()', () => {
  const sorted: readonly Finding[] = [
    makeFinding({ severity: 'critical', rule: 'z.z' }),
    makeFinding({ rule: 'a.a' }),
    makeFinding({ file: 'libs/b', line: 9 }),
    makeFinding({ file: 'libs/b', line: 10 }),
    makeFinding({ file: 'libs/b', line: 10, message: 'two is wrong' }),
    makeFinding({ severity: 'low' }),
    makeFinding({ level: 'warn', severity: 'critical' }),
    makeFinding({ severity: 'critical', exemption }),
  ];

  it('puts the worst first, lines by number, and what does not count last', () => {
    expect(sortFindings([...sorted].reverse())).toEqual(sorted);
  });

  it('gives the same order whatever the order of the input', () => {
    for (let by = 1; by < sorted.length; by++) expect(sortFindings([...sorted.slice(by), ...sorted.slice(0, by)])).toEqual(sorted);
  });
});
