import { mkdirSync, writeFileSync } from 'node:fs';

import { createTempFolder, type TempFolder } from '@arqonbus/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { hostUseSource } from './architecture/host-uses.js';
import { readSyntax } from './syntax-pass.js';
import { openWorkspace } from './workspace.js';

let folder: TempFolder;
beforeEach(() => {
  folder = createTempFolder('syntax-pass-');
  writeFileSync(folder.file('package.json'), '{}');
  mkdirSync(folder.file('apps'));
});
afterEach(() => folder.remove());

function readScript(text: string): unknown {
  writeFileSync(folder.file('apps/a.ts'), text);
  return readSyntax(openWorkspace({ root: folder.file('.'), now: '2026-01-01' }), [hostUseSource], folder.file('kept.json'));
}

describe('readSyntax()', () => {
  it('reads a script', () => {
    expect(readScript('export const home = process.env.HOME;')).toMatchObject({ environment_reads: [{ variable: 'HOME' }] });
  });

  it('gives no facts of a script that it understands in part', () => {
    expect(() => readScript('export const a = 1;\nexport const b = {{{;')).toThrow(/^apps\/a\.ts:2 cannot be parsed/);
  });
});
