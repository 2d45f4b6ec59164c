import { isProcessAlive, startProcess, waitFor, type RunningProcess } from '@arqonbus/testkit';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { DemoSummary } from '../src/transcript.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

function demo(...args: string[]): Promise<RunningProcess> {
  return startProcess({ args: ['--conditions=@arqonbus/source', '--import', 'tsx/esm', 'tools/demo/src/main.ts', ...args], cwd: root });
}

/** Processes that the transcript names. */
function pidsIn(transcript: string): number[] {
  return [...transcript.matchAll(/process (\d+)/g)].map(([, pid]) => Number(pid));
}

describe('npm run demo', () => {
  it('shows a Shield killed and restarted without a message lost or doubled, and ends within 60 s (P1)', async () => {
    const run = await demo('--json');
    expect(await run.exited).toEqual({ code: 0, signal: null });
    const summary = JSON.parse(run.output.stdout) as DemoSummary;
    expect(summary).toMatchObject({ ok: true, publishedCount: 800, deliveredCount: 800, lostCount: 0, doubledCount: 0, foreignCount: 0 });
    expect(summary.durationMs).toBeLessThan(60_000);
    expect(run.output.stderr).toBe('');
    const pids = pidsIn(summary.steps.map(({ text }) => text).join('\n'));
    expect(pids).toHaveLength(3);
    await waitFor(() => !pids.some(isProcessAlive), { what: 'every process of the demo to be gone' });
  }, 120_000);

  it('tells a person what happens, a line each with its time, and cleans up on Ctrl-C', async () => {
    const run = await demo();
    await waitFor(() => run.output.stdout.includes('begin to publish'), { timeoutMs: 60_000, what: 'the stream to begin' });
    expect(run.output.stdout.split('\n')[0]).toMatch(/^ +\d+\.\d\d s {2}Spine runs as process \d+, Shield as process \d+ at wss:/);
    expect(await run.stop('SIGINT')).toEqual({ code: 130, signal: null });
    const pids = pidsIn(run.output.stdout);
    await waitFor(() => !pids.some(isProcessAlive), { what: 'Spine and Shield to be gone' });
  }, 120_000);

  it('refuses a flag that it does not know with exit code 2', async () => {
    const run = await demo('--fast');
    expect(await run.exited).toEqual({ code: 2, signal: null });
    expect(run.output.stderr).toContain("Unknown option '--fast'");
  });
});
