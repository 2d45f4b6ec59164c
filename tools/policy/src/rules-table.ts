import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { readRules } from './rules/read-rules.js';
import { renderRulesTable, replaceRulesTable } from './rules/render-rules-table.js';

/** `npm run policy:docs`: writes the table of all rules into docs/policies.md; with `--check` only says whether it is up to date. */
const root = resolve(import.meta.dirname, '../../..');
const path = join(root, 'docs/policies.md');
const before = readFileSync(path, 'utf8');
const rules = readRules(join(root, 'policies'));
const denying = new Set(rules.map(({ id }) => id).filter((id) => /^deny contains report\.(?!incomplete)/m.test(readFileSync(join(root, 'policies', ...id.split('.'), 'rule.rego'), 'utf8'))));
const after = replaceRulesTable(before, renderRulesTable(rules, denying));
if (!process.argv.includes('--check')) writeFileSync(path, after);
else if (after !== before) {
  console.error('docs/policies.md does not list the rules as they are: run npm run policy:docs');
  process.exitCode = 1;
}
