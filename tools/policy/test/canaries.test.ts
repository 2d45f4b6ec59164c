import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { waitFor } from '@arqonbus/testkit';
import { describe, expect, it, vi } from 'vitest';

import { violations } from '../src/canaries/all-violations.js';
import type { Outcome } from '../src/canaries/judge-violation.js';
import { noVerdict } from '../src/canaries/violation.js';
import { REPOSITORY_ROOT } from './run-in-copy.fixture.js';

// The runs of the ordinary mode take half a minute, those of the long mode several.
vi.setConfig({ testTimeout: process.env.ARQON_TEST_LONG === '1' ? 1_800_000 : 300_000 });

const COMMAND = ['--conditions=@arqonbus/source', '--import', 'tsx/esm', 'tools/policy/src/canaries/main.ts'];
const registry = JSON.parse(readFileSync(join(REPOSITORY_ROOT, 'policies/registry.json'), 'utf8')) as { rules: { id: string; category: string }[] };

function show(args: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...COMMAND, ...args], { cwd: REPOSITORY_ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return { code: status, stdout, stderr };
}

describe('the list of violations', () => {
  it('has at least 45, each with a name of its own', () => {
    expect(violations.length).toBeGreaterThanOrEqual(45);
    expect(new Set(violations.map(({ name }) => name)).size).toBe(violations.length);
    expect(violations.filter(({ name }) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
  });

  it('names rules that there are', () => {
    const ids = new Set([noVerdict, ...registry.rules.map(({ id }) => id)]);
    expect(violations.filter(({ rule }) => !ids.has(rule)).map(({ name, rule }) => `${name}: ${rule}`)).toEqual([]);
  });

  it('shows every category of rules', () => {
    const shown = new Set(violations.map(({ rule }) => rule.split('.')[0]));
    expect([...new Set(registry.rules.map(({ category }) => category))].filter((category) => !shown.has(category))).toEqual([]);
  });
});

describe('policy:canaries', () => {
  it('shows that those are caught, together, which can be together', () => {
    const shown = violations.filter(({ isAlone = false }) => !isAlone);
    const { code, stdout, stderr } = show(['--all-at-once', '--json', ...shown.flatMap(({ name }) => ['--only', name])]);
    const outcomes = code === 3 ? [] : JSON.parse(stdout) as Outcome[];
    expect(outcomes.filter(({ isCaught }) => !isCaught), stderr).toEqual([]);
    expect(outcomes).toHaveLength(shown.length);
    expect(code).toBe(0);
  });

  it.runIf(process.env.ARQON_TEST_LONG === '1')('shows that all are caught, one at a time', () => {
    const { code, stdout, stderr } = show([]);
    expect(stdout, stderr).toContain(`${String(violations.length)} of ${String(violations.length)} violations caught`);
    expect(code).toBe(0);
  });

  it.each([[['--only', 'no-such-violation'], 'There is no violation no-such-violation'], [['--engine', 'opa'], '--engine is one of'], [['--fast'], '--fast']])('ends %j with exit code 2', (args, message) => {
    const { code, stderr } = show(args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it('leaves no copy behind when it is interrupted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'arqon-test-'));
    try {
      const child = spawn(process.execPath, COMMAND, { cwd: REPOSITORY_ROOT, env: { ...process.env, TMPDIR: folder }, stdio: 'ignore' });
      const copies = (): string[] => readdirSync(folder).filter((name) => name.startsWith('arqon-canaries-'));
      await waitFor(() => copies().some((name) => existsSync(join(folder, name, 'node_modules/@arqonbus'))), { timeoutMs: 30_000, what: 'the copy' });
      const ended = once(child, 'exit') as Promise<[number | null]>;
      child.kill('SIGINT');
      expect(await ended).toEqual([130, null]);
      expect(copies()).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
