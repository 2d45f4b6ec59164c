import type ts from 'typescript';

import type { Workspace, WorkspaceFile } from './workspace.js';

/**
 * One row of a fact table. Every row says where it was read, so that a finding can point there; further columns are declared by the
 * source. No column is ever null: a rule may take a null for "nothing wrong here".
 */
export interface Row {
  /** Path relative to the workspace, with forward slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Name of the Nx project that owns the file, or `workspace`. */
  readonly project: string;
  readonly [column: string]: string | number | boolean | readonly (string | number)[];
}

/** Rows by table. */
export type Rows = Readonly<Record<string, readonly Row[]>>;

/** Names of a table's columns beside `file`, `line` and `project`. */
export type TableColumns = Readonly<Record<string, readonly string[]>>;

/** A parsed source file and what is known of its place. */
export interface SourceUnit {
  readonly file: WorkspaceFile;
  /** Tags of the file's project; empty outside projects. */
  readonly tags: readonly string[];
  readonly source: ts.SourceFile;
  /** Line of a node, from 1. */
  readonly lineOf: (node: ts.Node) => number;
  /** Base of a row at a node: `{ file, line, project }`. */
  readonly at: (node: ts.Node) => Row;
}

/**
 * Reads facts out of single TypeScript or JavaScript files. Its rows may depend on nothing but the unit: they are kept by the file's
 * content and not computed anew while that stays the same.
 */
export interface SyntaxSource {
  readonly name: string;
  readonly tables: TableColumns;
  /** Tables that only workspace sources read: large ones, of which the document holds what follows from them. */
  readonly inner?: readonly string[];
  readonly selects: (file: WorkspaceFile) => boolean;
  readonly read: (unit: SourceUnit) => Rows;
}

/** Reads facts that need more than one file, or no parser of TypeScript. Runs each time. */
export interface WorkspaceSource {
  readonly name: string;
  readonly tables: TableColumns;
  /**
   * @param syntaxRows what the syntax sources found, for facts that follow from the whole
   * @throws Error when an input cannot be read; nothing is judged then
   */
  readonly read: (workspace: Workspace, syntaxRows: Rows) => Promise<Rows> | Rows;
}
