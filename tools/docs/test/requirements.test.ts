import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../src/index.js';
import { REPOSITORY_ROOT } from '../src/repository-root.js';
import { readCitedIds, readRequirements } from '../src/requirements.js';

const rows = readRequirements(readDocument('docs/requirements.md').text);
const ids = new Set(rows.map(({ id }) => id));
const isTestFile = /\.(test|contract)\.ts$/;
/** Rules of the policy packs are shown by tests in their own language. */
const isShownBy = (file: string): boolean => isTestFile.test(file) || (file.startsWith('policies/') && file.endsWith('_test.rego'));
const testFiles = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'apps', 'libs', 'tools'], { cwd: REPOSITORY_ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((file) => isTestFile.test(file) && existsSync(join(REPOSITORY_ROOT, file)));

describe('docs/requirements.md', () => {
  it('has every id once, area by area in rising order (P8)', () => {
    const keys = rows.map(({ id }) => [id.charCodeAt(0), Number(id.slice(1))] as const);
    const sorted = [...keys].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    expect(keys).toEqual(sorted);
    expect(ids.size).toBe(rows.length);
  });

  it('names test files that exist (P9)', () => {
    const missing = rows.flatMap(({ id, tests }) => tests.filter((file) => !isShownBy(file) || !existsSync(join(REPOSITORY_ROOT, file))).map((file) => `${id}: ${file}`));
    expect(missing).toEqual([]);
  });

  it('names a test for what is met, or says why there is none (P9)', () => {
    expect(rows.filter(({ status, note, tests }) => status === 'met' && note === '' && tests.length === 0).map(({ id }) => id)).toEqual([]);
  });

  it('says what is missing of what is not met', () => {
    expect(rows.filter(({ status, note }) => status !== 'met' && note === '').map(({ id }) => id)).toEqual([]);
  });

  it('has a row for every id that a test cites (P10)', () => {
    const unknown = testFiles.flatMap((file) => readCitedIds(readFileSync(join(REPOSITORY_ROOT, file), 'utf8')).filter((id) => !ids.has(id)).map((id) => `${file}: ${id}`));
    expect(unknown).toEqual([]);
  });
});
