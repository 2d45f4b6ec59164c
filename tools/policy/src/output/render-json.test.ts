import { describe, expect, it } from 'vitest';

import { exemption, makeFinding, makeReport } from '../../test/report.fixture.js';
import { renderJson } from './render-json.js';

describe('renderJson()', () => {
  const report = makeReport({ findings: [makeFinding({ exemption })] });

  it('gives the whole report back', () => {
    expect(JSON.parse(renderJson(report))).toEqual(report);
  });

  it('has the fields that scripts read', () => {
    const read = JSON.parse(renderJson(report)) as { findings: object[] };
    expect(Object.keys(read)).toEqual(['schema', 'engine', 'now', 'base', 'rules', 'factCount', 'projects', 'findings', 'unusedExemptions', 'durationMs']);
    expect(Object.keys(read.findings[0] ?? {}).sort()).toEqual([
      'category', 'docs', 'exemption', 'file', 'fingerprint', 'fix', 'level', 'line', 'message', 'project', 'rule', 'severity', 'subject', 'title',
    ]);
  });
});
