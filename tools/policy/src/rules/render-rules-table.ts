import type { RuleEntry } from './rule-entry.js';

const OPEN = '<!-- generated:rules -->';
const CLOSE = '<!-- /generated:rules -->';

/** A title as the first words of a section. */
function heading(category: string): string {
  const words = category.replaceAll('_', ' ');
  return category === 'ci' ? 'CI' : `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();

function level({ id, levels }: RuleEntry, denying: ReadonlySet<string>): string {
  if (!levels.includes('warn')) return 'denies';
  return denying.has(id) ? 'denies and warns' : 'warns';
}

/**
 * One table per category, sorted by id; each rule is linked to its page.
 *
 * @param denying ids of rules that deny more than facts which are not whole
 */
export function renderRulesTable(rules: readonly RuleEntry[], denying: ReadonlySet<string>): string {
  const categories = [...new Set(rules.map(({ category }) => category))].sort();
  const tables = categories.map((category) => {
    const rows = rules.filter((rule) => rule.category === category).sort((a, b) => (a.id < b.id ? -1 : 1)).map((rule) => {
      const { id, title, severity, requirements } = rule;
      const link = `[\`${id}\`](../policies/${id.replace('.', '/')}/rule.md)`;
      return `| ${link} | ${cell(title)} | ${severity} | ${level(rule, denying)} | ${requirements.join(', ')} |`;
    });
    return [`### ${heading(category)}`, '', '| rule | what holds | severity | level | requirements |', '|---|---|---|---|---|', ...rows].join('\n');
  });
  return [`${String(rules.length)} rules.`, ...tables].join('\n\n');
}

/** @throws Error unless the page has each marker once, in order */
export function replaceRulesTable(page: string, table: string): string {
  const start = page.indexOf(OPEN);
  const end = page.indexOf(CLOSE);
  if (start < 0 || end < start || page.indexOf(OPEN, start + 1) >= 0) throw new Error(`The page needs ${OPEN} once and ${CLOSE} behind it`);
  return `${page.slice(0, start + OPEN.length)}\n\n${table}\n\n${page.slice(end)}`;
}
