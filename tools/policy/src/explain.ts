import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { UsageError } from './command-line.js';
import type { RuleEntry } from './rules/rule-entry.js';

/** How many letters two names may differ by to be taken for a slip. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Finds a rule by its id, by its package, or by its name alone. @throws UsageError that offers the nearest ids */
export function findRule(rules: readonly RuleEntry[], name: string): RuleEntry {
  const wanted = name.replace(/^arqonbus\./, '').replace('/', '.');
  const found = rules.filter(({ id }) => id === wanted || id.split('.')[1] === wanted);
  const [rule] = found;
  if (found.length === 1 && rule !== undefined) return rule;
  const slips = (id: string): number => Math.min(distance(id, wanted), distance(id.split('.')[1] ?? '', wanted));
  const near = [...rules].sort((a, b) => slips(a.id) - slips(b.id)).slice(0, 3).map(({ id }) => id);
  throw new UsageError(`There is no rule ${name}. The nearest: ${near.join(', ')}. All: npm run policy -- --list`);
}

/** Everything that a person needs to understand a finding of the rule. */
export function explainRule(policies: string, rule: RuleEntry): string {
  const page = readFileSync(join(policies, ...rule.id.split('.'), 'rule.md'), 'utf8').trim();
  return [
    page,
    '',
    `Severity: ${rule.severity}. ${rule.levels.length === 2 ? 'It denies some and warns of others.' : 'It denies.'}`,
    `Requirements: ${rule.requirements.join(', ')}`,
    `Fix: ${rule.fix}`,
    `Rule: policies/${rule.id.replace('.', '/')}/rule.rego; known good and bad cases: cases.json beside it.`,
    'To exempt one place for a time: policies/data/exemptions.yaml (docs/policies.md).',
  ].join('\n');
}

/** One line per rule. */
export function listRules(rules: readonly RuleEntry[]): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  return rules.map(({ id, severity, title }) => `${id.padEnd(width)}  ${severity.padEnd(8)}  ${title}`).join('\n');
}
