import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadRuntimePolicy, readRuntimeBundle, type DecisionName } from '@arqonbus/policy';
import { createTempFolder } from '@arqonbus/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { listModulesUnder } from '../src/engine/pack-sources.js';
import { conftest, policies } from './engine-rules.fixture.js';

interface Cases {
  readonly data: object;
  readonly allow: readonly Record<string, unknown>[];
  readonly deny: readonly Record<string, unknown>[];
}

interface ConftestResult {
  readonly filename: string;
  readonly failures?: readonly { readonly msg: string }[];
}

const NAMES: readonly DecisionName[] = ['connection', 'command'];
const RANDOM_INPUTS = 200;
const readCases = (name: string): Cases => JSON.parse(readFileSync(join(policies, 'runtime', name, 'cases.json'), 'utf8')) as Cases;

/** What Conftest says of each input: the reasons of a denial, undefined when it passes. */
function judgeByConftest(name: string, data: object, inputs: readonly unknown[]): (readonly string[] | undefined)[] {
  if (!conftest.ok) throw new Error(conftest.reason);
  const folder = createTempFolder();
  try {
    writeFileSync(join(folder.path, 'data.json'), JSON.stringify(data));
    const files = inputs.map((input, index) => {
      const file = join(folder.path, `input-${String(index)}.json`);
      writeFileSync(file, JSON.stringify(input));
      return file;
    });
    const modules = listModulesUnder(policies, 'runtime').flatMap((path) => ['--policy', join(policies, path)]);
    const args = ['test', '--output', 'json', '--show-builtin-errors', ...modules, '--data', join(folder.path, 'data.json'), '--namespace', `arqonbus.runtime.${name}`, ...files];
    const { stdout, stderr } = spawnSync(conftest.executable, args, { cwd: folder.path, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    expect(stdout, stderr).not.toBe('');
    const results = new Map((JSON.parse(stdout) as ConftestResult[]).map(({ filename, failures = [] }) => [filename, failures.map(({ msg }) => msg)]));
    return files.map((file) => {
      const reasons = results.get(file) ?? expect.fail(`${file} was not judged`);
      expect(reasons.length === 0 || reasons.includes('denied')).toBe(true);
      return reasons.length === 0 ? undefined : reasons.filter((reason) => reason !== 'denied').sort();
    });
  } finally {
    folder.remove();
  }
}

/** Inputs near the known ones: each with some of its values replaced or gone, at any depth. */
function neighbours(known: readonly Record<string, unknown>[]): fc.Arbitrary<Record<string, unknown>> {
  const odd = fc.oneof(fc.constantFrom('', '*', 'acme', 'c-1', 'sys.audit', 'continuum.e', 'publish', 'admin', 'TLSv1.3', true, false, 0, -1, 1, 1e15, 1_767_225_600_000), fc.jsonValue({ maxDepth: 2 }));
  const paths = [...new Set(known.flatMap((input) => pathsOf(input).map((path) => JSON.stringify(path))))].map((path) => JSON.parse(path) as string[]);
  const edit = fc.record({ path: fc.constantFrom(...paths), value: fc.option(odd, { nil: undefined }) });
  return fc.tuple(fc.constantFrom(...known), fc.array(edit, { maxLength: 3 })).map(([input, edits]) => edits.reduce((changed, { path, value }) => edited(changed, path, value), input));
}

function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[key], ...pathsOf(inner).map((path) => [key, ...path])]);
}

function edited(input: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): Record<string, unknown> {
  const { [key]: inner, ...others } = input;
  if (rest.length > 0) return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? { ...others, [key]: edited(inner as Record<string, unknown>, rest, value) } : input;
  return value === undefined ? others : { ...others, [key]: value };
}

describe.runIf(conftest.ok).each(NAMES)('the decision %s', (name) => {
  it('is the same in Conftest and in the Shield, for its cases and near them', async () => {
    const { data, allow, deny } = readCases(name);
    const policy = loadRuntimePolicy(await readRuntimeBundle(join(policies, 'runtime'), data));
    const inputs = [...allow, ...deny, ...fc.sample(neighbours([...allow, ...deny.filter((input) => Object.keys(input).length > 0)]), { numRuns: RANDOM_INPUTS, seed: 5 })];
    const byConftest = judgeByConftest(name, data, inputs);
    inputs.forEach((input, index) => {
      const { allow: allowed, reasons } = policy.decide(name, input);
      expect({ input, reasons: allowed ? undefined : reasons }).toEqual({ input, reasons: byConftest[index] });
    });
    expect(byConftest.filter((reasons) => reasons === undefined).length).toBeGreaterThanOrEqual(allow.length);
  }, 120_000);
});
