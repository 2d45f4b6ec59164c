import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { createTempFolder } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';

import type { Rows } from '../fact-source.js';
import { readSyntax } from '../syntax-pass.js';
import { openWorkspace } from '../workspace.js';
import { importGraphSource } from './import-graph.js';
import { importSource } from './imports.js';
import { layoutSource } from './layout.js';
import { projectGraphSource } from './project-graph.js';

const manifest = (name: string, tags: readonly string[], dependencies: Record<string, string> = {}): string =>
  JSON.stringify({ name, dependencies, exports: { '.': { '@arqonbus/source': './src/index.ts' } }, nx: { tags } }, null, 2);

const projects = {
  'package.json': JSON.stringify({ devDependencies: { vitest: '1.0.0' } }),
  'libs/a/package.json': manifest('@arqonbus/a', ['layer:port', 'role:auth'], { '@arqonbus/b': '*', pool: 'npm:pg@8.0.0' }),
  'libs/b/package.json': manifest('@arqonbus/b', ['layer:domain', 'role:domain']),
  'libs/b/src/index.ts': `export { inner } from './inner.js';`,
  'libs/b/src/inner.ts': 'export const inner = 1;',
};

async function factsOf(files: Record<string, string>): Promise<Rows> {
  const folder = createTempFolder('facts-');
  const root = folder.path;
  try {
    for (const [path, text] of Object.entries({ ...projects, ...files })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const workspace = openWorkspace({ root, now: '2026-01-01', base: '' });
    const syntax = readSyntax(workspace, [importSource], join(root, '.cache/kept.json'));
    return { ...(await importGraphSource.read(workspace, syntax)), ...(await projectGraphSource.read(workspace, syntax)), ...(await layoutSource.read(workspace, syntax)) };
  } finally {
    folder.remove();
  }
}

describe('importGraphSource', () => {
  it('lists what leaves the project, and names the owner of a path', async () => {
    const { imports } = await factsOf({ 'libs/a/src/index.ts': `import 'jose';\nimport '../../b/src/inner.js';\nimport '../../../node_modules/@x/pg/lib/a.js';\nimport './own.js';`, 'libs/a/src/own.ts': 'export {};' });
    expect(imports?.map((row) => [row.line, row.package])).toEqual([[1, 'jose'], [2, '@arqonbus/b'], [3, '@x/pg']]);
  });

  it('tells where an import leads nowhere', async () => {
    const text = `import './gone.js';\nimport('x' + name);\nimport '#db';\nimport '@arqonbus/none';\nimport '@arqonbus/b';`;
    const { unresolved_imports: rows } = await factsOf({ 'libs/a/src/index.ts': text });
    expect(rows?.map((row) => [row.module, row.reason])).toEqual([['./gone.js', 'missing'], [`('x' + name)`, 'computed'], ['#db', 'other'], ['@arqonbus/none', 'missing']]);
  });

  it('tells subpaths that are offered from those that are not', async () => {
    const { foreign_imports: rows } = await factsOf({ 'libs/a/src/index.ts': `import '@arqonbus/b';\nimport '@arqonbus/b/src/inner.js';\nimport '../../b/src/inner.js';` });
    expect(rows?.map((row) => [row.line, row.relative, row.exported, row.target_project])).toEqual([[2, false, false, '@arqonbus/b'], [3, true, false, '@arqonbus/b']]);
  });

  it('finds cycles of types and through a package', async () => {
    const { file_cycles: rows } = await factsOf({ 'libs/a/src/index.ts': `import '@arqonbus/b';`, 'libs/b/src/inner.ts': `import type { A } from '@arqonbus/a';\nexport const inner = 1;` });
    expect(rows?.map((row) => row.files)).toEqual([['libs/a/src/index.ts', 'libs/b/src/index.ts', 'libs/b/src/inner.ts']]);
  });

  it('sees production code that imports a test', async () => {
    const { test_imports: rows } = await factsOf({ 'libs/a/src/index.ts': `import '../test/fake.js';`, 'libs/a/test/fake.ts': 'export {};' });
    expect(rows).toEqual([expect.objectContaining({ file: 'libs/a/src/index.ts', target: 'libs/a/test/fake.ts' })]);
  });
});

describe('projectGraphSource', () => {
  it('knows the package behind an alias', async () => {
    const { project_dependencies: rows } = await factsOf({});
    expect(rows).toContainEqual(expect.objectContaining({ project: '@arqonbus/a', name: 'pool', installed: 'pg', section: 'dependencies', workspace: false }));
    expect(rows).toContainEqual(expect.objectContaining({ project: '@arqonbus/a', name: '@arqonbus/b', workspace: true }));
  });

  it('says for each used package where it is declared', async () => {
    const { used_packages: rows } = await factsOf({ 'libs/a/src/index.ts': `import type { A } from 'pool';\nimport { b } from 'pool';\nimport 'jose';`, 'libs/a/src/a.test.ts': `import 'vitest';` });
    expect(rows?.map((row) => [row.package, row.code, row.type_only, row.declared, row.root_declared]).sort()).toEqual([
      ['jose', 'production', false, '', ''], ['pool', 'production', false, 'dependencies', ''], ['vitest', 'test', false, '', 'devDependencies'],
    ]);
  });

  it('joins imports and manifests to edges', async () => {
    const { project_edges: rows } = await factsOf({ 'libs/b/src/a.test.ts': `import '@arqonbus/a';` });
    expect(rows?.map((row) => [row.project, row.to, row.imported, row.tested, row.declared, row.nx]).sort()).toEqual([
      ['@arqonbus/a', '@arqonbus/b', false, false, 'dependencies', 'unknown'], ['@arqonbus/b', '@arqonbus/a', false, true, '', 'unknown'],
    ]);
  });

  it('takes the graph of Nx while nothing is newer, and refuses one that it cannot read', async () => {
    const graph = { nodes: { '@arqonbus/a': {} }, dependencies: { '@arqonbus/a': [] }, computedAt: Date.now() + 60_000 };
    const { graph_sizes: sizes, project_edges: edges } = await factsOf({ '.nx/workspace-data/project-graph.json': JSON.stringify(graph) });
    expect(sizes?.map((row) => [row.project, row.nx])).toEqual([['@arqonbus/a', 'known'], ['@arqonbus/b', 'unknown project']]);
    expect(edges?.map((row) => row.nx)).toEqual(['no']);
    const old = await factsOf({ '.nx/workspace-data/project-graph.json': JSON.stringify({ ...graph, computedAt: 1 }) });
    expect(old.graph_sizes?.map((row) => row.nx)).toEqual(['stale', 'stale']);
    await expect(factsOf({ '.nx/workspace-data/project-graph.json': '{' })).rejects.toThrow('nx reset');
  });
});

describe('layoutSource', () => {
  it('lists folders without a manifest and scripts beside them', async () => {
    const { project_folders: rows } = await factsOf({ 'apps/brain/src/main.ts': '', 'apps/run.ts': '' });
    expect(rows?.map((row) => [row.root, row.has_manifest, row.scripts])).toEqual(expect.arrayContaining([['apps/brain', false, 1], ['apps', false, 1], ['libs/b', true, 2]]));
  });

  it('finds words that say nothing, in folders, files and names', async () => {
    const { vague_names: rows } = await factsOf({ 'libs/a/src/utils/x.ts': '', 'libs/a/src/testHelpers.ts': '', 'libs/a/src/commonplace.ts': '' });
    expect(rows?.map((row) => [row.path, row.word]).sort()).toEqual([['libs/a/src/testHelpers.ts', 'helpers'], ['libs/a/src/utils', 'utils']]);
  });
});
