import { noVerdict, remove, replace, type Violation } from '../violation.js';

/** What somebody does to the rules themselves: the runner refuses to give a verdict. */
export const packViolations: readonly Violation[] = [
  {
    name: 'rule-removed',
    rule: noVerdict,
    did: 'Removed a rule that was in the way.',
    edits: ['rule.rego', 'rule_test.rego', 'rule.md', 'cases.json'].map((file) => remove(`policies/architecture/shield_no_storage/${file}`)),
    says: 'architecture.shield_no_storage',
    isAlone: true,
  },
  {
    name: 'rule-silenced',
    rule: noVerdict,
    did: 'Let a rule find nothing any more.',
    edits: [replace('policies/technical_debt/debugger_statement/rule.rego', '\tsome row in input.', '\tcount(input.meta.labels) > 1000\n\tsome row in input.')],
    isAlone: true,
  },
];
