import type { Outcome } from './judge-violation.js';

const seconds = (durationMs: number): string => `${(durationMs / 1000).toFixed(1)} s`;

/** One line while it goes on. */
export function renderProgress(outcome: Outcome): string {
  const mark = outcome.isCaught ? 'caught' : 'MISSED';
  return `${mark} ${outcome.name} by ${outcome.rule} in ${seconds(outcome.durationMs)}: ${outcome.found}`;
}

/** A line per violation, and the sum. */
export function renderTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ name, rule, isCaught, durationMs, alsoDeniedBy }) => [name, rule, isCaught ? 'caught' : 'MISSED', seconds(durationMs), alsoDeniedBy.join(' ') || '-']);
  const table = [['violation', 'rule', '', 'time', 'also denied by'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
  const caught = outcomes.filter(({ isCaught }) => isCaught).length;
  const rules = new Set(outcomes.filter(({ isCaught }) => isCaught).map(({ rule }) => rule)).size;
  return [...lines, '', `${String(caught)} of ${String(outcomes.length)} violations caught by the rule that is meant to, ${String(rules)} rules shown`].join('\n');
}
