import type { Finding, Report } from '../src/finding.js';
import type { RuleEntry } from '../src/rules/rule-entry.js';

/** A rule of the category `testing`. */
export function makeRule(id: string, changes: Partial<RuleEntry> = {}): RuleEntry {
  return {
    id,
    title: `Title of ${id}`,
    description: `Description of ${id}`,
    severity: 'high',
    category: id.split('.')[0] ?? '',
    requirements: ['J1'],
    fix: 'Do it the other way.',
    levels: ['deny'], tables: ['t'],
    ...changes,
  };
}

export function makeFinding(changes: Partial<Finding> = {}): Finding {
  return {
    rule: 'testing.one',
    level: 'deny',
    message: 'one is wrong',
    file: 'libs/one/src/a.ts',
    line: 3,
    project: '@arqonbus/one',
    subject: 'a',
    severity: 'high',
    category: 'testing',
    title: 'Title',
    fix: 'Do it the other way.',
    docs: 'policies/testing/one/rule.md',
    fingerprint: '0123456789abcdef',
    ...changes,
  };
}

export function makeReport(changes: Partial<Report> = {}): Report {
  return {
    schema: 1,
    engine: 'Conftest 0.69.0',
    now: '2026-01-01',
    base: 'committed',
    rules: ['testing.one', 'testing.two'],
    factCount: 1234,
    projects: ['@arqonbus/one', '@arqonbus/two', 'policies'],
    findings: [],
    unusedExemptions: [],
    durationMs: 10,
    ...changes,
  };
}

export const exemption = { reason: 'until the move', owner: '@maintainers', expires: '2026-06-30' };
