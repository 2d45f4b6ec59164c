import { createHash } from 'node:crypto';
import { join } from 'node:path';

import ts from 'typescript';

import type { Rows, WorkspaceSource } from './fact-source.js';
import { readKept, writeKept, type Keeping } from './kept-file.js';
import type { Workspace } from './workspace.js';

/** What a source asked of the workspace, and the digest of each answer. */
type Answers = Record<string, string>;

interface KeptSource {
  readonly answers: Answers;
  readonly rows: Rows;
}

interface Kept {
  readonly key?: string;
  readonly sources?: Readonly<Record<string, KeptSource>>;
}

/** Reads sources whose answers may be those of an earlier run. */
export interface RowKeeper {
  /** Rows of the earlier run when everything that the source asked then has the same answer now, else those that it reads now. */
  readonly read: (source: WorkspaceSource) => Promise<Rows>;
  /** Writes what this run used and nothing else. */
  readonly save: () => void;
}

/** The answer to a question that cannot be answered, or was answered in two ways: equal to none, itself included. */
const NO_ANSWER = '';

const values = ['files', 'projects', 'now', 'base', 'labels'] as const;

function isValue(name: PropertyKey): name is (typeof values)[number] {
  return values.some((known) => known === name);
}

function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('base64');
}

/** Answers a question anew: once per question and run, for sources ask the same. */
function createOracle(workspace: Workspace, syntaxRows: Rows): (question: string) => string {
  const known = new Map<string, string>();
  const answer = (question: string): string => {
    const [kind, subject] = [question.slice(0, question.indexOf(' ')), question.slice(question.indexOf(' ') + 1)];
    if (kind === 'content') return digestOf(workspace.readBytes(subject));
    if (kind === 'exists') return String(workspace.exists(subject));
    if (kind === 'table') return digestOf(JSON.stringify(syntaxRows[subject] ?? null));
    return isValue(subject) ? digestOf(JSON.stringify(workspace[subject])) : NO_ANSWER;
  };
  return (question) => {
    const before = known.get(question);
    if (before !== undefined) return before;
    try {
      known.set(question, answer(question));
    } catch {
      // A file that is gone: the source itself is to say what that means.
      known.set(question, NO_ANSWER);
    }
    return known.get(question) ?? NO_ANSWER;
  };
}

/** A workspace that writes down what is asked of it. What is read past it, by its root or from a commit, cannot be asked again here. */
function recordAnswers(workspace: Workspace, syntaxRows: Rows, oracle: (question: string) => string): { workspace: Workspace; syntaxRows: Rows; answers: () => Answers | undefined } {
  const answers: Answers = {};
  let isWhole = true;
  const note = (question: string, found: string): void => {
    if (found === NO_ANSWER || (answers[question] ?? found) !== found) isWhole = false;
    answers[question] = found;
  };
  const noteContent = <T extends string | Uint8Array>(path: string, content: T): T => {
    note(`content ${path}`, digestOf(content));
    return content;
  };
  const asked: Partial<Workspace> = {
    read: (path) => noteContent(path, workspace.read(path)),
    readBytes: (path) => noteContent(path, workspace.readBytes(path)),
    digest: (path) => createHash('sha256').update(noteContent(path, workspace.readBytes(path))).digest('hex'),
    exists: (path) => {
      const isThere = workspace.exists(path);
      note(`exists ${path}`, String(isThere));
      return isThere;
    },
    projectOf: (path) => {
      note('value projects', oracle('value projects'));
      return workspace.projectOf(path);
    },
  };
  const recording = new Proxy(workspace, {
    get: (target, name: keyof Workspace) => {
      if (isValue(name)) note(`value ${name}`, oracle(`value ${name}`));
      else if (!(name in asked)) isWhole = false;
      return asked[name] ?? target[name];
    },
  });
  const noteTable = (name: PropertyKey): void => note(`table ${String(name)}`, oracle(`table ${String(name)}`));
  const noteAll = (): void => {
    isWhole = false;
  };
  const tables = new Proxy(syntaxRows, {
    get: (target, name: string) => {
      noteTable(name);
      return target[name];
    },
    has: (target, name) => {
      noteTable(name);
      return name in target;
    },
    ownKeys: (target) => {
      noteAll();
      return Reflect.ownKeys(target);
    },
    getOwnPropertyDescriptor: (target, name) => {
      noteAll();
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
  });
  return { workspace: recording, syntaxRows: tables, answers: () => (isWhole ? answers : undefined) };
}

/**
 * Opens the rows that sources gave before. A source that fails is not kept, nor one that read anything past the workspace that it was given.
 *
 * @param keeping unusable with other code: rows depend on it as much as on what was read
 */
export function openKeptRows(workspace: Workspace, syntaxRows: Rows, keeping: Keeping): RowKeeper {
  const path = join(keeping.folder, 'rows.json');
  const key = digestOf(`${keeping.codeDigest}\0${ts.version}\0${process.version}`);
  const kept = readKept<Kept>(path);
  const before = kept?.key === key ? kept.sources ?? {} : {};
  const after: Record<string, KeptSource> = {};
  const oracle = createOracle(workspace, syntaxRows);
  const isSame = ([question, answer]: [string, string]): boolean => answer !== NO_ANSWER && oracle(question) === answer;
  return {
    read: async (source) => {
      const earlier = before[source.name];
      if (earlier !== undefined && Object.entries(earlier.answers).every(isSame)) {
        after[source.name] = earlier;
        return earlier.rows;
      }
      const recorder = recordAnswers(workspace, syntaxRows, oracle);
      const rows = await source.read(recorder.workspace, recorder.syntaxRows);
      const answers = recorder.answers();
      if (answers !== undefined) after[source.name] = { answers, rows };
      return rows;
    },
    save: () => {
      const names = Object.keys(after);
      if (names.length === Object.keys(before).length && names.every((name) => after[name] === before[name])) return;
      writeKept(path, { key, sources: after });
    },
  };
}
