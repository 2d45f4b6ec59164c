import type { Judgement, Level } from './engine.js';

/** What a rule put into `deny` or `warn`, before anyone looked at its shape. */
export interface RawFinding {
  readonly message: unknown;
  readonly file: unknown;
  readonly line: unknown;
  readonly project: unknown;
  readonly subject: unknown;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/**
 * Takes a finding for a judgement.
 *
 * @throws Error that names the rule when the finding lacks a message, a place, a project or a subject: engines differ in what they make
 * of those, down to a pass
 */
export function readJudgement(rule: string, level: Level, raw: RawFinding): Judgement {
  const { message, file, line, project, subject } = raw;
  if (!isText(message) || !isText(file) || !isText(project) || typeof subject !== 'string' || !Number.isInteger(line) || (line as number) < 1) {
    throw new Error(`Rule ${rule} made a finding without message, place, project or subject (${level}): use report.finding`);
  }
  return { rule, level, message, file, line: line as number, project, subject };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorts in place, so that every engine answers in one order. */
export function sortJudgements(judgements: Judgement[]): Judgement[] {
  return judgements.sort((a, b) => compareText(a.rule, b.rule) || compareText(a.level, b.level) || compareText(a.file, b.file) || a.line - b.line
    || compareText(a.subject, b.subject) || compareText(a.message, b.message) || compareText(a.project, b.project));
}

/** Text of whatever was thrown; WebAssembly and its host throw strings and plain objects as well as errors. */
export function describeThrown(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  if (typeof thrown === 'string') return thrown;
  const message = typeof thrown === 'object' && thrown !== null ? (thrown as { message?: unknown }).message : undefined;
  return typeof message === 'string' ? message : 'something that is no error was thrown';
}
