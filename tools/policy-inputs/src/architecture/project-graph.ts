import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

import type { Row, WorkspaceSource } from '../fact-source.js';
import type { Project, Workspace } from '../workspace.js';
import { type ResolvedImport, resolveImports } from './import-graph.js';

const sections = ['dependencies', 'peerDependencies', 'optionalDependencies', 'devDependencies'] as const;
const CONFIG_FILE = /(^|\/)[\w.]+\.config\.[cm]?[jt]s$|^vitest\.project/;
const SCRIPT = /\.[cm]?[jt]sx?$/;

interface Dependency {
  readonly project: string;
  readonly manifest: string;
  readonly line: number;
  readonly section: (typeof sections)[number];
  readonly name: string;
  readonly version: string;
}

/** `npm:pg@8.1.0` installs `pg` under another name. */
function installedName({ name, version }: Dependency): string {
  const alias = /^npm:((@[^/]+\/)?[^@]+)/.exec(version);
  return alias?.[1] ?? name;
}

function lineOf(text: string, key: string): number {
  const at = text.indexOf(`"${key}":`);
  return at === -1 ? 1 : text.slice(0, at).split('\n').length;
}

function readDependencies(workspace: Workspace): Dependency[] {
  const manifests: readonly { name: string; path: string }[] = [{ name: 'workspace', path: 'package.json' }, ...workspace.projects.map(({ name, root }) => ({ name, path: `${root}/package.json` }))];
  return manifests.filter(({ path }) => workspace.exists(path)).flatMap(({ name: project, path: manifest }) => {
    const text = workspace.read(manifest);
    const parsed = JSON.parse(text) as Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;
    return sections.flatMap((section) => Object.entries(parsed[section] ?? {}).map(([name, version]) => ({ project, manifest, line: lineOf(text, name), section, name, version: String(version) })));
  });
}

function dependencyRow(dependency: Dependency, names: ReadonlySet<string>): Row {
  const { manifest, line, project, name, section } = dependency;
  const installed = installedName(dependency);
  return { file: manifest, line, project, name, section, installed, workspace: names.has(installed) };
}

/** One row per project, package and kind of code: the first place that imports it, values before types. */
function usedPackageRows(resolved: readonly ResolvedImport[], dependencies: readonly Dependency[]): Row[] {
  const declared = new Map<string, string>();
  for (const { project, name, section } of dependencies) if (!declared.has(`${project} ${name}`)) declared.set(`${project} ${name}`, section);
  const used = new Map<string, Row>();
  for (const { row } of resolved) {
    if (row.kind !== 'package' && row.kind !== 'workspace') continue;
    const code = row.test === true ? 'test' : CONFIG_FILE.test(row.file) ? 'config' : 'production';
    const name = String(row.package);
    const key = `${row.project} ${name} ${code}`;
    const before = used.get(key);
    if (before !== undefined && (before.type_only === false || row.type_only === true)) continue;
    used.set(key, {
      file: row.file, line: row.line, project: row.project, package: name, kind: row.kind, code, type_only: row.type_only ?? false,
      declared: name === row.project ? 'self' : declared.get(`${row.project} ${name}`) ?? '', root_declared: declared.get(`workspace ${name}`) ?? '',
    });
  }
  return [...used.values()];
}

interface NxGraph {
  readonly nodes: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, readonly { readonly target: string }[]>>;
  readonly errors?: readonly unknown[];
  readonly computedAt?: number;
}

/**
 * The project graph that Nx itself computed last, when no script or manifest has changed since. Computing it here would take seconds;
 * within an Nx task it is always there.
 *
 * @throws Error when it is there and cannot be read
 */
function readNxGraph(workspace: Workspace): NxGraph | 'absent' | 'stale' {
  const path = join(workspace.root, '.nx/workspace-data/project-graph.json');
  if (!existsSync(path)) return 'absent';
  let graph: NxGraph;
  try {
    graph = JSON.parse(readFileSync(path, 'utf8')) as NxGraph;
  } catch (error) {
    throw new Error('.nx/workspace-data/project-graph.json is no JSON: run `npx nx reset`', { cause: error });
  }
  const computedAt = graph.computedAt ?? 0;
  const decides = workspace.files.filter(({ path: file }) => SCRIPT.test(file) || /(^|\/)(package|project|nx|tsconfig[\w.]*|package-lock)\.json$/.test(file));
  return decides.some(({ path: file }) => statSync(join(workspace.root, file)).mtimeMs > computedAt) ? 'stale' : graph;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  place: { readonly file: string; readonly line: number };
  imported: boolean;
  tested: boolean;
  declared: string;
}

