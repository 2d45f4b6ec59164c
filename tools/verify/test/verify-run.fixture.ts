import { programArgs, startProcess, type RunningProcess } from '@arqonbus/testkit';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { VerifySummary } from '../src/report.js';
import type { StoreName } from '../src/verify-options.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** In CI each store is broken for a minute, with one Spine; elsewhere a quarter of one has to do. */
const isLong = process.env.ARQON_TEST_LONG === '1' || process.env.CI !== undefined;
export const timeoutMs = 300_000;

function minutesFor(spines: number): string {
  return isLong && spines === 1 ? '1' : '0.25';
}

export function verify(...args: string[]): Promise<RunningProcess> {
  return startProcess({ args: [...programArgs(new URL('../src/main.ts', import.meta.url)), ...args], cwd: root });
}

/** Runs the checker for a while and returns its summary; a failure shows the whole report. */
async function verified(...args: string[]): Promise<VerifySummary> {
  const run = await verify('--json', ...args);
  const exit = await run.exited;
  expect(exit, run.output.stderr).toEqual({ code: 0, signal: null });
  return JSON.parse(run.output.stdout.trimEnd().split('\n').at(-1) ?? '') as VerifySummary;
}

export interface VerifyCase {
  readonly store: StoreName;
  readonly spines: number;
  /** Durabilities that acknowledgements may name. */
  readonly promised: readonly string[];
}

/** Breaks a bus over the store for a while and expects that nothing went wrong. */
export async function findsNothingWrong({ store, spines, promised }: VerifyCase): Promise<void> {
  const summary = await verified('--store', store, '--spines', String(spines), '--minutes', minutesFor(spines));
  expect(promised).toContain(summary.promised);
  expect(summary).toMatchObject({ store, spines, lost_acked: 0, duplicated: 0, reordered: 0, ok: true, violations: {} });
  expect(Object.keys(summary).slice(0, 11)).toEqual(['store', 'spines', 'seconds', 'promised', 'acked', 'delivered', 'lost_acked', 'duplicated', 'reordered', 'kills', 'ok']);
  // A run that breaks nothing or carries nothing shows nothing.
  expect(summary.kills).toBeGreaterThan(0);
  expect(summary.acked).toBeGreaterThan(100);
  expect(summary.delivered).toBeGreaterThan(100);
}
