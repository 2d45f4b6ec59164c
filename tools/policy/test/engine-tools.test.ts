import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { createTempFolder, type TempFolder } from '@arqonbus/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ensurePinnedTool, type EnsuredTool } from '../src/tools/ensure-tool.js';
import { conftestTool, type PinnedTool } from '../src/tools/pinned-tools.js';

let folder: TempFolder;
let tool: PinnedTool;
let said: string[];
beforeEach(() => {
  folder = createTempFolder();
  mkdirSync(join(folder.path, 'module'));
  for (const file of ['go.mod', 'go.sum']) writeFileSync(join(folder.path, 'module', file), `${file}\n`);
  tool = { name: 'judge', version: '1.2.3', moduleFolder: join(folder.path, 'module'), mainPackage: 'example/judge', versionArguments: ['--version'], versionPattern: /^Judge: (\S+)$/m };
  said = [];
});
afterEach(() => folder.remove());

function script(path: string, text: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A Go toolchain that "builds" a program of the version and counts how often it does. */
function makeGo(version: string): string {
  const log = join(folder.path, 'builds');
  return script(join(folder.path, 'go'), `echo "$@" >> ${log}\nprintf '#!/bin/sh\\necho "Judge: ${version}"\\n' > "$GOBIN/judge"\nchmod 755 "$GOBIN/judge"`);
}

const builds = (): string[] => readFileSync(join(folder.path, 'builds'), 'utf8').trim().split('\n');
const ensure = (go: string, path = '/nonexistent'): Promise<EnsuredTool> =>
  ensurePinnedTool(tool, { cacheFolder: join(folder.path, 'cache'), go, path, onProgress: (line) => void said.push(line) });

describe('ensurePinnedTool()', () => {
  it('takes the program on PATH when it states the pinned version, and no other', async () => {
    const executable = script(join(folder.path, 'bin/judge'), 'echo "Judge: 1.2.3"');
    expect(await ensure('off', join(folder.path, 'bin'))).toEqual({ ok: true, executable, version: '1.2.3', origin: 'path' });
    for (const text of ['echo "Judge: 1.2.4"', 'echo "Judge: 1.2.3-dev"', 'exit 1', 'echo nothing']) {
      script(executable, text);
      expect(await ensure('off', join(folder.path, 'bin'))).toMatchObject({ ok: false, reason: expect.stringContaining('neither judge 1.2.3 nor a Go toolchain') as string });
    }
  });

  it('builds once', async () => {
    const go = makeGo('1.2.3');
    const first = await ensure(go);
    expect(first).toMatchObject({ ok: true, version: '1.2.3', origin: 'built' });
    expect(await ensure(go)).toEqual(first);
    expect(await ensure('off')).toEqual(first);
    expect(builds()).toHaveLength(1);
    expect(builds()[0]).toContain('-trimpath');
    expect(said).toEqual(['building judge 1.2.3 with Go (once, some minutes)']);
  });

  it('builds once when two need it at the same time', async () => {
    const go = makeGo('1.2.3');
    const results = await Promise.all([ensure(go), ensure(go), ensure(go)]);
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(builds()).toHaveLength(1);
  });

  it('takes over from a builder that is gone', async () => {
    const go = makeGo('1.2.3');
    const built = await ensure(go);
    if (!built.ok) expect.fail(built.reason);
    const cache = join(folder.path, 'cache');
    const [kept = ''] = readdirSync(cache);
    writeFileSync(join(cache, `${kept}.lock`), '999999999');
    writeFileSync(built.executable, 'altered');
    expect(await ensure(go)).toEqual(built);
  });

  it('builds anew what is not what was built', async () => {
    const go = makeGo('1.2.3');
    const built = await ensure(go);
    if (!built.ok) expect.fail(built.reason);
    script(built.executable, 'echo "Judge: 1.2.3"; exit 0 # altered');
    expect(await ensure('off')).toMatchObject({ ok: false });
    expect(await ensure(go)).toEqual(built);
    expect(builds()).toHaveLength(2);
    expect(said.at(-2)).toContain('is not the program that was built');
  });

  it('builds anew when the pins change', async () => {
    const go = makeGo('1.2.3');
    await ensure(go);
    writeFileSync(join(tool.moduleFolder, 'go.sum'), 'other\n');
    await ensure(go);
    expect(builds()).toHaveLength(2);
  });

  it('says why it could not build, and keeps nothing', async () => {
    const failing = script(join(folder.path, 'go'), 'echo "no route to the proxy" >&2; exit 1');
    expect(await ensure(failing)).toMatchObject({ ok: false, reason: expect.stringContaining('no route to the proxy') as string });
    expect(await ensure(makeGo('9.9.9'))).toMatchObject({ ok: false, reason: expect.stringContaining('says that it is 9.9.9') as string });
    expect(readdirSync(join(folder.path, 'cache'))).toEqual([]);
  });
});

describe('the pins', () => {
  it('are the versions that go.mod requires', () => {
    expect(readFileSync(join(conftestTool.moduleFolder, 'go.mod'), 'utf8')).toContain(`${conftestTool.mainPackage} v${conftestTool.version}`);
  });

  it('know how official builds state their version', () => {
    expect(conftestTool.versionPattern.exec('Conftest: 0.69.0\nOPA: 1.19.0\n')?.[1]).toBe('0.69.0');
    expect(conftestTool.versionPattern.exec('Conftest: dev\nOPA: 1.19.0\n')?.[1]).toBe('dev');
  });
});
