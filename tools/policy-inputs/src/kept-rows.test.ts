import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { createTempFolder, type TempFolder } from '@arqonbus/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Row, Rows, WorkspaceSource } from './fact-source.js';
import { openKeptRows } from './kept-rows.js';
import { openWorkspace, type Workspace } from './workspace.js';

let folder: TempFolder;
let reads: string[];
beforeEach(() => {
  folder = createTempFolder('kept-rows-');
  reads = [];
  write('package.json', '{}');
  write('docs/a.md', 'one');
});
afterEach(() => folder.remove());

function write(path: string, text: string): void {
  mkdirSync(dirname(folder.file(path)), { recursive: true });
  writeFileSync(folder.file(path), text);
}

const row = (text: string): Row => ({ file: 'docs/a.md', line: 1, project: 'workspace', text });

function makeSource(name: string, read: (workspace: Workspace, rows: Rows) => string): WorkspaceSource {
  return {
    name,
    tables: { texts: ['text'] },
    read: (workspace, rows) => {
      reads.push(name);
      return { texts: [row(read(workspace, rows))] };
    },
  };
}

interface Run {
  readonly now?: string;
  readonly codeDigest?: string;
  readonly syntaxRows?: Rows;
}

/** One run over the folder as it stands. */
async function readBy(source: WorkspaceSource, { now = '2026-01-01', codeDigest = 'code', syntaxRows = {} }: Run = {}): Promise<unknown> {
  const workspace = openWorkspace({ root: folder.path, now, base: '' });
  const keeper = openKeptRows(workspace, syntaxRows, { folder: folder.file('.cache'), codeDigest });
  const rows = await keeper.read(source);
  keeper.save();
  return rows.texts?.[0]?.text;
}

const content = makeSource('content', (workspace) => workspace.read('docs/a.md'));

describe('openKeptRows()', () => {
  it('does not read again what has not changed', async () => {
    expect(await readBy(content)).toBe('one');
    expect(await readBy(content)).toBe('one');
    expect(reads).toEqual(['content']);
  });

  const bySource: [string, (workspace: Workspace, rows: Rows) => string, () => Run, string, string][] = [
    ['a file that it read', (workspace) => workspace.read('docs/a.md'), () => { write('docs/a.md', 'two'); return {}; }, 'one', 'two'],
    ['the bytes of a file', (workspace) => Buffer.from(workspace.readBytes('docs/a.md')).toString(), () => { write('docs/a.md', 'two'); return {}; }, 'one', 'two'],
    ['the digest of a file', (workspace) => String(workspace.digest('docs/a.md').startsWith('7692')), () => { write('docs/a.md', 'two'); return {}; }, 'true', 'false'],
    ['a file that was not there', (workspace) => String(workspace.exists('docs/b.md')), () => { write('docs/b.md', ''); return {}; }, 'false', 'true'],
    ['a file that is gone', (workspace) => String(workspace.exists('docs/a.md')), () => { rmSync(folder.file('docs/a.md')); return {}; }, 'true', 'false'],
    ['the list of files', (workspace) => workspace.files.map(({ path }) => path).join(), () => { write('docs/b.md', ''); return {}; }, 'docs/a.md,package.json', 'docs/a.md,docs/b.md,package.json'],
    ['the projects', (workspace) => workspace.projects.map(({ name }) => name).join(), () => { write('libs/p/package.json', '{"name":"p"}'); return {}; }, '', 'p'],
    ['the owner of a path', (workspace) => workspace.projectOf('libs/p/a.ts'), () => { write('libs/p/package.json', '{"name":"p"}'); return {}; }, 'workspace', 'p'],
    ['the date', (workspace) => workspace.now, () => ({ now: '2026-01-02' }), '2026-01-01', '2026-01-02'],
    ['a table', (_, rows) => String(rows.things?.length), () => ({ syntaxRows: { things: [row('x')] } }), 'undefined', '1'],
    ['whether there is a table', (_, rows) => String('things' in rows), () => ({ syntaxRows: { things: [row('x')] } }), 'false', 'true'],
  ];

  it.each(bySource)('reads again after a change of %s', async (_, read, change, before, after) => {
    const source = makeSource('source', read);
    expect(await readBy(source)).toBe(before);
    expect(await readBy(source)).toBe(before);
    expect(reads).toHaveLength(1);
    expect(await readBy(source, change())).toBe(after);
    expect(reads).toHaveLength(2);
  });

  it('reads again with other code', async () => {
    await readBy(content);
    await readBy(content, { codeDigest: 'other code' });
    expect(reads).toHaveLength(2);
  });

  it.each([['is cut short', '{"key": "'], ['is of another shape', '[]']])('reads again when what was kept %s', async (_, kept) => {
    await readBy(content);
    write('.cache/rows.json', kept);
    expect(await readBy(content)).toBe('one');
    expect(reads).toHaveLength(2);
  });

  const past: [string, (workspace: Workspace, rows: Rows) => string][] = [
    ['by the root', (workspace) => workspace.root],
    ['from a commit', (workspace) => String(workspace.changeCommit())],
    ['from all tables', (_, rows) => Object.keys(rows).join()],
    ['whichever tables are own', (_, rows) => String(Object.hasOwn(rows, 'things'))],
  ];

  it.each(past)('keeps nothing of a source that reads %s, for that cannot be compared', async (_, read) => {
    const source = makeSource('past', read);
    await readBy(source);
    await readBy(source);
    expect(reads).toHaveLength(2);
  });

  it('keeps nothing of a source that sees a file change while it reads', async () => {
    const source = makeSource('race', (workspace) => {
      const before = workspace.read('docs/a.md');
      write('docs/a.md', 'two');
      const after = before + workspace.read('docs/a.md');
      write('docs/a.md', 'one');
      return after;
    });
    expect(await readBy(source)).toBe('onetwo');
    await readBy(source);
    expect(reads).toHaveLength(2);
  });

  it('fails each time for what cannot be read, also where it could be before', async () => {
    await readBy(content);
    rmSync(folder.file('docs/a.md'));
    await expect(readBy(content)).rejects.toThrow('a.md');
    await expect(readBy(content)).rejects.toThrow('a.md');
  });
});
