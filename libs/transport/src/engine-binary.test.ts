import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineBinaryName, findEngineFolder, verifyEngineBinary } from './engine-binary.js';
import { engineChecksums } from './engine-checksums.js';

describe('verifyEngineBinary()', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arqon-engine-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const name = 'uws_linux_x64_115.node';
  const checksumOf = (content: string): string => createHash('sha256').update(content).digest('hex');

  it('verifies a file with the listed checksum', async () => {
    await writeFile(join(folder, name), 'native code');
    expect(await verifyEngineBinary(folder, name, { [name]: checksumOf('native code') })).toBe('verified');
  });

  it('reports a file that is not there', async () => {
    expect(await verifyEngineBinary(folder, name, { [name]: checksumOf('native code') })).toBe('missing');
  });

  it('refuses a file with another content', async () => {
    await writeFile(join(folder, name), 'native code, altered');
    await expect(verifyEngineBinary(folder, name, { [name]: checksumOf('native code') })).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('refuses a file that no checksum is known for', async () => {
    await writeFile(join(folder, name), 'native code');
    await expect(verifyEngineBinary(folder, name, {})).rejects.toThrow(`${name} does not match its checksum; refusing to load it`);
  });
});

describe('engineChecksums', () => {
  it('names every binary that is installed, and each matches', async () => {
    const folder = await findEngineFolder();
    if (folder === undefined) throw new Error('the engine is not installed');
    const names = (await readdir(folder)).sort();
    expect(Object.keys(engineChecksums).sort()).toEqual(names);
    for (const name of names) expect(await verifyEngineBinary(folder, name, engineChecksums)).toBe('verified');
  });
});

describe('engineBinaryName()', () => {
  it('is the name that the package loads', () => {
    expect(engineBinaryName({ platform: 'linux', arch: 'x64', abi: '115' })).toBe('uws_linux_x64_115.node');
  });
});
