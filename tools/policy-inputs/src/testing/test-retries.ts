import ts from 'typescript';

import type { Row, SyntaxSource, WorkspaceSource } from '../fact-source.js';

import { bare, briefText, isTestCode, visitAll } from './test-code.js';

const CONFIG_FILE = /(^|\/)(vite(st)?|playwright|jest)\.[\w.]*[cm]?[jt]s$|(^|\/)\.mocharc\.c?js$/;
const OPTION = /^(retry|retries|repeats|bail|passWithNoTests|allowOnly|dangerouslyIgnoreUnhandledErrors)$/;
/** Settings of a runner by which it looks at some tests only. */
const NARROWING = /^(include|exclude|testNamePattern|testPathIgnorePatterns|testMatch|testRegex|testIgnore|dir)$/;
const RUNNER_FILE = /(^|\/)(vitest|playwright|jest)\.[\w.]*[cm]?[jt]s$/;
const COMMAND_FILE = /(^|\/)package\.json$|(^|\/)project\.json$|(^|\/)nx\.json$|^\.github\/workflows\/|^\.ci\//;
const COMMAND_OPTION = /--(retry|retries)[= ](\S+?)(?=["'\s,]|$)|--(allowOnly|passWithNoTests|dangerouslyIgnoreUnhandledErrors|testNamePattern)\b/g;

/** Largest number that an expression can be; -1 when the file does not say. `true` counts as 1, `false` as 0. */
function largest(expression: ts.Expression): number {
  const node = bare(expression);
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (node.kind === ts.SyntaxKind.TrueKeyword) return 1;
  if (node.kind === ts.SyntaxKind.FalseKeyword || node.getText() === 'undefined') return 0;
  if (ts.isObjectLiteralExpression(node)) {
    const count = node.properties.find((property): property is ts.PropertyAssignment => ts.isPropertyAssignment(property) && property.name.getText() === 'count');
    return count === undefined ? -1 : largest(count.initializer);
  }
  if (!ts.isConditionalExpression(node)) return -1;
  const [then, otherwise] = [largest(node.whenTrue), largest(node.whenFalse)];
  return then < 0 || otherwise < 0 ? -1 : Math.max(then, otherwise);
}

/** Which files are measured is for the rules of coverage. */
function isOfCoverage(options: ts.ObjectLiteralExpression): boolean {
  return options.properties.some((property) => property.name?.getText() === 'provider');
}

function isGivenToSetConfig(options: ts.Node): boolean {
  let at = options.parent;
  while (ts.isAsExpression(at) || ts.isSatisfiesExpression(at) || ts.isParenthesizedExpression(at)) at = at.parent;
  return ts.isCallExpression(at) && /\.setConfig$/.test(at.expression.getText());
}

/** Settings that let a run pass which has not: retries, focus, no tests at all, or some of them only. */
export const runnerSettingSource: SyntaxSource = {
  name: 'runner settings',
  tables: {
    // option: name of the runner's setting; most: largest value that it can have, -1 when that is not known, 1 for true.
    runner_settings: ['option', 'most', 'text'],
  },
  selects: (file) => isTestCode(file) || CONFIG_FILE.test(file.path),
  read: (unit) => {
    const isConfig = CONFIG_FILE.test(unit.file.path);
    const rows: Row[] = [];
    visitAll(unit, (node) => {
      const isShort = ts.isShorthandPropertyAssignment(node);
      if (!isShort && !ts.isPropertyAssignment(node)) return;
      const option = node.name.getText().replace(/['"]/g, '');
      if (!OPTION.test(option) && !(NARROWING.test(option) && RUNNER_FILE.test(unit.file.path) && !isOfCoverage(node.parent))) return;
      // In a test only the options of a test or a suite: the argument before its body.
      const call = node.parent.parent;
      const isTestOption = ts.isCallExpression(call) && call.arguments.indexOf(node.parent) > 0 && call.arguments.some((argument) => ts.isArrowFunction(argument) || ts.isFunctionExpression(argument));
      const isSetConfig = isGivenToSetConfig(node.parent);
      if (isConfig || isTestOption || isSetConfig) rows.push({ ...unit.at(node), option, most: isShort ? -1 : largest(node.initializer), text: briefText(node) });
    });
    return { runner_settings: rows };
  },
};

/** The same settings where a command line gives them. */
export const runnerFlagSource: WorkspaceSource = {
  name: 'runner flags',
  tables: {
    // As runner_settings.
    runner_flags: ['option', 'most', 'text'],
  },
  read: (workspace) => ({
    runner_flags: workspace.files.filter(({ path }) => COMMAND_FILE.test(path)).flatMap(({ path, project }) => workspace.read(path).split('\n').flatMap((line, index) =>
      [...line.matchAll(COMMAND_OPTION)].map((match): Row => {
        const count = Number(match[2] ?? '1');
        return { file: path, line: index + 1, project, option: match[1] ?? match[3] ?? '', most: Number.isNaN(count) ? -1 : count, text: match[0] };
      }))),
  }),
};
