import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { explainBadTotals, reportFileName, sumTestReports } from './test-report.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'arqon-reports-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, ...files: { status: string; tests: string[] }[]): void {
  const testResults = files.map(({ status, tests }) => ({ status, assertionResults: tests.map((test) => ({ status: test })) }));
  writeFileSync(join(folder, reportFileName(name)), JSON.stringify({ testResults }));
}

describe('sumTestReports()', () => {
  it('adds up passed, failed and skipped tests of all projects', () => {
    write('@arqonbus/a', { status: 'passed', tests: ['passed', 'passed', 'skipped'] });
    write('@arqonbus/b', { status: 'failed', tests: ['passed', 'failed', 'todo'] });
    expect(sumTestReports(folder, ['@arqonbus/a', '@arqonbus/b'])).toEqual({ passedCount: 3, failedCount: 1, skippedCount: 2, missingReports: [] });
  });

  it('counts a file that fails before its first test as one failure', () => {
    write('@arqonbus/a', { status: 'failed', tests: [] });
    expect(sumTestReports(folder, ['@arqonbus/a']).failedCount).toBe(1);
  });

  it('names a project without a report, and one whose report is of another form', () => {
    writeFileSync(join(folder, reportFileName('@arqonbus/b')), '{"testResults":[{"status":1}]}');
    expect(sumTestReports(folder, ['@arqonbus/a', '@arqonbus/b']).missingReports).toEqual(['@arqonbus/a', '@arqonbus/b']);
  });
});

describe('explainBadTotals()', () => {
  const good = { passedCount: 1, failedCount: 0, skippedCount: 0, missingReports: [] };

  it('has no complaint about a good run', () => {
    expect(explainBadTotals(good)).toEqual([]);
  });

  it('refuses a run that executed no test, skipped ones aside', () => {
    expect(explainBadTotals({ ...good, passedCount: 0, skippedCount: 5 })).toEqual(['no test was executed']);
  });

  it('refuses failures and missing reports', () => {
    expect(explainBadTotals({ ...good, failedCount: 2, missingReports: ['@arqonbus/a'] })).toEqual(['2 tests failed', '@arqonbus/a left no test report']);
  });
});
