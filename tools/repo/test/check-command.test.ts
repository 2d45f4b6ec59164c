import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { WORKSPACE_ROOT } from '../src/workspace.js';

describe('check command', () => {
  it('refuses an unknown flag with one line that names the known ones, and exit code 1', () => {
    const result = spawnSync(process.execPath, [join(WORKSPACE_ROOT, 'tools/repo/bin/check.mjs'), '--fast'], { encoding: 'utf8' });
    expect(result.status).toBe(1);
    expect(result.stderr.trim()).toBe('Expected nothing or one of --quick, --long, --coverage, not: --fast');
  });
});
