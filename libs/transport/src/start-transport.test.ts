import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RawClient } from '../test/raw-client.js';
import { RecordingOwner } from '../test/recording-owner.js';
import { engineBinaryName } from './engine-binary.js';
import { engineChecksums } from './engine-checksums.js';
import { findEngineObstacle, startTransport } from './start-transport.js';
import type { InstalledEngine } from './start-transport.js';
import type { TransportOptions } from './transport.js';

const options: TransportOptions = { host: '127.0.0.1', port: 0, maxMessageBytes: 1000, maxBufferedBytes: 1000, idleTimeoutMs: 60_000 };
const hasEngine = engineBinaryName({ platform: process.platform, arch: process.arch, abi: process.versions.modules }) in engineChecksums;

describe('startTransport()', () => {
  it('starts the engine where it has a binary, else the fallback with one warning', async () => {
    const warnings: string[] = [];
    const started = await startTransport(options, new RecordingOwner(), { onWarning: (message) => warnings.push(message) });
    await RawClient.open({ port: started.server.port });
    await started.server.close();
    expect(started.kind).toBe(hasEngine ? 'engine' : 'fallback');
    expect(warnings.length).toBe(hasEngine ? 0 : 1);
  });

  it('starts the fallback without a warning when asked to', async () => {
    const warnings: string[] = [];
    const started = await startTransport(options, new RecordingOwner(), { prefer: 'fallback', onWarning: (message) => warnings.push(message) });
    await RawClient.open({ port: started.server.port });
    await started.server.close();
    expect([started.kind, warnings]).toEqual(['fallback', []]);
  });
});

describe('findEngineObstacle()', () => {
  let folder: string;
  let engine: InstalledEngine;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arqon-engine-'));
    const checksums = { 'uws_test.node': createHash('sha256').update('native code').digest('hex') };
    engine = { folder, binaryName: 'uws_test.node', checksums, load: () => Promise.resolve() };
    await writeFile(join(folder, 'uws_test.node'), 'native code');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('finds none for a binary that matches and loads', async () => {
    expect(await findEngineObstacle(engine)).toBeUndefined();
  });

  it('names a package or a binary that is missing', async () => {
    expect(await findEngineObstacle({ ...engine, folder: undefined })).toBe('the native engine is not installed');
    expect(await findEngineObstacle({ ...engine, binaryName: 'uws_other.node' })).toBe('the native engine has no binary uws_other.node');
  });

  it('names a binary that this C library cannot load', async () => {
    const load = (): Promise<never> => Promise.reject(new Error('ld-linux is missing'));
    expect(await findEngineObstacle({ ...engine, load })).toBe('the native engine uws_test.node cannot be loaded (ld-linux is missing)');
  });

  it('fails on an altered binary before it is loaded', async () => {
    await writeFile(join(folder, 'uws_test.node'), 'altered');
    let isLoaded = false;
    const load = (): Promise<void> => {
      isLoaded = true;
      return Promise.resolve();
    };
    await expect(findEngineObstacle({ ...engine, load })).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(isLoaded).toBe(false);
  });
});
