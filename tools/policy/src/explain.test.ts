import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { makePacks, type Packs } from '../test/packs.fixture.js';
import { makeRule } from '../test/report.fixture.js';
import { UsageError } from './command-line.js';
import { explainRule, findRule, listRules } from './explain.js';

const rules = ['architecture.no_cycles', 'security.secret_in_repo', 'testing.no_sleep', 'debt.no_sleep'].map((id) => makeRule(id));

describe('findRule()', () => {
  it.each(['security.secret_in_repo', 'arqonbus.security.secret_in_repo', 'security/secret_in_repo', 'secret_in_repo'])('finds a rule by %s', (name) => {
    expect(findRule(rules, name).id).toBe('security.secret_in_repo');
  });

  it('offers the nearest for a slip', () => {
    const find = (): unknown => findRule(rules, 'security.secrets_in_repo');
    expect(find).toThrow(UsageError);
    expect(find).toThrow(/^There is no rule security\.secrets_in_repo\. The nearest: security\.secret_in_repo,/);
  });

  it('does not choose among rules of one name', () => {
    expect(() => findRule(rules, 'no_sleep')).toThrow(/The nearest: (testing|debt)\.no_sleep, (testing|debt)\.no_sleep/);
  });
});

describe('explainRule()', () => {
  let packs: Packs;
  beforeEach(() => {
    packs = makePacks();
  });
  afterEach(() => packs.remove());

  it('gives the page, the severity, the requirements and the fix', () => {
    packs.add('testing.no_sleep');
    const text = explainRule(packs.path, makeRule('testing.no_sleep', { levels: ['deny', 'warn'], requirements: ['J10', 'L7'] }));
    for (const part of ['Why it is so.', 'Severity: high', 'warns of others', 'Requirements: J10, L7', 'Fix: Do it the other way.', 'policies/testing/no_sleep/rule.rego', 'exemptions.yaml']) expect(text).toContain(part);
  });

  it('says that a rule only denies', () => {
    packs.add('testing.no_sleep');
    expect(explainRule(packs.path, makeRule('testing.no_sleep'))).toContain('Severity: high. It denies.');
  });
});

describe('listRules()', () => {
  it('gives a line per rule', () => {
    expect(listRules(rules).split('\n').map((line) => line.split(/ {2,}/))).toEqual(rules.map(({ id, title }) => [id, 'high', title]));
  });
});
