import { describe, expect, it } from 'vitest';

import { exemption, makeFinding, makeReport, makeRule } from '../../test/report.fixture.js';
import { renderSarif } from './render-sarif.js';

const rules = [makeRule('testing.one'), makeRule('testing.two', { levels: ['deny', 'warn'] })];
const findings = [makeFinding(), makeFinding({ level: 'warn', rule: 'testing.two' }), makeFinding({ exemption, file: 'docs/with space.md' })];

interface Sarif {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly { readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { id: string }[] } }; readonly results: readonly Record<string, unknown>[] }[];
}

describe('renderSarif()', () => {
  const sarif = JSON.parse(renderSarif(makeReport({ findings }), rules)) as Sarif;
  const [run] = sarif.runs;

  it('is one run of SARIF 2.1.0', () => {
    expect(sarif.version).toBe('2.1.0');
    expect(sarif.$schema).toMatch(/sarif-2\.1\.0\.json$/);
    expect(sarif.runs).toHaveLength(1);
    expect(run?.tool.driver.name).toBe('arqonbus-policy');
  });

  it('describes every rule under its own id', () => {
    expect(run?.tool.driver.rules.map(({ id }) => id)).toEqual(['testing.one', 'testing.two']);
    expect(run?.tool.driver.rules[0]).toMatchObject({
      shortDescription: { text: 'Title of testing.one' }, fullDescription: { text: 'Description of testing.one' }, help: { text: 'Do it the other way.' },
      defaultConfiguration: { level: 'error' }, properties: { severity: 'high', requirements: ['J1'] },
    });
  });

  it('gives results with rule, level, place and fingerprint', () => {
    expect(run?.results).toHaveLength(3);
    expect(run?.results[0]).toEqual({
      ruleId: 'testing.one',
      level: 'error',
      message: { text: 'one is wrong. Do it the other way.' },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'libs/one/src/a.ts', uriBaseId: '%SRCROOT%' }, region: { startLine: 3 } } }],
      partialFingerprints: { 'arqonbusPolicy/v1': '0123456789abcdef' },
    });
    expect(run?.results[1]).toMatchObject({ ruleId: 'testing.two', level: 'warning' });
  });

  it('keeps what is exempted, as suppressed', () => {
    expect(run?.results[2]).toMatchObject({
      suppressions: [{ kind: 'external', status: 'accepted', justification: 'until the move' }],
      locations: [{ physicalLocation: { artifactLocation: { uri: 'docs/with%20space.md' } } }],
    });
  });
});
