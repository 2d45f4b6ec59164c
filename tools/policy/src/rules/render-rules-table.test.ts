import { describe, expect, it } from 'vitest';

import { renderRulesTable, replaceRulesTable } from './render-rules-table.js';
import type { RuleEntry } from './rule-entry.js';

const rule = (id: string, more: Partial<RuleEntry> = {}): RuleEntry => ({
  id, title: 'A | B', description: 'd', severity: 'high', category: id.split('.')[0] ?? '', requirements: ['J1', 'J2'], fix: 'f', levels: ['deny'], tables: ['t'], ...more,
});

describe('renderRulesTable()', () => {
  it('lists rules by category and id, with links to their pages', () => {
    const text = renderRulesTable([rule('supply_chain.b'), rule('supply_chain.a', { levels: ['deny', 'warn'] }), rule('ci.x', { levels: ['deny', 'warn'] })], new Set(['ci.x']));
    expect(text.split('\n').filter((line) => /^(###|\| \[|\d)/.test(line))).toEqual([
      '3 rules.', '### CI', '| [`ci.x`](../policies/ci/x/rule.md) | A \\| B | high | denies and warns | J1, J2 |',
      '### Supply chain', '| [`supply_chain.a`](../policies/supply_chain/a/rule.md) | A \\| B | high | warns | J1, J2 |', '| [`supply_chain.b`](../policies/supply_chain/b/rule.md) | A \\| B | high | denies | J1, J2 |',
    ]);
  });
});

describe('replaceRulesTable()', () => {
  it('puts the table between its markers, and again in the same place', () => {
    const page = 'a\n<!-- generated:rules -->\nold\n<!-- /generated:rules -->\nb\n';
    const once = replaceRulesTable(page, 'new');
    expect(once).toBe('a\n<!-- generated:rules -->\n\nnew\n\n<!-- /generated:rules -->\nb\n');
    expect(replaceRulesTable(once, 'new')).toBe(once);
  });

  it.each(['no marker', '<!-- /generated:rules --><!-- generated:rules -->', '<!-- generated:rules --><!-- generated:rules --><!-- /generated:rules -->'])('refuses %j', (page) => {
    expect(() => replaceRulesTable(page, 'x')).toThrow('generated:rules');
  });
});
