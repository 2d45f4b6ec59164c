import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createTempFolder } from '@arqonbus/testkit';
import { expect, it } from 'vitest';

import { readSyntax } from '../syntax-pass.js';
import { openWorkspace } from '../workspace.js';
import { importSource } from './imports.js';
import { projectGraphSource } from './project-graph.js';

interface NxExport {
  readonly graph: {
    readonly nodes: Readonly<Record<string, { readonly data: { readonly tags?: readonly string[] } }>>;
    readonly dependencies: Readonly<Record<string, readonly { readonly target: string }[]>>;
  };
}

const root = join(import.meta.dirname, '../../../..');

function readNx(file: string): NxExport['graph'] {
  const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_ISOLATE_PLUGINS: 'false' };
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'node_modules/nx/dist/bin/nx.js'), 'graph', `--file=${file}`], { cwd: root, env, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return (JSON.parse(readFileSync(file, 'utf8')) as NxExport).graph;
}

interface NxOptions {
  readonly implicitDependencies?: readonly string[];
}

function implicitOf(manifest: string): readonly string[] {
  const { nx, implicitDependencies } = JSON.parse(manifest) as NxOptions & { readonly nx?: NxOptions };
  return nx?.implicitDependencies ?? implicitDependencies ?? [];
}

it('the project graph read from imports and manifests is the one that Nx computes', { timeout: 120_000 }, async () => {
  const folder = createTempFolder('nx-graph-');
  try {
    const nx = readNx(folder.file('graph.json'));
    const workspace = openWorkspace({ root });
    const { project_edges: edges = [] } = await projectGraphSource.read(workspace, readSyntax(workspace, [importSource], folder.file('kept.json')));
    const own = edges.map((row) => `${row.project} → ${String(row.to)}`).sort();
    const names = new Set(workspace.projects.map(({ name }) => name));
    const theirs = Object.entries(nx.dependencies).flatMap(([from, list]) => list.filter(({ target }) => names.has(target)).map(({ target }) => `${from} → ${target}`));
    expect(workspace.projects.map(({ name }) => name).sort()).toEqual(Object.keys(nx.nodes).sort());
    expect(own.filter((edge) => !theirs.includes(edge))).toEqual([]);
    // What Nx has beyond that is written down by hand, for order of tasks, and allows no import.
    const byHand = workspace.projects.flatMap(({ name, manifest }) => implicitOf(workspace.read(manifest)).map((to) => `${name} → ${to}`));
    expect(theirs.filter((edge) => !own.includes(edge) && !byHand.some((written) => edge.replace('→ @arqonbus/', '→ ') === written))).toEqual([]);
    for (const { name, tags } of workspace.projects) expect(nx.nodes[name]?.data.tags ?? []).toEqual(expect.arrayContaining([...tags]));
  } finally {
    folder.remove();
  }
});
