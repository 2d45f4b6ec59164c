import { posix } from 'node:path';

import { resolveImports, type ResolvedImport } from '../architecture/import-graph.js';
import type { Row, Rows, WorkspaceSource } from '../fact-source.js';
import type { Workspace } from '../workspace.js';

import { isTestCode } from './test-code.js';

/** Files that the runner loads. */
export const TEST_FILE = /\.test\.[cm]?[jt]sx?$/;
/** Scripts of production code, by their place. */
export const SOURCE_FILE = /^(apps|libs|tools)\/[^/]+\/src\/.*\.[cm]?[jt]sx?$/;

export type Graph = Map<string, Set<string>>;

function link(graph: Graph, from: string, to: string): void {
  graph.set(from, (graph.get(from) ?? new Set()).add(to));
}

/** Files that a path written in code can mean: beside the file, from the root, or by its end. */
function filesNamed(path: string, from: string, files: ReadonlySet<string>): string[] {
  const written = [posix.normalize(posix.join(posix.dirname(from), path)), posix.normalize(path)];
  const sources = written.flatMap((each) => [each, each.replace(/\.js$/, '.ts').replace(/(^|\/)dist\//, '$1src/')]);
  const exact = sources.filter((each) => files.has(each));
  if (exact.length > 0 || !path.includes('/')) return exact;
  const end = `/${path.replace(/^(\.{0,2}\/)+/, '')}`;
  return [...files].filter((file) => file.endsWith(end));
}

type Reexports = ReadonlyMap<string, readonly ResolvedImport[]>;

const namesOf = ({ row }: ResolvedImport): readonly string[] => (Array.isArray(row.names) ? row.names.map(String) : []);

/** Files behind the re-exports of a module that give certain names; all of them for a name that is not found under itself. */
function behind(file: string, names: readonly string[], reexports: Reexports, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const found = reexports.get(file) ?? [];
  const isAll = names.some((name) => name === '*' || !found.some((each) => namesOf(each).includes(name)));
  const chosen = found.filter((each) => isAll || namesOf(each).some((name) => name === '*' || names.includes(name)));
  return chosen.flatMap((each) => [each.target, ...behind(each.target, namesOf(each).includes('*') ? names : namesOf(each), reexports, seen)]);
}

function byFile(imports: readonly ResolvedImport[]): Reexports {
  const found = new Map<string, ResolvedImport[]>();
  for (const each of imports) found.set(each.row.file, [...(found.get(each.row.file) ?? []), each]);
  return found;
}

function makeUses(workspace: Workspace, syntaxRows: Rows): Graph {
  const files = new Set(workspace.files.map(({ path }) => path));
  const imports = resolveImports(workspace, syntaxRows).filter(({ row, target }) => target !== '' && row.type_only !== true);
  const reexports = byFile(imports.filter(({ row }) => row.form === 'reexport'));
  const logic = new Set((syntaxRows.module_shapes ?? []).filter((row) => row.logic === true).map(({ file }) => file));
  const graph: Graph = new Map();
  for (const each of imports.filter(({ row }) => row.form !== 'reexport')) {
    const { row: { file }, target } = each;
    link(graph, file, target);
    // A module with code of its own may declare the name itself.
    const offered = (reexports.get(target) ?? []).flatMap(namesOf);
    const names = namesOf(each).filter((name) => !logic.has(target) || name === '*' || offered.includes(name));
    if (reexports.has(target) && names.length > 0) for (const source of behind(target, names, reexports)) link(graph, file, source);
  }
  for (const { file, path } of syntaxRows.script_paths ?? []) for (const target of filesNamed(String(path), file, files)) link(graph, file, target);
  return graph;
}

const known = new WeakMap<Rows, Graph>();

/**
 * What loads or starts what: imports of values, and paths of scripts in strings. A module that re-exports another does not run it; who imports the
 * name does. Otherwise every module of a package would be reached by a test of any.
 */
export function usesOf(workspace: Workspace, syntaxRows: Rows): Graph {
  const graph = known.get(syntaxRows) ?? makeUses(workspace, syntaxRows);
  known.set(syntaxRows, graph);
  return graph;
}

/** Files that the starts load or start, directly or through others; the starts too. */
export function reachedFrom(starts: readonly string[], graph: Graph): Set<string> {
  const reached = new Set(starts);
  for (const file of reached) for (const target of graph.get(file) ?? []) reached.add(target);
  return reached;
}

/** Which modules the tests of the repository run. */
export const testedModuleSource: WorkspaceSource = {
  name: 'tested modules',
  tables: {
    /**
     * Production modules of all projects with more in them than types, re-exports and plain values. reached: a test of the repository loads or starts
     * it, directly or through others.
     */
    production_modules: ['reached'],
  },
  read: (workspace, syntaxRows) => {
    const graph = usesOf(workspace, syntaxRows);
    const tests = workspace.files.filter(({ path }) => TEST_FILE.test(path));
    const reached = reachedFrom(tests.map(({ path }) => path), graph);
    const logic = new Set((syntaxRows.module_shapes ?? []).filter((row) => row.logic === true).map(({ file }) => file));
    return {
      production_modules: workspace.files
        .filter((file) => SOURCE_FILE.test(file.path) && !file.isGenerated && !isTestCode(file) && logic.has(file.path))
        .map(({ path, project }): Row => ({ file: path, line: 1, project, reached: reached.has(path) })),
    };
  },
};
