import { describe, expect, it } from 'vitest';

import { judgeAudit, type AcceptedAdvisory } from './audit-report.js';

const TODAY = '2026-01-01';
const vulnerable = JSON.stringify({
  vulnerabilities: {
    ws: { severity: 'high', via: [{ url: 'https://example.test/advisories/GHSA-1111-2222-3333', title: 'Denial of service' }] },
    depends: { severity: 'high', via: ['ws'] },
  },
});
const accepted: AcceptedAdvisory = {
  advisory: 'GHSA-1111-2222-3333', package: 'ws', reason: 'Reached by tests alone', mitigation: 'The edge bounds headers itself', owner: '@arqonbus/security', expires: '2026-02-01',
};

describe('judgeAudit() (M11)', () => {
  it('passes a lockfile without findings', () => {
    expect(judgeAudit('{"vulnerabilities":{}}', [], TODAY)).toEqual({ outcome: 'clean', lines: ['No known vulnerability in package-lock.json.'] });
  });

  it('fails on a finding and names package, advisory and severity', () => {
    const verdict = judgeAudit(vulnerable, [], TODAY);
    expect(verdict.outcome).toBe('vulnerable');
    expect(verdict.lines).toEqual(['open: ws GHSA-1111-2222-3333 (high) Denial of service']);
  });

  it('passes what is accepted, and still prints it', () => {
    const verdict = judgeAudit(vulnerable, [accepted], TODAY);
    expect(verdict).toEqual({ outcome: 'clean', lines: ['accepted: ws GHSA-1111-2222-3333 (high) Denial of service'] });
  });

  it.each([
    ['expired', { expires: TODAY }],
    ['without a date', { expires: '' }],
    ['without a mitigation', { mitigation: '' }],
    ['without a reason', { reason: 'later' }],
    ['without an owner', { owner: '' }],
    ['of another package', { package: 'uws' }],
    ['of another advisory', { advisory: 'GHSA-0000-0000-0000' }],
  ])('counts no acceptance that is %s', (_, change) => {
    expect(judgeAudit(vulnerable, [{ ...accepted, ...change }], TODAY).outcome).toBe('vulnerable');
  });

  it.each([['', 'no JSON'], ['<html>', 'no JSON'], ['{"message":"405 Method Not Allowed"}', '405 Method Not Allowed'], ['{"error":{"summary":"no network"}}', 'no network']])('takes %j for no answer', (output, said) => {
    const verdict = judgeAudit(output, [], TODAY);
    expect(verdict.outcome).toBe('unanswered');
    expect(verdict.lines[0]).toContain(said);
  });
});