function edgesOf(workspace: Workspace, resolved: readonly ResolvedImport[], dependencies: readonly Dependency[]): Edge[] {
  const names = new Set(workspace.projects.map(({ name }) => name));
  const edges = new Map<string, Edge>();
  const edge = (from: string, to: string, place: Edge['place']): Edge => {
    const found = edges.get(`${from} ${to}`) ?? { from, to, place, imported: false, tested: false, declared: '' };
    edges.set(`${from} ${to}`, found);
    return found;
  };
  for (const { row, targetProject } of resolved) {
    if (!names.has(targetProject) || !names.has(row.project) || targetProject === row.project || CONFIG_FILE.test(row.file)) continue;
    const found = edge(row.project, targetProject, row);
    if (row.test === true) found.tested = true;
    else if (!found.imported) Object.assign(found, { imported: true, place: { file: row.file, line: row.line } });
  }
  for (const dependency of dependencies) {
    const to = installedName(dependency);
    if (dependency.project === 'workspace' || !names.has(to)) continue;
    const found = edge(dependency.project, to, { file: dependency.manifest, line: dependency.line });
    if (found.declared === '') found.declared = dependency.section;
  }
  return [...edges.values()];
}

function edgeRow({ from, to, place, imported, tested, declared }: Edge, nx: NxGraph | 'absent' | 'stale'): Row {
  const seen = typeof nx === 'string' ? 'unknown' : nx.dependencies[from]?.some(({ target }) => target === to) === true ? 'yes' : 'no';
  return { file: place.file, line: place.line, project: from, to, imported, tested, declared, nx: seen };
}

function sizeRow(workspace: Workspace, project: Project, resolved: ReadonlyMap<string, readonly ResolvedImport[]>, nx: NxGraph | 'absent' | 'stale'): Row {
  const files = workspace.files.filter((file) => file.project === project.name && SCRIPT.test(file.path) && file.path.startsWith(posix.join(project.root, 'src/')));
  const own = resolved.get(project.name) ?? [];
  return {
    file: project.manifest, line: 1, project: project.name, scripts: files.length, imports: own.length, resolved: own.filter(({ target }) => target !== '').length,
    crossing: own.filter(({ row, targetProject }) => row.test !== true && row.kind !== 'relative' && targetProject !== project.name).length,
    nx: typeof nx === 'string' ? nx : nx.nodes[project.name] === undefined ? 'unknown project' : 'known',
  };
}

/** The project graph: as manifests declare it, as code imports it, and as Nx knows it. */
export const projectGraphSource: WorkspaceSource = {
  name: 'project graph',
  tables: {
    /** section: of package.json; installed: the package behind the name (`npm:` aliases); workspace: a package of this repository. */
    project_dependencies: ['name', 'section', 'installed', 'workspace'],
    /**
     * Packages that a project imports. code: production, test or config; type_only: by types alone; declared: the section of the project's
     * manifest, self, or empty; root_declared: the same for the top-level manifest.
     */
    used_packages: ['package', 'kind', 'code', 'type_only', 'declared', 'root_declared'],
    /** to: a project; imported: by production code; tested: by test code; declared: section of the manifest or empty; nx: yes, no, or unknown where Nx has no fresh graph. */
    project_edges: ['to', 'imported', 'tested', 'declared', 'nx'],
    /** One row per project. scripts: under src; imports: read there; resolved: those that lead to a file; crossing: those of production code that leave the project; nx: known, unknown project, absent or stale. */
    graph_sizes: ['scripts', 'imports', 'resolved', 'crossing', 'nx'],
  },
  read: (workspace, syntaxRows) => {
    const resolved = resolveImports(workspace, syntaxRows);
    const dependencies = readDependencies(workspace);
    const names = new Set(workspace.projects.map(({ name }) => name));
    const nx = readNxGraph(workspace);
    const byProject = new Map<string, ResolvedImport[]>();
    for (const found of resolved) {
      const own = byProject.get(found.row.project) ?? [];
      own.push(found);
      byProject.set(found.row.project, own);
    }
    return {
      project_dependencies: dependencies.map((dependency) => dependencyRow(dependency, names)),
      used_packages: usedPackageRows(resolved, dependencies),
      project_edges: edgesOf(workspace, resolved, dependencies).map((edge) => edgeRow(edge, nx)),
      graph_sizes: workspace.projects.map((project) => sizeRow(workspace, project, byProject, nx)),
    };
  },
};
