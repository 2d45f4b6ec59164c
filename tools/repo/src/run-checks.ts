import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { CheckStep } from './check-plan.js';
import { parseCheckMode, planChecks } from './check-plan.js';
import { SYSTEM_TOOLS, ensureSystemTools, localToolHost } from './system-tools.js';
import { explainBadTotals, sumTestReports } from './test-report.js';
import { WORKSPACE_ROOT, packageRoots } from './workspace.js';

const REPORT_FOLDER = join(WORKSPACE_ROOT, '.cache/test-reports');
const BIN = join(WORKSPACE_ROOT, 'node_modules/.bin');

/** No daemon, no terminal interface and no colour: output is for logs, and nothing may outlive the run. */
const NX_ENV = { NX_DAEMON: 'false', NX_TUI: 'false', NX_ISOLATE_PLUGINS: 'false', FORCE_COLOR: '0', NO_COLOR: '1' };

interface StepResult {
  readonly step: CheckStep;
  readonly ok: boolean;
  readonly durationMs: number;
}

/** Runs one step to its end; a signal to this process reaches the step, which stops its own children. */
function runStep(step: CheckStep): Promise<StepResult> {
  const startMs = performance.now();
  return new Promise((resolve) => {
    const child = spawn(join(BIN, step.command), [...step.args], {
      cwd: WORKSPACE_ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...NX_ENV, ARQON_TEST_REPORT_DIR: REPORT_FOLDER, ...step.env },
    });
    const forward = (signal: NodeJS.Signals): void => {
      child.kill(signal);
    };
    process.once('SIGINT', forward).once('SIGTERM', forward);
    const finish = (ok: boolean): void => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve({ step, ok, durationMs: performance.now() - startMs });
    };
    child.on('error', (error) => {
      console.error(`Cannot start ${step.command}: ${error.message}`);
      finish(false);
    });
    child.on('exit', (code) => {
      finish(code === 0);
    });
  });
}

function packageName(root: string): string {
  const manifest = JSON.parse(readFileSync(join(WORKSPACE_ROOT, root, 'package.json'), 'utf8')) as { name: string };
  return manifest.name;
}

function testedPackages(): string[] {
  return packageRoots()
    .filter((root) => existsSync(join(WORKSPACE_ROOT, root, 'vitest.config.ts')))
    .map(packageName);
}

function findMissingTools(mode: string): string[] {
  const fromNpm = ['nx', 'tsc', 'eslint', 'buf'].filter((name) => !existsSync(join(BIN, name))).map((name) => `Missing ${name}: run npm ci.`);
  return mode === 'quick' ? fromNpm : [...fromNpm, ...ensureSystemTools(SYSTEM_TOOLS, localToolHost())];
}

function printSummary(results: readonly StepResult[]): boolean {
  console.log('');
  for (const { step, ok, durationMs } of results) {
    console.log(`${step.name.padEnd(12)}${ok ? 'ok' : 'FAILED'}  ${(durationMs / 1000).toFixed(1)} s`);
  }
  const totals = sumTestReports(REPORT_FOLDER, testedPackages());
  const problems = explainBadTotals(totals);
  for (const problem of problems) console.log(problem);
  const skipped = totals.skippedCount === 0 ? '' : `, ${String(totals.skippedCount)} skipped`;
  console.log(`${String(totals.passedCount)} passed, ${String(totals.failedCount)} failed${skipped}`);
  return problems.length === 0 && results.every((result) => result.ok);
}

async function runChecks(args: readonly string[]): Promise<boolean> {
  const mode = parseCheckMode(args);
  const missing = findMissingTools(mode);
  for (const line of missing) console.error(line);
  if (missing.length > 0) return false;
  rmSync(REPORT_FOLDER, { recursive: true, force: true });
  mkdirSync(REPORT_FOLDER, { recursive: true });
  const results: StepResult[] = [];
  for (const step of planChecks(mode)) {
    console.log(`\n== ${step.name}: ${step.command} ${step.args.join(' ')}`);
    results.push(await runStep(step));
  }
  return printSummary(results);
}

try {
  process.exitCode = (await runChecks(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
