import { denials } from '../finding.js';
import { groupViolations, StaleEditError, type Group } from './edit-plan.js';
import { judgeViolation, type Outcome } from './judge-violation.js';
import { runRunner, type RunnerResult } from './run-runner.js';
import type { ScratchCopy } from './scratch-copy.js';
import type { Violation } from './violation.js';

/** The show cannot go on: the copy is not clean before anything is broken, or a violation does not fit it. */
export class CannotShowError extends Error {
  override readonly name = 'CannotShowError';
}

export interface RunOptions {
  readonly copy: ScratchCopy;
  readonly violations: readonly Violation[];
  /** All that do not exclude each other in one run, instead of one at a time. */
  readonly isTogether: boolean;
  /** Arguments that every run gets. */
  readonly args: readonly string[];
  readonly onClean: (result: RunnerResult) => void;
  readonly onOutcome: (outcome: Outcome) => void;
}

const SHOWN_COUNT = 10;

async function checkClean(copy: ScratchCopy, args: readonly string[]): Promise<RunnerResult> {
  const result = await runRunner(copy, args);
  if (result.report === undefined) throw new CannotShowError(`The unedited copy was not judged: ${result.stderr.trim()}`);
  const denied = denials(result.report.findings);
  if (denied.length === 0 && result.exitCode === 0) return result;
  const shown = denied.slice(0, SHOWN_COUNT).map(({ rule, file, line, message }) => `  ${rule} ${file}:${String(line)} ${message}`);
  throw new CannotShowError([`The unedited copy is denied ${String(denied.length)} times:`, ...shown].join('\n'));
}

function argumentsFor({ violations: [first] }: Group, args: readonly string[]): string[] {
  const command = first?.command === undefined ? [] : [first.command];
  return [...command, ...args, ...(first?.isComparedWithCommit === true ? ['--base', 'HEAD'] : [])];
}

/**
 * Applies known violations to the copy and asks its runner about them.
 *
 * @throws CannotShowError
 */
export async function runCanaries(options: RunOptions): Promise<Outcome[]> {
  const { copy, violations, args } = options;
  let groups: Group[];
  try {
    groups = groupViolations(violations, copy.read, options);
  } catch (error) {
    if (error instanceof StaleEditError) throw new CannotShowError(error.message, { cause: error });
    throw error;
  }
  const seen = new Set<string>();
  const outcomes: Outcome[] = [];
  for (const group of groups) {
    const groupArgs = argumentsFor(group, args);
    if (!seen.has(groupArgs.join(' '))) options.onClean(await checkClean(copy, groupArgs));
    seen.add(groupArgs.join(' '));
    const revert = copy.apply(group.plan);
    try {
      const result = await runRunner(copy, groupArgs);
      for (const violation of group.violations) {
        const outcome = judgeViolation(violation, result, { isOnly: group.violations.length === 1 });
        outcomes.push(outcome);
        options.onOutcome(outcome);
      }
    } finally {
      revert();
    }
  }
  return outcomes;
}
