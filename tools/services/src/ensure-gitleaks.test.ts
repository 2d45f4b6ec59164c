import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ensureGitleaks } from './ensure-gitleaks.js';

it('says why there is no gitleaks where it cannot be built', async () => {
  const cacheFolder = await mkdtemp(join(tmpdir(), 'gitleaks-'));
  const told: string[] = [];
  try {
    expect(await ensureGitleaks({ cacheFolder, go: 'off', onProgress: (line) => void told.push(line) })).toBeUndefined();
    expect(told).toEqual([expect.stringContaining('no Go toolchain')]);
  } finally {
    await rm(cacheFolder, { recursive: true, force: true });
  }
});
