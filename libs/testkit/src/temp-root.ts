import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Vitest runs it before and after all tests of a project (`globalSetup`): one folder for the temporary files of all its processes, so that nothing
 * stays of those that are killed. A run within a run uses that of the outer one.
 */
export function setup(): (() => void) | undefined {
  if (process.env['ARQON_TEST_TEMP_ROOT'] !== undefined) return undefined;
  const before = process.env['TMPDIR'];
  const root = mkdtempSync(join(tmpdir(), 'arqonbus-test-'));
  // A server may run as another user, who has to reach its own folder in it.
  chmodSync(root, 0o711);
  process.env['ARQON_TEST_TEMP_ROOT'] = process.env['TMPDIR'] = root;
  return () => {
    delete process.env['ARQON_TEST_TEMP_ROOT'];
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    // A server that was told to end may still write.
    rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
}
