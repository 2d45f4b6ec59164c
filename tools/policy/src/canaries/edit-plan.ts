import type { Edit, Violation } from './violation.js';

/** New content by path; undefined for a file that goes away. */
export type EditPlan = ReadonlyMap<string, string | undefined>;

/** Content of a file of the unedited copy; undefined when there is none. */
export type ReadOriginal = (path: string) => string | undefined;

/** An edit that does not fit the files: the violation describes a repository that is no more. */
export class StaleEditError extends Error {
  override readonly name = 'StaleEditError';
}

function applyEdit(files: Map<string, string | undefined>, edit: Edit, readOriginal: ReadOriginal): void {
  const current = (path: string): string | undefined => (files.has(path) ? files.get(path) : readOriginal(path));
  const before = current(edit.path);
  if (edit.kind === 'write') {
    if (before !== undefined) throw new StaleEditError(`${edit.path} is already there`);
    files.set(edit.path, edit.text);
    return;
  }
  if (before === undefined) throw new StaleEditError(`${edit.path} is not there`);
  if (edit.kind === 'append') files.set(edit.path, before + edit.text);
  else if (edit.kind === 'replace') {
    if (!before.includes(edit.find)) throw new StaleEditError(`${edit.path} does not contain: ${edit.find}`);
    files.set(edit.path, before.replace(edit.find, () => edit.with));
  } else {
    files.set(edit.path, undefined);
    if (edit.kind !== 'rename') return;
    if (current(edit.to) !== undefined) throw new StaleEditError(`${edit.to} is already there`);
    files.set(edit.to, before);
  }
}

/**
 * What the files are after the violation, given what others did to them before.
 *
 * @throws StaleEditError
 */
export function planEdits(violation: Violation, readOriginal: ReadOriginal, earlier: EditPlan = new Map()): EditPlan {
  const files = new Map(earlier);
  for (const edit of violation.edits) applyEdit(files, edit, readOriginal);
  return files;
}

/** Violations that are in the copy together while the runner runs once. */
export interface Group {
  readonly violations: readonly Violation[];
  readonly plan: EditPlan;
}

interface OpenGroup {
  readonly key: string;
  readonly violations: Violation[];
  plan: EditPlan;
}

function kindOfRun({ command = 'check', isComparedWithCommit = false }: Violation): string {
  return `${command} ${String(isComparedWithCommit)}`;
}

function tryJoin(group: OpenGroup, violation: Violation, readOriginal: ReadOriginal): boolean {
  try {
    group.plan = planEdits(violation, readOriginal, group.plan);
    group.violations.push(violation);
    return true;
  } catch (error) {
    if (error instanceof StaleEditError) return false;
    throw error;
  }
}

/**
 * Puts violations into as few runs as they allow.
 *
 * @throws StaleEditError for one that does not fit the unedited files
 */
export function groupViolations(violations: readonly Violation[], readOriginal: ReadOriginal, { isTogether }: { readonly isTogether: boolean }): Group[] {
  const groups: OpenGroup[] = [];
  for (const violation of violations) {
    let plan: EditPlan;
    try {
      plan = planEdits(violation, readOriginal);
    } catch (error) {
      if (error instanceof StaleEditError) throw new StaleEditError(`${violation.name}: ${error.message}`, { cause: error });
      throw error;
    }
    const key = !isTogether || violation.isAlone === true ? `alone ${violation.name}` : kindOfRun(violation);
    if (groups.some((group) => group.key === key && tryJoin(group, violation, readOriginal))) continue;
    groups.push({ key, violations: [violation], plan });
  }
  return groups;
}
