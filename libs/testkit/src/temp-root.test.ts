import { existsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { setup } from './temp-root.js';

afterEach(() => { vi.unstubAllEnvs(); });

describe('setup()', () => {
  it('gives temporary files a folder of their own until the run ends', () => {
    vi.stubEnv('ARQON_TEST_TEMP_ROOT', undefined);
    const before = tmpdir();
    const teardown = setup();
    const root = tmpdir();
    expect(dirname(root)).toBe(before);
    expect(statSync(root).mode & 0o777).toBe(0o711);
    writeFileSync(join(root, 'left'), '');
    teardown?.();
    expect(existsSync(root)).toBe(false);
    expect(tmpdir()).toBe(before);
  });

  it('leaves a run within a run in the folder of the outer one', () => {
    vi.stubEnv('ARQON_TEST_TEMP_ROOT', tmpdir());
    expect(setup()).toBeUndefined();
  });
});
