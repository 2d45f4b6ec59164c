import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Facts } from '@arqonbus/policy-inputs';
import { describe, expect, it } from 'vitest';

import type { RuleEntry } from '../src/rules/rule-entry.js';
import { casesOf, checkRows, conftest, conftestEngine, deletions, findingsOf, judgementsOf, loadPacks, policies, ruleIds, rules } from './engine-rules.fixture.js';

const categories = [...new Set(rules.map(({ category }) => category))];
const module = loadPacks();
const TIMEOUT_MS = 120_000;
/** WebAssembly tries every deletion; Conftest, which takes longer, as many of each rule. */
const DELETIONS_PER_RULE = 2;

describe.each(ruleIds)('%s', (id) => {
  const rule = rules.find((entry) => entry.id === id) ?? expect.fail();

  it('has whole rows in its cases, of tables that it reads', () => {
    for (const named of casesOf(id)) {
      expect(() => checkRows(named), named.name).not.toThrow();
      expect(Object.keys(named.found).filter((table) => table !== 'meta' && !rule.tables.includes(table)), named.name).toEqual([]);
    }
  });

  it('denies nothing that it must pass and finds what it must find', () => {
    for (const { kind, facts, name } of casesOf(id)) {
      const found = findingsOf(module, rule, facts);
      if (kind === 'pass') expect(found.filter((finding) => finding.startsWith('deny ')), name).toEqual([]);
      else expect(found, name).not.toEqual([]);
    }
  });

  it('finds no less when a table, a column or what the facts say of themselves is gone', () => {
    const lost = casesOf(id).filter(({ kind }) => kind === 'fail')
      .flatMap(({ name, facts }) => deletions(facts).filter(({ document }) => findingsOf(module, rule, document).length === 0).map(({ gone }) => `${name} without ${gone}`));
    expect(lost).toEqual([]);
  });

  it('is tested both ways and says why it is', () => {
    const test = readFileSync(join(policies, ...id.split('.'), 'rule_test.rego'), 'utf8');
    expect(test, 'rule_test.rego').toMatch(/^test_(denies|warns)\w* if /m);
    expect(test, 'rule_test.rego').toMatch(/^test_passes\w* if /m);
    expect(readFileSync(join(policies, ...id.split('.'), 'rule.md'), 'utf8'), 'rule.md').toMatch(new RegExp(`^# ${id.replace('.', '\\.')}\n\n\\S`));
  });
});

describe.runIf(conftest.ok).each(categories)('the packs of %s', (category) => {
  const own = rules.filter((rule) => rule.category === category);

  /** Both engines over the same documents, each by the rule that it is a case of. */
  async function differences(documents: readonly { readonly name: string; readonly rule: RuleEntry; readonly document: unknown }[]): Promise<string[]> {
    const asked = Object.fromEntries(documents.map(({ name, document }) => [name, document as Facts]));
    const byConftest = await conftestEngine(own.map(({ id }) => id)).judge(asked);
    return documents.flatMap(({ name, rule, document }) => {
      const [ours, theirs] = [findingsOf(module, rule, document), judgementsOf(byConftest[name], rule.id)];
      return JSON.stringify(ours) === JSON.stringify(theirs) ? [] : [`${name}: WebAssembly ${JSON.stringify(ours).slice(0, 300)}, Conftest ${JSON.stringify(theirs).slice(0, 300)}`];
    });
  }

  it('judge every case alike in Conftest and in WebAssembly', async () => {
    const documents = own.flatMap((rule) => casesOf(rule.id).map(({ name, facts }) => ({ name, rule, document: facts })));
    expect(await differences(documents)).toEqual([]);
  }, TIMEOUT_MS);

  it('judge facts that are not whole alike', async () => {
    const documents = own.flatMap((rule) => casesOf(rule.id).filter(({ kind }) => kind === 'fail').slice(0, 1).flatMap(({ name, facts, found }) =>
      deletions(facts).filter(({ gone }) => gone === 'meta.counts' || Object.keys(found).some((table) => table === gone || gone.startsWith(`${table}[0]`)))
        .slice(0, DELETIONS_PER_RULE).map(({ gone, document }) => ({ name: `${name} without ${gone}`, rule, document }))));
    expect(await differences(documents)).toEqual([]);
  }, TIMEOUT_MS);
});
