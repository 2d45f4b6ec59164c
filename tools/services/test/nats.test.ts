import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureNats, findOnPath, pinnedNatsVersion, startNats } from '../src/index.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arqonbus-ensure-nats-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('error', () => resolve(false));
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
  });
}

describe.skipIf(findOnPath('nats-server') === undefined)('ensureNats() without Go', () => {
  it('falls back to the distribution and says so', async () => {
    const lines: string[] = [];
    const found = await ensureNats({ cacheFolder: folder, go: 'off', onProgress: (line) => void lines.push(line) });
    expect(found.executable).toBe(findOnPath('nats-server'));
    expect(found.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(found.isPinned).toBe(found.version === pinnedNatsVersion);
    expect(lines.join()).toMatch(/no Go toolchain/);
  });

  it('falls back when the build fails, and leaves nothing half built', async () => {
    const lines: string[] = [];
    const found = await ensureNats({ cacheFolder: folder, go: '/bin/false', onProgress: (line) => void lines.push(line) });
    expect(found.executable).toBe(findOnPath('nats-server'));
    expect(lines.join()).toMatch(/could not be built/);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('startNats() with JetStream', () => {
  it('comes back on its port and files after a kill', { timeout: 120_000 }, async () => {
    const { executable } = await ensureNats();
    const nats = await startNats({ executable, jetstream: { storeFolder: folder } });
    const { pid, port } = nats;
    await nats.kill();
    expect(await answers(port)).toBe(false);
    await nats.restart();
    expect(nats.pid).not.toBe(pid);
    expect(nats.port).toBe(port);
    expect(await answers(port)).toBe(true);
    await nats.stop();
    expect(existsSync(folder)).toBe(true);
    expect(await readdir(folder)).toContain('jetstream');
  });

  it('takes a sync interval where the server knows one', { timeout: 120_000 }, async ({ skip }) => {
    const { executable, isPinned } = await ensureNats();
    skip(!isPinned, 'nats-server below 2.10 has no sync_interval');
    const nats = await startNats({ executable, jetstream: { syncInterval: 'always' } });
    await nats.stop();
    await expect(startNats({ executable, jetstream: { syncInterval: 'sometimes' } })).rejects.toThrow(/did not become ready/);
  });
});
