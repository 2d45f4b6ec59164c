import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { findImportCycles, readImportGraph } from './import-cycles.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'arqon-cycles-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function cyclesOf(files: Record<string, string>, entries: Record<string, string> = {}): string[][] {
  const paths = Object.entries(files).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  });
  const packageEntries = new Map(Object.entries(entries).map(([name, file]) => [name, join(folder, file)]));
  return findImportCycles(readImportGraph(paths, packageEntries), folder);
}

describe('findImportCycles()', () => {
  it('finds none in a tree', () => {
    expect(cyclesOf({ 'a.ts': "import './b.js';", 'b.ts': "import './c.js';", 'c.ts': '' })).toEqual([]);
  });

  it('finds none when two files share an import', () => {
    expect(cyclesOf({ 'a.ts': "import './c.js'; import './b.js';", 'b.ts': "import './c.js';", 'c.ts': '' })).toEqual([]);
  });

  it('finds a cycle of values through three files', () => {
    expect(cyclesOf({ 'a.ts': "import './b.js';", 'b.ts': "import './c.js';", 'c.ts': "import './a.js';" })).toEqual([['a.ts', 'b.ts', 'c.ts']]);
  });

  it.each([
    ["import type { X } from './a.js';"],
    ["export type { X } from './a.js';"],
    ["export { x } from './a.js';"],
    ["export const load = () => import('./a.js');"],
    ["export type Y = import('./a.js').X;"],
  ])('finds a cycle closed by: %s', (closing) => {
    expect(cyclesOf({ 'a.ts': "import './b.js';\nexport type X = 1;", 'b.ts': closing })).toEqual([['a.ts', 'b.ts']]);
  });

  it('finds a cycle through a package name', () => {
    const files = { 'a.ts': "import '@arqonbus/b';", 'b.ts': "import './a.js';" };
    expect(cyclesOf(files, { '@arqonbus/b': 'b.ts' })).toEqual([['a.ts', 'b.ts']]);
  });

  it('finds a file that imports itself', () => {
    expect(cyclesOf({ 'a.ts': "import './a.js';" })).toEqual([['a.ts']]);
  });

  it('reports two separate cycles', () => {
    const files = { 'a.ts': "import './b.js';", 'b.ts': "import './a.js'; import './c.js';", 'c.ts': "import './d.js';", 'd.ts': "import './c.js';" };
    expect(cyclesOf(files).sort()).toEqual([
      ['a.ts', 'b.ts'],
      ['c.ts', 'd.ts'],
    ]);
  });
});
