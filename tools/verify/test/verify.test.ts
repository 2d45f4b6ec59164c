import { startRedis } from '@arqonbus/services';
import { startProcess, waitFor, type RunningProcess } from '@arqonbus/testkit';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runVerify } from '../src/run-verify.js';
import type { StartStore } from '../src/store-server.js';
import type { VerifySummary } from '../src/report.js';
import type { StoreName } from '../src/verify-options.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** In CI each store is broken for a minute, with one Spine; elsewhere a quarter of one has to do. */
const isLong = process.env.ARQON_TEST_LONG === '1' || process.env.CI !== undefined;
const timeoutMs = 300_000;

function minutesFor(spines: number): string {
  return isLong && spines === 1 ? '1' : '0.25';
}

function verify(...args: string[]): Promise<RunningProcess> {
  return startProcess({ args: ['--conditions=@arqonbus/source', '--import', 'tsx', 'tools/verify/src/main.ts', ...args], cwd: root });
}

/** Runs the checker for a while and returns its summary; a failure shows the whole report. */
async function verified(...args: string[]): Promise<VerifySummary> {
  const run = await verify('--json', ...args);
  const exit = await run.exited;
  expect(exit, run.output.stderr).toEqual({ code: 0, signal: null });
  return JSON.parse(run.output.stdout.trimEnd().split('\n').at(-1) ?? '') as VerifySummary;
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

interface Case {
  readonly store: StoreName;
  readonly spines: number;
  /** Durabilities that acknowledgements may name. */
  readonly promised: readonly string[];
}

const cases: readonly Case[] = [
  { store: 'memory', spines: 1, promised: ['MEMORY'] },
  { store: 'embedded', spines: 1, promised: ['FSYNC'] },
  { store: 'redis', spines: 1, promised: ['FSYNC'] },
  { store: 'redis', spines: 2, promised: ['FSYNC'] },
  // STORE on a nats-server that cannot sync before each acknowledgement.
  { store: 'jetstream', spines: 1, promised: ['FSYNC', 'STORE'] },
  { store: 'jetstream', spines: 2, promised: ['FSYNC', 'STORE'] },
];

describe('verify:delivery', () => {
  it.each(cases)('finds nothing wrong with the $store store and $spines Spine(s)', async ({ store, spines, promised }) => {
    const summary = await verified('--store', store, '--spines', String(spines), '--minutes', minutesFor(spines));
    expect(promised).toContain(summary.promised);
    expect(summary).toMatchObject({ store, spines, lost_acked: 0, duplicated: 0, reordered: 0, ok: true, violations: {} });
    expect(Object.keys(summary).slice(0, 11)).toEqual(['store', 'spines', 'seconds', 'promised', 'acked', 'delivered', 'lost_acked', 'duplicated', 'reordered', 'kills', 'ok']);
    // A run that breaks nothing or carries nothing shows nothing.
    expect(summary.kills).toBeGreaterThan(0);
    expect(summary.acked).toBeGreaterThan(500);
    expect(summary.delivered).toBeGreaterThan(500);
  }, timeoutMs);

  it('finds what a store forgets that does not keep what it took: Redis without its append-only file, killed', async () => {
    const started: string[] = [];
    const startStore: StartStore = async () => {
      const server = await startRedis();
      started.push(server.folder);
      return { server, setup: 'Redis that forgets', settings: (port) => ({ 'history.store': 'redis', 'history.redis_urls': `redis://127.0.0.1:${String(port)}` }) };
    };
    const options = { store: 'redis', spineCount: 1, minutes: 0.2, isJson: false, seed: 1 } as const;
    const { verdict, deaths } = await runVerify(options, { tell: () => undefined, signal: new AbortController().signal, startStore });
    expect(started).toHaveLength(1);
    expect(deaths.map(({ part }) => part)).toContain('store');
    expect(verdict.lostAckedCount).toBeGreaterThan(0);
    expect(verdict.violations.byKind()).toHaveProperty('epoch_without_cause');
  }, timeoutMs);

  it('ends its servers when a signal ends it', async () => {
    const run = await verify('--minutes', '5');
    await waitFor(() => run.output.stderr.includes('kill -9'), { timeoutMs: 60_000, what: 'the first kill' });
    const pids = (/processes ([\d, ]+);/.exec(run.output.stderr)?.[1] ?? '').split(', ').map(Number);
    expect(pids.length).toBeGreaterThanOrEqual(3);
    expect(await run.stop('SIGTERM', 30_000)).toEqual({ code: 143, signal: null });
    await waitFor(() => pids.every(isGone), { what: 'every server to be gone' });
  }, 120_000);

  it.each([
    [['--spines', '2'], '--spines 2 needs a store that Spines can share'],
    [['--store', 'embedded', '--json', '--spines', '2'], '--spines 2 needs a store that Spines can share'],
    [['--fast'], 'Usage: npm run verify:delivery'],
  ])('refuses %j with exit code 2 and the reason', async (args, reason) => {
    const run = await verify(...args);
    expect(await run.exited).toEqual({ code: 2, signal: null });
    expect(run.output.stderr).toContain(reason);
    expect(run.output.stdout).toBe('');
  });
});
