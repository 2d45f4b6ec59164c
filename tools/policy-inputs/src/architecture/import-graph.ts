import { posix } from 'node:path';

import type { Row, Rows, WorkspaceSource } from '../fact-source.js';
import type { Project, Workspace } from '../workspace.js';
import { findCycles } from './cycles.js';

/** A row of `scanned_imports`, and where it leads. */
export interface ResolvedImport {
  readonly row: Row;
  /** The file, relative to the workspace; empty for packages, built-ins and what leads nowhere. */
  readonly target: string;
  /** Project of the target; the package for what npm installed; else empty. */
  readonly targetProject: string;
  /** Whether the target is a place that the other project's `exports` name. */
  readonly isExported: boolean;
}

const known = new WeakMap<Workspace, readonly ResolvedImport[]>();
const extensions: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\.js$/, ['.ts', '.tsx', '.js', '.d.ts']], [/\.mjs$/, ['.mts', '.mjs', '.d.mts']], [/\.cjs$/, ['.cts', '.cjs', '.d.cts']], [/\.jsx$/, ['.tsx', '.jsx']],
];

function candidatesOf(path: string): string[] {
  const found = extensions.find(([pattern]) => pattern.test(path));
  const written = found === undefined ? [] : found[1].map((extension) => path.replace(found[0], extension));
  return [...written, path, ...['.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs', '/index.ts', '/index.js'].map((end) => path + end)];
}

interface Manifest {
  readonly name?: string;
  readonly exports?: Readonly<Record<string, unknown>>;
}

/** Source files that each package offers, by the specifier that reaches it. */
function entriesOf(workspace: Workspace, projects: readonly Project[]): Map<string, string> {
  const entries = new Map<string, string>();
  for (const { root, name } of projects.filter((project) => workspace.exists(`${project.root}/package.json`))) {
    const manifest = JSON.parse(workspace.read(`${root}/package.json`)) as Manifest;
    for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
      const source = typeof target === 'string' ? target : (target as Record<string, unknown> | null)?.['@arqonbus/source'];
      if (typeof source === 'string') entries.set(subpath === '.' ? name : name + subpath.slice(1), posix.join(root, source));
    }
  }
  return entries;
}

function ownerOf(workspace: Workspace, path: string): string {
  const installed = /(^|\/)node_modules\/((@[^/]+\/)?[^/]+)/.exec(path);
  return installed === null ? workspace.projectOf(path) : (installed[2] ?? '');
}

function resolveRelative(workspace: Workspace, row: Row, files: ReadonlySet<string>): ResolvedImport {
  const path = posix.normalize(posix.join(posix.dirname(row.file), String(row.module)));
  // A folder's build output is no file of the repository; a target there is named, not followed.
  const target = candidatesOf(path).find((candidate) => files.has(candidate)) ?? '';
  return { row, target, targetProject: target === '' && path.startsWith('..') ? '' : ownerOf(workspace, target === '' ? path : target), isExported: false };
}

/** Every scanned import with the file that it leads to. Read once per workspace. */
export function resolveImports(workspace: Workspace, syntaxRows: Rows): readonly ResolvedImport[] {
  const before = known.get(workspace);
  if (before !== undefined) return before;
  const files = new Set(workspace.files.map(({ path }) => path));
  const entries = entriesOf(workspace, workspace.projects);
  const names = new Set(workspace.projects.map(({ name }) => name));
  const resolved = (syntaxRows.scanned_imports ?? []).map((row): ResolvedImport => {
    if (row.kind === 'relative') return resolveRelative(workspace, row, files);
    const name = String(row.package);
    const target = entries.get(String(row.module));
    return { row, target: target ?? '', targetProject: names.has(name) ? name : '', isExported: target !== undefined };
  });
  known.set(workspace, resolved);
  return resolved;
}

/** Configuration of a tool, and code that only builds: neither is part of what runs. */
const CONFIG_FILE = /(^|\/)[\w.]+\.config\.[cm]?[jt]s$|^vitest\.project/;

function importRow({ row, targetProject }: ResolvedImport): Row {
  return {
    file: row.file, line: row.line, project: row.project, module: row.module ?? '', kind: row.kind ?? '', package: row.kind === 'relative' ? targetProject : row.package ?? '',
    type_only: row.type_only ?? false, form: row.form ?? '', names: row.names ?? [], test: row.test ?? false,
  };
}

function isForeign({ row, targetProject }: ResolvedImport): boolean {
  return targetProject !== row.project && targetProject !== '';
}

