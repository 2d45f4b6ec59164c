import type { BenchResult } from '../bench-result.js';

const columns = ['id', 'work', 'ours', 'peer', 'ratio', 'goal', 'CPU s/M ours', 'CPU s/M peer', 'CPU ratio', 'peak MB ours', 'peak MB peer'] as const;

/** Cells of the report, header first. */
export function tableRows(results: readonly BenchResult[]): string[][] {
  return [
    [...columns],
    ...results.map((result) => [
      result.id,
      result.work,
      number(result.ours, 1e6, ' M/s'),
      number(result.peer, 1e6, ' M/s'),
      number(result.ratio, 1, ' ×'),
      `${result.goal} ×`,
      number(result.ours_cpu_s_per_million, 1, '', 3),
      number(result.peer_cpu_s_per_million, 1, '', 3),
      number(result.cpu_ratio, 1, ' ×'),
      number(result.ours_peak_rss_bytes, 1e6, '', 0),
      number(result.peer_peak_rss_bytes, 1e6, '', 0),
    ]),
  ];
}

/** The report for a terminal: a table, then each note once with the cases it concerns. */
export function formatTable(results: readonly BenchResult[]): string {
  const rows = tableRows(results);
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd());
  return [...lines, '', ...notesOf(results), ''].join('\n');
}

/** Each note once, with the ids it concerns where these are not all. */
export function notesOf(results: readonly BenchResult[]): string[] {
  const idsByNote = new Map<string, string[]>();
  for (const result of results) {
    for (const note of result.note.split('; ').filter((text) => text !== '')) idsByNote.set(note, [...(idsByNote.get(note) ?? []), result.id]);
  }
  return [...idsByNote].map(([note, ids]) => (ids.length === results.length ? note : `${ids.join(', ')}: ${note}`));
}

function number(value: number | null, scale: number, suffix: string, digits = 2): string {
  return value === null ? '-' : `${(value / scale).toFixed(digits)}${suffix}`;
}
