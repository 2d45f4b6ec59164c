import { remove, replace, write, type Edit, type Violation } from '../violation.js';

const VITEST = "import { describe, expect, it, vi } from 'vitest';";

/** A path that no file here spells out: a module that a test names by its path counts as tested. */
const unnamed = (name: string): string => ['libs/tenancy/src', name].join('/');

/** A new test file of a library. */
function test(name: string, lines: readonly string[]): Edit {
  return write(`libs/tenancy/src/${name}.test.ts`, [VITEST, "describe('a topic', () => {", ...lines.map((line) => `  ${line}`), '});', 'export const used = [expect, vi];']);
}

export const testingViolations: readonly Violation[] = [
  {
    name: 'sleep-in-a-test',
    rule: 'testing.async_sleep',
    did: 'Waited 200 ms in a test and hoped that it was enough.',
    edits: [test('slow', ["it('arrives', async () => {", '  await new Promise((resolve) => setTimeout(resolve, 200));', '  expect(1).toBe(Number.parseInt("1", 10));', '});'])],
  },
  {
    name: 'sleep-by-the-timers-module',
    rule: 'testing.async_sleep',
    did: 'Waited in a test by the promises of the timers module, under another name.',
    edits: [write('tools/e2e/test/nap.fixture.ts', ["import { setTimeout as nap } from 'node:timers/promises';", 'export async function settle(): Promise<void> {', '  await nap(500);', '}'])],
  },
  {
    name: 'sleep-under-another-name',
    rule: 'testing.async_sleep',
    did: 'Gave the timer another name before waiting for it.',
    edits: [test('renamed', ['const later = setTimeout;', "it('arrives', async () => {", '  await new Promise((resolve) => later(resolve, 200));', '  expect(1).toBe(Number.parseInt("1", 10));', '});'])],
  },
  {
    name: 'test-that-returns-at-once',
    rule: 'testing.skipped_test_needs_td',
    did: 'Ended a failing test before it began, in CI only.',
    edits: [test('returning', ["it('counts', () => {", '  if (process.env.CI !== undefined) return;', '  expect([1].length).toBe(1);', '});'])],
  },
  {
    name: 'focused-test',
    rule: 'testing.focused_test',
    did: 'Left one test running alone.',
    edits: [test('focus', [`it.${['on', 'ly'].join('')}('counts', () => {`, '  expect([1].length).toBe(1);', '});'])],
  },
  {
    name: 'skipped-test',
    rule: 'testing.skipped_test_needs_td',
    did: 'Switched a failing test off.',
    edits: [test('skip', [`it.${['sk', 'ip'].join('')}('counts', () => {`, '  expect([1].length).toBe(1);', '});'])],
  },
  {
    name: 'test-without-assertion',
    rule: 'testing.test_without_assertion',
    did: 'Wrote a test that passes whatever happens.',
    edits: [test('empty', ["it('runs', () => {", '  [3, 1].sort();', '});'])],
  },
  {
    name: 'assertion-that-cannot-fail',
    rule: 'testing.always_true_assertion',
    did: 'Asserted that true is true.',
    edits: [test('always', ["it('holds', () => {", '  expect(true).toBe(true);', '});'])],
  },
  {
    name: 'module-replaced-in-a-test',
    rule: 'testing.mocks_only_time_and_random',
    did: 'Tested against a stand-in of a module.',
    edits: [test('double', ["vi.mock('./names.js', () => ({ isName: () => true }));", "it('accepts', () => {", '  expect([1].length).toBe(1);', '});'])],
  },
  {
    name: 'double-under-another-name',
    rule: 'testing.mocks_only_time_and_random',
    did: 'Took the function that replaces things off the runner first.',
    edits: [test('taken', ['const { spyOn } = vi;', "spyOn(console, 'log');", "it('accepts', () => {", '  expect([1].length).toBe(1);', '});'])],
  },
  {
    name: 'test-tried-again',
    rule: 'testing.retries_zero',
    did: 'Tried a flaky test again until it passed.',
    edits: [test('retry', ["it('counts', { retry: 3 }, () => {", '  expect([1].length).toBe(1);', '});'])],
  },
  {
    name: 'test-reaches-out',
    rule: 'testing.no_external_host_in_tests',
    did: 'Let a test talk to a host of somebody else.',
    edits: [test('outside', ["it('answers', async () => {", "  const answer = await fetch('https://api.github.com/');", '  expect(answer.ok).toBe(answer.status === 200);', '});'])],
  },
  {
    name: 'test-file-that-never-runs',
    rule: 'testing.test_is_run',
    did: 'Gave a file with tests a name that the runner does not load.',
    edits: [write(unnamed('names-more.spec.ts'), ["import { expect, it } from 'vitest';", "it('counts', () => {", '  expect([1].length).toBe(1);', '});'])],
  },
  {
    name: 'logic-without-test',
    rule: 'testing.unit_required',
    did: 'Added a module with logic to a library that no test loads.',
    edits: [
      write(unnamed('share-of.ts'), ['/** Share of one tenant. */', 'export function shareOf(used: number, all: number): number {', '  if (all === 0) return 0;', '  return used > all ? 1 : used / all;', '}']),
    ],
  },
  {
    name: 'threshold-lowered',
    rule: 'testing.threshold_not_lowered',
    did: 'Lowered the share of lines that tests must execute.',
    edits: [replace('vitest.project.mjs', 'LIBRARY_LINE_COVERAGE_PERCENT = 90', 'LIBRARY_LINE_COVERAGE_PERCENT = 60')],
  },
  {
    name: 'tests-removed',
    rule: 'testing.tests_not_removed',
    did: 'Removed a file with tests.',
    edits: [remove('libs/errors/src/close-codes.test.ts')],
    isComparedWithCommit: true,
  },
  {
    name: 'run-without-tests-passes',
    rule: 'testing.run_is_whole',
    did: 'Let a project without tests pass.',
    edits: [replace('vitest.project.mjs', 'passWithNoTests: isUnitOnly', 'passWithNoTests: true')],
  },
  {
    name: 'turns-as-a-sleep',
    rule: 'testing.async_sleep',
    did: 'Waited a thousand turns of the event loop in a test.',
    edits: [test('turns', ["it('arrives', async () => {", '  for (let turn = 0; turn < 1_000; turn += 1) await new Promise((done) => { setImmediate(done); });', '  expect([1].length).toBe(1);', '});'])],
  },
  {
    name: 'store-written-for-a-test',
    rule: 'testing.mocks_only_time_and_random',
    did: 'Tested against a store of the own hand.',
    edits: [write('apps/projector/test/own-store.fixture.ts', ["import type { EpisodeStore } from '@arqonbus/storage/episodes';", "export class OwnStore implements Pick<EpisodeStore, 'close'> {", '  close(): Promise<void> {', '    return Promise.resolve();', '  }', '}'])],
  },
  {
    name: 'test-left-out-by-configuration',
    rule: 'testing.run_is_whole',
    did: 'Excluded a test that fails in the configuration of the runner.',
    edits: [replace('vitest.project.mjs', 'allowOnly: false,', "allowOnly: false, exclude: ['src/wire.test.ts'],")],
  },
];
