import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { openWorkspace } from '../workspace.js';

import { BASELINE_PATH, COVERAGE_METRICS, isMeasuredLibrary, parseBaseline, readSummary, type Coverage } from './coverage.js';

const USAGE = 'Usage: update-coverage-baseline [--allow-drop]\nWrites the coverage of the last run with ARQON_TEST_COVERAGE=libraries to policies/data/baseline_coverage.json.';

/** Figures that fall from one baseline to the next, as lines for people. */
export function dropsBetween(before: ReadonlyMap<string, Coverage>, after: ReadonlyMap<string, Coverage>): string[] {
  return [...before].flatMap(([name, figures]) => COVERAGE_METRICS.filter((metric) => (after.get(name)?.[metric] ?? -1) < figures[metric])
    .map((metric) => `${name}: ${metric} ${String(figures[metric])} % to ${String(after.get(name)?.[metric] ?? 'nothing')}`));
}

/** The baseline with what summaries say; projects without a summary keep their figures, projects that are gone leave. */
export function nextBaseline(before: ReadonlyMap<string, Coverage>, summaries: ReadonlyMap<string, Coverage | undefined>): Map<string, Coverage> {
  const names = [...summaries.keys()].filter((name) => summaries.get(name) !== undefined || before.has(name)).sort();
  return new Map(names.flatMap((name): [string, Coverage][] => {
    const figures = summaries.get(name) ?? before.get(name);
    return figures === undefined ? [] : [[name, figures]];
  }));
}

/** Text of the file, one project a line. */
export function formatBaseline(baseline: ReadonlyMap<string, Coverage>): string {
  const lines = [...baseline].map(([name, figures]) => `    ${JSON.stringify(name)}: { ${COVERAGE_METRICS.map((metric) => `"${metric}": ${String(figures[metric])}`).join(', ')} }`);
  return `{\n  "baseline_coverage": {\n${lines.join(',\n')}\n  }\n}\n`;
}

function main(args: readonly string[]): number {
  if (args.some((arg) => arg !== '--allow-drop')) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const root = resolve(import.meta.dirname, '../../../..');
  const workspace = openWorkspace({ root });
  const before = existsSync(join(root, BASELINE_PATH)) ? parseBaseline(workspace.read(BASELINE_PATH)) : new Map<string, Coverage>();
  // Only what every run measures: another project's figures are of some run in the past.
  const measured = workspace.projects.filter((project) => isMeasuredLibrary(project) || before.has(project.name));
  const after = nextBaseline(before, new Map(measured.map((project) => [project.name, readSummary(workspace, project)])));
  const drops = dropsBetween(before, after);
  if (drops.length > 0 && !args.includes('--allow-drop')) {
    process.stderr.write(`Coverage falls, nothing was written. Add tests, or give --allow-drop and say why in the change:\n${drops.join('\n')}\n`);
    return 1;
  }
  const rises = dropsBetween(after, before);
  writeFileSync(join(root, BASELINE_PATH), formatBaseline(after));
  process.stdout.write(`${[...drops, ...rises.map((line) => `set ${line.replace(/(\S+ %) to (.*)$/, 'to $1 from $2')}`)].join('\n') || 'Nothing changed.'}\n`);
  return 0;
}

if (process.argv[1] === import.meta.filename) process.exitCode = main(process.argv.slice(2));
