import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

import type { Row, Rows, SourceUnit, SyntaxSource } from './fact-source.js';
import { readKept, writeKept } from './kept-file.js';
import type { Workspace, WorkspaceFile } from './workspace.js';

const SCRIPT_FILE = /\.[cm]?[jt]sx?$/;

type Kept = Record<string, { key: string; rows: Rows }>;

/** Digest of everything in this package that decides what is read out of a file. */
function readerDigest(): string {
  const hash = createHash('sha256').update(ts.version).update(process.version);
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (!entry.name.endsWith('.test.ts')) hash.update(entry.name).update(readFileSync(path));
    }
  };
  visit(import.meta.dirname);
  return hash.digest('hex');
}

function scriptKind(path: string): ts.ScriptKind {
  if (/\.tsx$/.test(path)) return ts.ScriptKind.TSX;
  if (/\.[cm]?ts$/.test(path)) return ts.ScriptKind.TS;
  return /\.jsx$/.test(path) ? ts.ScriptKind.JSX : ts.ScriptKind.JS;
}

/** Parses one file. */
export function parseUnit(file: WorkspaceFile, text: string, tags: readonly string[]): SourceUnit {
  const source = ts.createSourceFile(file.path, text, ts.ScriptTarget.ES2023, true, scriptKind(file.path));
  const lineOf = (node: ts.Node): number => source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
  return { file, tags, source, lineOf, at: (node) => ({ file: file.path, line: lineOf(node), project: file.project }) };
}

/** The parser goes on behind what it does not understand, so that facts of a broken file would be facts of a part of it. @throws Error with file and line */
function assertParsed({ file, source }: SourceUnit): void {
  const [fault] = (source as ts.SourceFile & { readonly parseDiagnostics?: readonly ts.DiagnosticWithLocation[] }).parseDiagnostics ?? [];
  if (fault === undefined) return;
  const line = source.getLineAndCharacterOfPosition(fault.start).line + 1;
  throw new Error(`${file.path}:${line} cannot be parsed: ${ts.flattenDiagnosticMessageText(fault.messageText, ' ')}`);
}

/** Joins row sets; tables of the same name are appended. */
export function mergeRows(parts: readonly Rows[]): Record<string, readonly Row[]> {
  const merged: Record<string, Row[]> = {};
  for (const part of parts) {
    for (const [table, rows] of Object.entries(part)) (merged[table] ??= []).push(...rows);
  }
  return merged;
}

/**
 * Runs the syntax sources over every script of the workspace. Files whose content is unchanged since the last run are not parsed again.
 *
 * @param keptPath file that holds what was read before; rewritten
 * @throws Error for a script that cannot be parsed as a whole
 */
export function readSyntax(workspace: Workspace, sources: readonly SyntaxSource[], keptPath: string): Rows {
  const reader = readerDigest();
  const before = readKept<Kept>(keptPath) ?? {};
  const after: Kept = {};
  const tagsOf = new Map(workspace.projects.map((project) => [project.name, project.tags]));
  let hasChanged = false;
  for (const file of workspace.files.filter(({ path }) => SCRIPT_FILE.test(path))) {
    const selected = sources.filter((source) => source.selects(file));
    const text = workspace.read(file.path);
    const tags = tagsOf.get(file.project) ?? [];
    const key = createHash('sha256').update(`${reader}\0${file.project}\0${tags.join()}\0${selected.map(({ name }) => name).join()}\0`).update(text).digest('base64');
    const kept = before[file.path];
    if (kept?.key === key) {
      after[file.path] = kept;
      continue;
    }
    hasChanged = true;
    const unit = selected.length === 0 ? undefined : parseUnit(file, text, tags);
    if (unit !== undefined) assertParsed(unit);
    after[file.path] = { key, rows: unit === undefined ? {} : mergeRows(selected.map((source) => source.read(unit))) };
  }
  if (hasChanged || Object.keys(before).length !== Object.keys(after).length) {
    writeKept(keptPath, after);
  }
  return mergeRows(Object.values(after).map(({ rows }) => rows));
}
