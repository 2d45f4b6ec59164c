import { beforeAll, describe, expect, it } from 'vitest';

import { ALL_ROWS } from '../eslint/layer-table.mjs';
import { FORM_CASES, PLANNED_PROJECTS, ROW_CASES, TEST_FILE_CASES } from './boundary-cases.js';
import type { BoundaryCase } from './boundary-cases.js';
import type { BoundaryLinter } from './boundary-linter.js';
import { createBoundaryLinter } from './boundary-linter.js';

let lint: BoundaryLinter;

beforeAll(async () => {
  lint = await createBoundaryLinter(PLANNED_PROJECTS);
});

const firstLine = ({ code }: BoundaryCase): string => code.split('\n')[0] ?? '';
const named = (cases: readonly BoundaryCase[]): [string, BoundaryCase][] => cases.map((entry) => [`${entry.row}, ${entry.file}: ${firstLine(entry)}`, entry]);
const refused = (cases: readonly BoundaryCase[]): BoundaryCase[] => cases.filter(({ refusedBy }) => refusedBy.length > 0);
const allowed = (cases: readonly BoundaryCase[]): BoundaryCase[] => cases.filter(({ refusedBy }) => refusedBy.length === 0);

describe('boundary linter', () => {
  it('has a project graph, without which the rule is skipped in silence', async () => {
    expect(await lint('libs/errors/src/index.ts', "import { x } from '@arqonbus/spine';\nexport const y = x;\n")).toEqual(['@nx/enforce-module-boundaries']);
  });

  it('finds nothing in a file without imports', async () => {
    expect(await lint('libs/errors/src/index.ts', 'export const y = 1;\n')).toEqual([]);
  });
});

describe('layer table (A26, S1)', () => {
  it.each(Object.keys(ALL_ROWS))('has a refused and an allowed import for %s', (row) => {
    const cases = ROW_CASES.filter((entry) => entry.row === row);
    expect(refused(cases)).not.toEqual([]);
    expect(allowed(cases)).not.toEqual([]);
  });

  it.each(named(refused(ROW_CASES)))('refuses %s', async (_name, { file, code, refusedBy }) => {
    expect(await lint(file, code)).toEqual(refusedBy);
  });

  it.each(named(allowed(ROW_CASES)))('allows %s', async (_name, { file, code }) => {
    expect(await lint(file, code)).toEqual([]);
  });
});

describe('import forms', () => {
  it.each(FORM_CASES.map((entry) => [entry.form, entry] as const))('refuses a %s import', async (_form, { file, code, refusedBy }) => {
    expect(await lint(file, code)).toEqual(refusedBy);
  });
});

describe('test files', () => {
  it.each(named(TEST_FILE_CASES))('%s', async (_name, { file, code, refusedBy }) => {
    expect(await lint(file, code)).toEqual(refusedBy);
  });
});
