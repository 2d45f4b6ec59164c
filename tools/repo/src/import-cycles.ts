import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

import ts from 'typescript';

/** Files and the files they import, both absolute. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/**
 * Reads which files import which: values, types, re-exports, dynamic imports and `import('…')` types alike.
 *
 * @param files absolute paths of TypeScript files
 * @param packageEntries source entry file of each workspace package, by package name
 * @returns edges between the given files only
 */
export function readImportGraph(files: readonly string[], packageEntries: ReadonlyMap<string, string>): ImportGraph {
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
      const targets = importedFiles.map(({ fileName }) => resolveSpecifier(file, fileName, packageEntries));
      return [file, targets.filter((target): target is string => target !== undefined && known.has(target))];
    }),
  );
}

function resolveSpecifier(from: string, specifier: string, packageEntries: ReadonlyMap<string, string>): string | undefined {
  if (!specifier.startsWith('.')) return packageEntries.get(specifier);
  const path = resolve(dirname(from), specifier);
  const candidates = [path.replace(/\.js$/, '.ts'), path.replace(/\.mjs$/, '.mts'), path];
  return candidates.find((candidate) => existsSync(candidate));
}

interface SearchState {
  readonly index: Map<string, number>;
  readonly low: Map<string, number>;
  readonly stack: string[];
  readonly components: string[][];
}

/** Tarjan's algorithm: a strongly connected component of more than one file is a cycle. */
function visit(file: string, graph: ImportGraph, state: SearchState): void {
  const order = state.index.size;
  state.index.set(file, order);
  state.low.set(file, order);
  state.stack.push(file);
  for (const target of graph.get(file) ?? []) {
    if (!state.index.has(target)) {
      visit(target, graph, state);
      lower(state, file, state.low.get(target));
    } else if (state.stack.includes(target)) {
      lower(state, file, state.index.get(target));
    }
  }
  if (state.low.get(file) === order) state.components.push(state.stack.splice(state.stack.indexOf(file)));
}

function lower(state: SearchState, file: string, value: number | undefined): void {
  state.low.set(file, Math.min(state.low.get(file) ?? Infinity, value ?? Infinity));
}

/**
 * Finds import cycles, of values and of types (style point 8).
 *
 * @param root paths in the result are relative to it
 * @returns one sorted list of files per cycle, a file that imports itself included; empty when there is none
 */
export function findImportCycles(graph: ImportGraph, root: string): string[][] {
  const state: SearchState = { index: new Map(), low: new Map(), stack: [], components: [] };
  for (const file of graph.keys()) {
    if (!state.index.has(file)) visit(file, graph, state);
  }
  const isCycle = (files: readonly string[]): boolean => files.length > 1 || files.some((file) => graph.get(file)?.includes(file) === true);
  return state.components.filter(isCycle).map((files) => files.map((file) => relative(root, file)).sort());
}

/**
 * Maps each workspace package to the source file its name stands for.
 *
 * @param packageFolders absolute paths of packages
 */
export function readPackageEntries(packageFolders: readonly string[]): Map<string, string> {
  const entries = new Map<string, string>();
  for (const folder of packageFolders) {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; exports?: Record<string, unknown> };
    for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
      const source = sourceOf(target);
      if (source !== undefined) entries.set(subpath === '.' ? manifest.name : `${manifest.name}${subpath.slice(1)}`, join(folder, source));
    }
  }
  return entries;
}

function sourceOf(target: unknown): string | undefined {
  if (typeof target !== 'object' || target === null || !('@arqonbus/source' in target)) return undefined;
  const source = target['@arqonbus/source'];
  return typeof source === 'string' ? source : undefined;
}