function unresolvedReason({ row, target, isExported, targetProject }: ResolvedImport): string {
  if (row.kind === 'computed' || row.kind === 'other') return String(row.kind);
  if (row.kind === 'relative') return target === '' ? 'missing' : '';
  return row.kind === 'workspace' && !isExported && (targetProject === '' || row.module === row.package) ? 'missing' : '';
}

function foreignRow({ row, target, targetProject, isExported }: ResolvedImport): Row {
  return {
    file: row.file, line: row.line, project: row.project, module: row.module ?? '', relative: row.kind === 'relative', target, target_project: targetProject, exported: isExported,
    test: row.test ?? false, config: CONFIG_FILE.test(row.file),
  };
}

function cycleRows(workspace: Workspace, resolved: readonly ResolvedImport[]): Row[] {
  const graph = new Map<string, Set<string>>();
  for (const { row, target } of resolved) {
    if (target === '') continue;
    const targets = graph.get(row.file) ?? new Set<string>();
    graph.set(row.file, targets.add(target));
  }
  return findCycles(graph).map((cycle) => {
    const [file = ''] = cycle;
    return { file, line: resolved.find(({ row, target }) => row.file === file && cycle.includes(target))?.row.line ?? 1, project: workspace.projectOf(file), files: cycle };
  });
}

const SOURCE_FOLDER = /^(?:apps|libs|tools)\/[^/]+\/src\/(?:([^/]+)\/)?/;

/** Imports from one folder under a Spine's `src` into another; `.` is `src` itself. */
function folderRows(workspace: Workspace, resolved: readonly ResolvedImport[]): Row[] {
  const spines = new Set(workspace.projects.filter(({ root, tags }) => tags.includes('role:spine') || root === 'apps/spine').map(({ name }) => name));
  return resolved.flatMap(({ row, target, targetProject }) => {
    if (!spines.has(row.project) || targetProject !== row.project || row.test === true) return [];
    const [from, to] = [SOURCE_FOLDER.exec(row.file)?.[1] ?? '.', SOURCE_FOLDER.exec(target)?.[1] ?? '.'];
    if (from === to || to === '.') return [];
    return [{ file: row.file, line: row.line, project: row.project, from, to, target: posix.basename(target), type_only: row.type_only ?? false }];
  });
}

/** What follows from all imports together. */
export const importGraphSource: WorkspaceSource = {
  name: 'import graph',
  tables: {
    /**
     * Imports of production code that leave their project: packages, built-ins, other projects, native addons. Columns as those of `scanned_imports`,
     * but `package` of a relative import is the project, or the installed package, that its path leads to.
     */
    imports: ['module', 'kind', 'package', 'type_only', 'form', 'names', 'test'],
    /** Imports that lead to no known file; reason: missing, computed, or other (neither a path nor a package). */
    unresolved_imports: ['module', 'reason', 'form', 'test'],
    /**
     * Imports of another project but by its bare name, tests and configuration included. relative: by path; target: the file, where it is
     * known; target_project: owner of the target; exported: offered by the other's package.json.
     */
    foreign_imports: ['module', 'relative', 'target', 'target_project', 'exported', 'test', 'config'],
    /** Production code that imports test code. */
    test_imports: ['module', 'target'],
    /** Imports between folders of the Spine. from, to: folder under src, `.` for src itself; target: the file's name. */
    spine_imports: ['from', 'to', 'target', 'type_only'],
    // files: members of one import cycle, of values or types, sorted.
    file_cycles: ['files'],
  },
  read: (workspace, syntaxRows) => {
    const resolved = resolveImports(workspace, syntaxRows);
    const production = resolved.filter(({ row }) => row.test !== true && !CONFIG_FILE.test(row.file));
    const tests = new Set(workspace.files.filter(({ isTest }) => isTest).map(({ path }) => path));
    return {
      imports: production.filter((found) => found.row.kind !== 'relative' || isForeign(found) || String(found.row.module).endsWith('.node')).map(importRow),
      unresolved_imports: resolved.flatMap((found) => {
        const reason = unresolvedReason(found);
        const { file, line, project, module = '', form = '', test = false } = found.row;
        return reason === '' ? [] : [{ file, line, project, module, reason, form, test }];
      }),
      foreign_imports: resolved.filter((found) => isForeign(found) && found.row.module !== found.row.package && (found.row.kind === 'relative' || found.row.kind === 'workspace')).map(foreignRow),
      test_imports: production.filter(({ target }) => tests.has(target)).map(({ row, target }) => ({ file: row.file, line: row.line, project: row.project, module: row.module ?? '', target })),
      spine_imports: folderRows(workspace, resolved),
      file_cycles: cycleRows(workspace, resolved),
    };
  },
};
