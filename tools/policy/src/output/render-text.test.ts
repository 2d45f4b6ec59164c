import { describe, expect, it } from 'vitest';

import { exemption, makeFinding, makeReport } from '../../test/report.fixture.js';
import { renderText } from './render-text.js';

describe('renderText()', () => {
  it('says in two lines that all is well', () => {
    expect(renderText(makeReport())).toBe('Conftest 0.69.0: 2 rules, 1,234 facts, compared with the committed baselines\nok: 0 denied, 0 warned, 0 exempted');
  });

  it('shows each finding with place, words and fix', () => {
    const findings = [makeFinding(), makeFinding({ level: 'warn', severity: 'low', line: 4 }), makeFinding({ exemption, line: 5 })];
    const report = makeReport({ rules: ['testing.one'], factCount: 1, base: 'abcdef0123456789', findings, unusedExemptions: ['testing.one for gone.ts'] });
    expect(renderText(report)).toBe(`Conftest 0.69.0: 1 rule, 1 fact, compared with abcdef012345

DENY testing.one (high) libs/one/src/a.ts:3
  one is wrong
  fix: Do it the other way.

warn testing.one (low) libs/one/src/a.ts:4
  one is wrong
  fix: Do it the other way.

exempt testing.one (high) libs/one/src/a.ts:5
  one is wrong
  exempted until 2026-06-30 by @maintainers: until the move

note: the exemption testing.one for gone.ts matches nothing; remove it
FAILED: 1 denied, 1 warned, 1 exempted
more: npm run policy -- --explain testing.one`);
  });

  it('gives the same text for the same report', () => {
    const report = makeReport({ findings: [makeFinding()] });
    expect(renderText({ ...report, durationMs: 99_999 })).toBe(renderText(report));
  });
});
