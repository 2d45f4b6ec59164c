import type { ProjectionSystem } from '@arqonbus/e2e';
import { isProcessAlive, programArgs, startProcess, waitFor, type RunningProcess } from '@arqonbus/testkit';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { projectorSummary, type ProjectorSummary } from '../src/projector/projector-report.js';
import { runProjectorVerify } from '../src/projector/run-projector-verify.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** In CI 10,000 events and 10 kills; elsewhere fewer have to do. */
const isLong = process.env.ARQON_TEST_LONG === '1' || process.env.CI !== undefined;
const [events, kills] = isLong ? [10_000, 10] : [2_000, 2];
const timeoutMs = 300_000;

function verify(...args: string[]): Promise<RunningProcess> {
  return startProcess({ args: [...programArgs(new URL('../src/projector/main.ts', import.meta.url)), ...args], cwd: root });
}

/** A run in peace whose tables are spoilt before they are read. */
async function spoilt(spoil: (system: ProjectionSystem) => Promise<void>): Promise<ProjectorSummary> {
  const options = { eventsCount: 600, killsCount: 0, isJson: true, seed: 3 };
  return projectorSummary(options, await runProjectorVerify(options, { tell: () => undefined, signal: new AbortController().signal, beforeReading: spoil }));
}

describe('verify:projector', () => {
  it(`finds nothing wrong with ${String(events)} events and ${String(kills)} kills`, async () => {
    const run = await verify('--json', '--events', String(events), '--kills', String(kills));
    expect(await run.exited, run.output.stderr).toEqual({ code: 0, signal: null });
    const summary = JSON.parse(run.output.stdout.trimEnd().split('\n').at(-1) ?? '') as ProjectorSummary;
    expect(Object.keys(summary).slice(0, 9)).toEqual(['events', 'lost', 'duplicated', 'stale_applied', 'poison', 'poison_in_dlq', 'rows_equal', 'kills', 'ok']);
    expect(summary).toMatchObject({
      events, lost: 0, duplicated: 0, stale_applied: 0, poison: events / 100, poison_in_dlq: events / 100, rows_equal: true, kills, ok: true, postgres_kills: 1, violations: {},
    });
  }, timeoutMs);

  it('finds what is wrong with tables that were spoilt', async () => {
    const summary = await spoilt(async (system) => {
      await system.sql('DELETE FROM arqon.seen_event WHERE event_id = (SELECT state_event_id FROM arqon.episode WHERE state_event_id IS NOT NULL ORDER BY state_event_id LIMIT 1)');
      await system.sql('UPDATE arqon.episode SET state_ts_us = state_ts_us - 1 WHERE state_event_id = (SELECT min(state_event_id::text)::uuid FROM arqon.episode)');
      await system.sql('DELETE FROM arqon.episode WHERE state_event_id = (SELECT max(state_event_id::text)::uuid FROM arqon.episode)');
      await system.sql('DELETE FROM arqon.dead_letter WHERE id = (SELECT max(id::text)::uuid FROM arqon.dead_letter)');
    });
    expect(summary).toMatchObject({ events: 600, lost: 2, poison: 6, poison_in_dlq: 5, rows_equal: false, ok: false, violations: { event_lost: 1, row_missing: 1, row_lost_event: 1, dead_letter_missing: 1 } });
    // In the row, and in the write that spoilt it.
    expect(summary.stale_applied).toBe(2);
  }, timeoutMs);

  it('ends its servers when a signal ends it', async () => {
    const run = await verify('--events', '5000');
    await waitFor(() => run.output.stderr.includes('kill -9'), { timeoutMs: 120_000, what: 'the first kill' });
    const pids = (/processes ([\d, ]+)\n/.exec(run.output.stderr)?.[1] ?? '').split(', ').map(Number);
    expect(pids.length).toBeGreaterThanOrEqual(5);
    expect(await run.stop('SIGTERM', 60_000)).toEqual({ code: 143, signal: null });
    await waitFor(() => !pids.some(isProcessAlive), { what: 'every server to be gone' });
  }, timeoutMs);

  it.each([
    [['--events', '0'], '--events must be an integer from 1'],
    [['--kills', 'many', '--json'], '--kills must be an integer'],
    [['--fast'], 'Usage: npm run verify:projector'],
  ])('refuses %j with exit code 2 and the reason', async (args, reason) => {
    const run = await verify(...args);
    expect(await run.exited).toEqual({ code: 2, signal: null });
    expect(run.output.stderr).toContain(reason);
    expect(run.output.stdout).toBe('');
  });
});
