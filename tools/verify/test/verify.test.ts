import { startRedis } from '@arqonbus/services';
import { isProcessAlive, waitFor } from '@arqonbus/testkit';
import { describe, expect, it } from 'vitest';
import { runVerify } from '../src/run-verify.js';
import type { StartStore } from '../src/store-server.js';
import { findsNothingWrong, timeoutMs, verify, type VerifyCase } from './verify-run.fixture.js';

const cases: readonly VerifyCase[] = [
  { store: 'memory', spines: 1, promised: ['MEMORY'] },
  { store: 'embedded', spines: 1, promised: ['FSYNC'] },
];

describe('verify:delivery', () => {
  it.each(cases)('finds nothing wrong with the $store store and $spines Spine(s)', findsNothingWrong, timeoutMs);

  it('finds what a store forgets that does not keep what it took: Redis without its append-only file, killed', async () => {
    const started: string[] = [];
    const startStore: StartStore = async () => {
      const server = await startRedis();
      started.push(server.folder);
      return { server, setup: 'Redis that forgets', settings: (port) => ({ 'history.store': 'redis', 'history.redis_urls': `redis://127.0.0.1:${String(port)}` }) };
    };
    const options = { store: 'redis', spineCount: 1, minutes: 0.4, isJson: false, seed: 1 } as const;
    const { verdict, deaths } = await runVerify(options, { tell: () => undefined, signal: new AbortController().signal, startStore });
    expect(started).toHaveLength(1);
    expect(deaths.map(({ part }) => part)).toContain('store');
    expect(verdict.lostAckedCount).toBeGreaterThan(0);
    expect(verdict.violations.byKind()).toHaveProperty('epoch_without_cause');
  }, timeoutMs);

  it('ends its servers when a signal ends it', async () => {
    const run = await verify('--minutes', '5');
    await waitFor(() => run.output.stderr.includes('kill -9'), { timeoutMs: 100_000, what: 'the first kill' });
    const pids = (/processes ([\d, ]+);/.exec(run.output.stderr)?.[1] ?? '').split(', ').map(Number);
    expect(pids.length).toBeGreaterThanOrEqual(3);
    expect(await run.stop('SIGTERM', 60_000)).toEqual({ code: 143, signal: null });
    await waitFor(() => !pids.some(isProcessAlive), { what: 'every server to be gone' });
  }, timeoutMs);

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
