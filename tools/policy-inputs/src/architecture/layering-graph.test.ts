import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../../..');

interface LintRow {
  readonly mayDependOn?: readonly string[];
  readonly mustNotDependOn?: readonly string[];
  readonly bannedPackages: readonly string[];
  readonly onlyExternal?: readonly string[];
  readonly onlyModules?: readonly string[];
  readonly bannedBuiltins?: readonly string[] | 'all';
  readonly bannedHttpNames?: readonly string[];
  readonly compositionRootOnlyPackages?: readonly string[];
  readonly adaptersInCompositionRootOnly?: boolean;
}

interface LintTable {
  readonly ALL_ROWS: Readonly<Record<string, LintRow>>;
  readonly SPINE_LAYERS: readonly string[];
  readonly TEST_ONLY_LAYERS: readonly string[];
  readonly VENDORS: Readonly<Record<string, readonly string[]>>;
}

interface LayeringGraph {
  readonly rows: Readonly<Record<string, unknown>>;
  readonly test_layers: readonly string[];
  readonly databases: readonly string[];
  readonly roles: readonly string[];
  readonly sockets: { readonly packages: readonly string[] };
  readonly spine: { readonly layers: readonly string[] };
}

const lintTablePath = join(root, 'tools/repo/eslint/layer-table.mjs');
const lint = (await import(lintTablePath)) as LintTable;
const { layering_graph: graph } = JSON.parse(readFileSync(join(root, 'policies/data/layering_graph.json'), 'utf8')) as { layering_graph: LayeringGraph };

function policyRow(row: LintRow): unknown {
  return {
    may: row.mayDependOn ?? [], must_not: row.mustNotDependOn ?? [], banned_packages: row.bannedPackages, only_packages: row.onlyExternal ?? [], only_modules: row.onlyModules ?? [],
    banned_builtins: row.bannedBuiltins === 'all' ? ['*'] : row.bannedBuiltins ?? [], banned_http_names: row.bannedHttpNames ?? [],
    root_only_packages: row.compositionRootOnlyPackages ?? [], adapters_in_root_only: row.adaptersInCompositionRootOnly ?? false,
  };
}

describe('data.layering_graph', () => {
  it('says the same as the lint table, row by row', () => {
    expect(graph.rows).toEqual(Object.fromEntries(Object.entries(lint.ALL_ROWS).map(([tag, row]) => [tag, policyRow(row)])));
  });

  it('knows the same layers of the Spine and of tests', () => {
    expect(graph.spine.layers).toEqual(lint.SPINE_LAYERS);
    expect(graph.test_layers).toEqual(lint.TEST_ONLY_LAYERS);
  });

  it('counts every vendor of the lint table as a database or a socket', () => {
    const { uws = [], ws = [], ...databases } = lint.VENDORS;
    expect(graph.sockets.packages).toEqual(expect.arrayContaining([...uws, ...ws]));
    expect(graph.databases).toEqual(expect.arrayContaining(Object.values(databases).flat()));
  });

  it('knows every role that has a row', () => {
    expect(graph.roles).toEqual(expect.arrayContaining(Object.keys(graph.rows).filter((tag) => tag.startsWith('role:'))));
  });
});
