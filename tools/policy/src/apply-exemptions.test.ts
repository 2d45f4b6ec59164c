import { describe, expect, it } from 'vitest';

import { makeFinding } from '../test/report.fixture.js';
import { applyExemptions, type AppliedExemption } from './apply-exemptions.js';

const finding = makeFinding();
const now = '2026-01-01';
const base = { rule: finding.rule, path: '', project: '', subject: '', reason: 'until the move', owner: '@maintainers', expires: '2026-01-01', faults: [] };
const byPath: AppliedExemption = { ...base, path: finding.file };
const byProject: AppliedExemption = { ...base, project: finding.project };
const note = { reason: base.reason, owner: base.owner, expires: base.expires };

describe('applyExemptions()', () => {
  it.each([['path', byPath], ['project', byProject], ['subject', { ...byPath, subject: 'a' }]])('marks a finding by its %s, on the last day too, and keeps it', (_, entry) => {
    expect(applyExemptions([finding], [entry], now)).toEqual({ findings: [{ ...finding, exemption: note }], unused: [] });
  });

  it.each<[string, AppliedExemption]>([
    ['expired yesterday', { ...byPath, expires: '2025-12-31' }],
    ['names a path and a project', { ...byPath, project: finding.project }],
    ['has a fault', { ...byPath, faults: ['owner is no account'] }],
    ['names no place', base],
    ['is for another rule', { ...byPath, rule: 'testing.other' }],
    ['is for another file', { ...base, path: 'libs/one/src' }],
    ['is for another project', { ...base, project: '@arqonbus/two' }],
    ['is for another subject', { ...byPath, subject: 'b' }],
  ])('leaves a finding alone when the exemption %s', (_, entry) => {
    const result = applyExemptions([finding], [entry], now);
    expect(result.findings).toEqual([finding]);
    expect(result.unused).toHaveLength(1);
  });

  it('tells which exemptions nothing needed', () => {
    const unused = [{ ...base, path: 'gone.ts' }, { ...base, project: '@arqonbus/gone' }, base];
    expect(applyExemptions([finding], [byPath, ...unused], now).unused).toEqual(['testing.one for gone.ts', 'testing.one for @arqonbus/gone', 'testing.one for ']);
  });

  it('exempts one finding and not its neighbour', () => {
    const neighbour = makeFinding({ subject: 'b' });
    const { findings } = applyExemptions([finding, neighbour], [{ ...byPath, subject: 'a' }], now);
    expect(findings.map((found) => found.exemption !== undefined)).toEqual([true, false]);
  });
});
