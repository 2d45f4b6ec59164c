import ts from 'typescript';

import { commentsOf } from '../debt/work-markers.js';
import type { Row, SyntaxSource, WorkspaceSource } from '../fact-source.js';
import type { Workspace } from '../workspace.js';

import { BASELINE_PATH, COVERAGE_METRICS, parseBaseline } from './coverage.js';
import { bare, briefText, isTestCode, memberName, visitAll } from './test-code.js';

const CONFIG_FILE = /(^|\/)vite(st)?[\w.]*\.[cm]?[jt]s$/;
const IGNORE = /\b(v8|c8|istanbul|node:coverage)\s+(ignore|disable)\b[^*\n]*/;

/** Coverage options, wherever `coverage` or a function named for it gives them. */
function isCoverageOption(node: ts.PropertyAssignment): boolean {
  for (let at: ts.Node | undefined = node.parent; at !== undefined; at = at.parent) {
    if (ts.isPropertyAssignment(at) && at.name.getText() === 'coverage') return true;
    if (ts.isFunctionDeclaration(at) && /coverage/i.test(at.name?.text ?? '')) return true;
  }
  return false;
}

/** Constants of numbers by name, so that a threshold can be read through its name. */
function numbersOf(source: ts.SourceFile): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const statement of source.statements.filter(ts.isVariableStatement)) {
    for (const { name, initializer } of statement.declarationList.declarations) if (initializer !== undefined && ts.isNumericLiteral(bare(initializer))) found.set(name.getText(), Number((bare(initializer) as ts.NumericLiteral).text));
  }
  return found;
}

function valuesOf(expression: ts.Expression, numbers: ReadonlyMap<string, number>): { texts: string[]; least: number } {
  const node = bare(expression);
  if (ts.isArrayLiteralExpression(node)) return { texts: node.elements.map((element) => (ts.isStringLiteralLike(element) ? element.text : `(${briefText(element)})`)), least: -1 };
  const number = ts.isNumericLiteral(node) ? Number(node.text) : (numbers.get(node.getText()) ?? numbers.get(memberName(node) ?? '') ?? -1);
  return { texts: [briefText(node)], least: number };
}

/** How coverage is measured, and code that asks not to be. */
export const coverageSettingSource: SyntaxSource = {
  name: 'coverage settings',
  tables: {
    // option: lines, statements, functions or branches (thresholds), include, exclude, provider or enabled; values: as written; least: number of a threshold, else -1.
    coverage_settings: ['option', 'values', 'least'],
    // text: a comment that takes code out of the measurement.
    coverage_ignores: ['text'],
  },
  selects: (file) => !file.isGenerated,
  read: (unit) => {
    const rows: Row[] = [];
    if (CONFIG_FILE.test(unit.file.path)) {
      const numbers = numbersOf(unit.source);
      const options = new Set<string>([...COVERAGE_METRICS, 'include', 'exclude', 'provider', 'enabled', '100', 'perFile', 'autoUpdate']);
      visitAll(unit, (node) => {
        if (!ts.isPropertyAssignment(node) || !isCoverageOption(node)) return;
        const option = node.name.getText().replace(/['"]/g, '');
        const { texts, least } = valuesOf(node.initializer, numbers);
        if (options.has(option)) rows.push({ ...unit.at(node), option, values: texts, least });
      });
    }
    const ignores = !isTestCode(unit.file) && IGNORE.test(unit.source.text) ? commentsOf(unit).filter(({ text }) => IGNORE.test(text)) : [];
    return {
      coverage_settings: rows,
      coverage_ignores: ignores.map(({ line, text }): Row => ({ file: unit.file.path, line, project: unit.file.project, text: (IGNORE.exec(text)?.[0] ?? '').trim() })),
    };
  },
};

function baselineRows(workspace: Workspace): Row[] {
  const now = parseBaseline(workspace.read(BASELINE_PATH));
  const commit = workspace.changeCommit();
  const content = commit === undefined ? undefined : workspace.readAt(commit, BASELINE_PATH);
  const before = content === undefined ? now : parseBaseline(content.toString('utf8'));
  const present = new Set(workspace.projects.map(({ name }) => name));
  return [...before].filter(([name]) => present.has(name)).flatMap(([name, figures]) => COVERAGE_METRICS.map((metric): Row => ({
    file: BASELINE_PATH, line: 1, project: name, metric, before: figures[metric], now: now.get(name)?.[metric] ?? -1,
  })));
}

/** The committed coverage against the one at the base. */
export const coverageBaselineSource: WorkspaceSource = {
  name: 'coverage baseline',
  tables: {
    // Figures of projects that are still there. before: at the base commit, else at HEAD; now: -1 when it was taken out.
    coverage_baseline: ['metric', 'before', 'now'],
  },
  read: (workspace) => ({ coverage_baseline: baselineRows(workspace) }),
};
