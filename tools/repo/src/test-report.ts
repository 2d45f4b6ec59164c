import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Sums over the tests of all projects. */
export interface TestTotals {
  readonly passedCount: number;
  readonly failedCount: number;
  readonly skippedCount: number;
  /** Projects that should have left a report and did not, or left an unreadable one. */
  readonly missingReports: readonly string[];
}

interface FileResult {
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isFileResult(value: unknown): value is FileResult {
  if (!isRecord(value) || typeof value['status'] !== 'string' || !Array.isArray(value['assertionResults'])) return false;
  return value['assertionResults'].every((assertion: unknown) => isRecord(assertion) && typeof assertion['status'] === 'string');
}

/** Vitest's JSON report, reduced to its files; undefined when the file is not one. */
function readReport(path: string): FileResult[] | undefined {
  if (!existsSync(path)) return undefined;
  const report: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isRecord(report) || !Array.isArray(report['testResults'])) return undefined;
  const files: unknown[] = report['testResults'];
  return files.every(isFileResult) ? files : undefined;
}

function countStatus(files: readonly FileResult[], status: string): number {
  return files.reduce((count, file) => count + file.assertionResults.filter((assertion) => assertion.status === status).length, 0);
}

/** A file that fails before its first test is one failure, else a broken import would look like an empty suite. */
function countBrokenFiles(files: readonly FileResult[]): number {
  return files.filter((file) => file.status === 'failed' && !file.assertionResults.some((assertion) => assertion.status === 'failed')).length;
}

/**
 * The name of a project's report file, as `vitest.project.mjs` writes it.
 *
 * @param packageName such as `@arqonbus/errors`
 */
export function reportFileName(packageName: string): string {
  return `${packageName.replace('/', '__')}.json`;
}

/**
 * Adds up the Vitest reports of a run.
 *
 * @param reportFolder folder with one report per project
 * @param packageNames projects that must have left one
 */
export function sumTestReports(reportFolder: string, packageNames: readonly string[]): TestTotals {
  const reports = packageNames.map((name) => ({ name, files: readReport(join(reportFolder, reportFileName(name))) }));
  const files = reports.flatMap((report) => report.files ?? []);
  const passedCount = countStatus(files, 'passed');
  const failedCount = countStatus(files, 'failed') + countBrokenFiles(files);
  const allCount = files.reduce((count, file) => count + file.assertionResults.length, 0);
  return {
    passedCount,
    failedCount,
    skippedCount: allCount - passedCount - countStatus(files, 'failed'),
    missingReports: reports.filter((report) => report.files === undefined).map((report) => report.name),
  };
}

/**
 * Says why a run of tests does not count as good.
 *
 * @returns one sentence per reason; empty for a good run
 */
export function explainBadTotals(totals: TestTotals): string[] {
  return [
    ...(totals.failedCount > 0 ? [`${String(totals.failedCount)} tests failed`] : []),
    ...(totals.passedCount + totals.failedCount === 0 ? ['no test was executed'] : []),
    ...totals.missingReports.map((name) => `${name} left no test report`),
  ];
}
