import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import { runFixture } from './run-fixture.js';

describe('createLogger()', () => {
  it('stalls neither the event loop nor the exit when nobody reads standard output (N5)', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'arqon-log-'));
    const report = join(folder, 'report.json');
    const fixture = runFixture('flood-log.ts', { args: [report] });
    fixture.child.stdout?.pause();
    const readReport = async (): Promise<{ longestMs: number; droppedCount: number }> =>
      JSON.parse(await readFile(report, 'utf8')) as { longestMs: number; droppedCount: number };
    const { longestMs, droppedCount } = await vi.waitFor(readReport, { timeout: 25_000, interval: 50 });
    expect(droppedCount).toBeGreaterThan(100);
    // A write that waits for its reader would wait for as long as the test does.
    expect(longestMs).toBeLessThan(8_000);
    const gone = new Promise((resolve) => fixture.child.once('exit', resolve));
    fixture.child.kill('SIGTERM');
    expect(await gone).toBe(0);
    fixture.child.stdout?.destroy();
    await rm(folder, { recursive: true });
  });
});
