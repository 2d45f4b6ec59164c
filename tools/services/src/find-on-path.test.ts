import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureTool, ToolMissingError } from './ensure-tool.js';
import { findOnPath } from './find-on-path.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arqonbus-path-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('findOnPath()', () => {
  it('returns the first executable file of that name', async () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    await mkdir(join(first, 'a-tool'), { recursive: true });
    await mkdir(second);
    await writeFile(join(second, 'a-tool'), '');
    await chmod(join(second, 'a-tool'), 0o755);
    expect(findOnPath('a-tool', [first, second].join(delimiter))).toBe(join(second, 'a-tool'));
  });

  it('passes over files that may not be executed', async () => {
    await writeFile(join(folder, 'a-tool'), '', { mode: 0o644 });
    expect(findOnPath('a-tool', folder)).toBeUndefined();
  });
});

describe('ensureTool()', () => {
  it('returns what PATH has without installing', async () => {
    await writeFile(join(folder, 'a-tool'), '', { mode: 0o755 });
    expect(await ensureTool('a-tool', { aptPackage: 'a-package', path: folder, mayInstall: false })).toBe(join(folder, 'a-tool'));
  });

  it('names the package when the tool cannot be had', async () => {
    const attempt = ensureTool('a-tool', { aptPackage: 'a-package', path: folder, mayInstall: false });
    await expect(attempt).rejects.toThrow(ToolMissingError);
    await expect(attempt).rejects.toThrow(/install the package a-package/);
  });
});
