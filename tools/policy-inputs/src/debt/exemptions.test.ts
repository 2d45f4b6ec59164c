import { describe, expect, it } from 'vitest';

import { addDays, daysBetween, isDate } from './calendar.js';
import { readExemptions } from './exemptions.js';

const rules: Readonly<Record<string, string>> = { 'testing.async_sleep': 'high', 'technical_debt.exemption_valid': 'critical', 'security.secret_in_repo': 'high' };
const pathOf = (id: string): string => `policies/${id.replace('.', '/')}/rule.rego`;

function readRule(path: string): string {
  const [id = '', severity = ''] = Object.entries(rules).find(([each]) => pathOf(each) === path) ?? [];
  return `# METADATA\n# custom:\n#   id: ${id}\n#   severity: ${severity}\n#   category: ${id.split('.')[0] ?? ''}\npackage x\n`;
}

function readText(text: string): ReturnType<typeof readExemptions> {
  return readExemptions({ read: (path) => (path.endsWith('.yaml') ? text : readRule(path)), exists: (path) => Object.keys(rules).map(pathOf).includes(path) });
}

const entry = `exemptions:
  - rule: testing.async_sleep
    path: libs/x/src/a.ts
    reason: The load generator moves to tools in the next change.
    owner: "@arqonbus/spine"
    created: 2026-01-10
    expires: 2026-03-01
`;

describe('readExemptions()', () => {
  it('reads an entry with its line', () => {
    expect(readText(entry)).toEqual([{
      line: 2, rule: 'testing.async_sleep', project: '', path: 'libs/x/src/a.ts', subject: '', reason: 'The load generator moves to tools in the next change.', owner: '@arqonbus/spine',
      created: '2026-01-10', expires: '2026-03-01', faults: [],
    }]);
  });

  it('names missing, unknown and wrong fields', () => {
    const [found] = readText(entry.replace('owner: "@arqonbus/spine"', 'approved: yes').replace('reason: The', 'reason: [The').replace('change.', 'change.]'));
    expect(found?.faults).toEqual(['has a reason that is no text', 'has an unknown field approved', 'has no owner']);
  });

  it.each([
    ['rule: testing.async_sleep', 'rule: testing.no_such', ['names a rule that is not there']],
    ['rule: testing.async_sleep', 'rule: ../../etc', ['names a rule that is not there']],
    ['rule: testing.async_sleep', 'rule: security.secret_in_repo', ['is for a rule of security']],
    ['rule: testing.async_sleep', 'rule: technical_debt.exemption_valid', ['is for a rule of severity critical', 'is for a rule that judges debts and exemptions']],
    ['expires: 2026-03-01', 'expires: 2026-12-31', ['lasts longer than 90 days']],
    ['expires: 2026-03-01', 'expires: soon', ['has a date that is none']],
  ])('bars an entry with %s as %s', (before, after, faults) => {
    expect(readText(entry.replace(before, after))[0]?.faults).toEqual(faults);
  });

  it.each(['', '[]', 'exemptions: {}', 'exemptions: [x]', `${entry}more: []\n`, 'exemptions: ['])('refuses %j', (text) => {
    expect(() => readText(text)).toThrow('policies/data/exemptions.yaml');
  });

  it('takes an empty list for none', () => {
    expect(readText('exemptions: []')).toEqual([]);
  });
});

describe('dates', () => {
  it('are those of the calendar', () => {
    expect(['2026-02-28', '2026-02-29', '2024-02-29', '2026-1-1', '2026-13-01', ''].map(isDate)).toEqual([true, false, true, false, false, false]);
  });

  it('are counted in days over months and years', () => {
    expect([daysBetween('2025-12-31', '2026-01-01'), daysBetween('2026-03-01', '2026-02-28'), addDays('2026-12-31', 60)]).toEqual([1, -1, '2027-03-01']);
    expect(() => daysBetween('today', '2026-01-01')).toThrow('today');
  });
});
