import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { defineConfig } from 'vitest/config';

/** Share of lines that the unit and integration tests of a library must execute. */
const LIBRARY_LINE_COVERAGE_PERCENT = 90;

const { ARQON_TEST_SCOPE, ARQON_TEST_REPORT_DIR, ARQON_TEST_COVERAGE, ARQON_TEST_LONG, NX_TASK_TARGET_TARGET } = process.env;

/** `nx test` leaves the coverage that the target `policy-coverage` judges; single files run by Vitest itself are not measured. */
const IS_WHOLE_RUN = NX_TASK_TARGET_TARGET === 'test' && ARQON_TEST_SCOPE !== 'unit' && ARQON_TEST_LONG !== '1';

/** Gives the tests of a project one folder for temporary files and removes it after them. */
const TEMP_ROOT = join(import.meta.dirname, 'libs/testkit/src/temp-root.ts');

/** `ARQON_TEST_COVERAGE=libraries` measures only the projects that have a threshold, `all` every one. */
function coverageFor(projectRoot) {
  const isLibrary = /[\\/]libs[\\/][^\\/]+$/.test(projectRoot) && !projectRoot.endsWith('testkit');
  return {
    provider: 'v8',
    enabled: ARQON_TEST_COVERAGE === 'all' || ((ARQON_TEST_COVERAGE === 'libraries' || IS_WHOLE_RUN) && isLibrary),
    include: ['src/**/*.ts'],
    exclude: ['src/gen/**', 'src/**/*.test.ts', 'src/**/*.contract.ts', 'src/**/*.fixture.ts'],
    reporter: ['text-summary', 'json-summary'],
    ...(isLibrary && ARQON_TEST_COVERAGE !== undefined ? { thresholds: { lines: LIBRARY_LINE_COVERAGE_PERCENT } } : {}),
  };
}

function reportersFor(projectRoot) {
  if (ARQON_TEST_REPORT_DIR === undefined) return ['default'];
  const { name } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  return ['default', ['json', { outputFile: join(ARQON_TEST_REPORT_DIR, `${name.replace('/', '__')}.json`) }]];
}

/**
 * The Vitest configuration that every project shares. Tests beside the sources (`src/`) need no server and no other process; tests
 * in `test/` may. `ARQON_TEST_SCOPE=unit` runs only the former.
 * @param {string} projectRoot absolute path of the project
 * @param {import('./vitest.project.d.mts').ProjectOptions} options
 */
export function defineProjectConfig(projectRoot, { withCasil = [], alone = [] } = {}) {
  const isUnitOnly = ARQON_TEST_SCOPE === 'unit';
  const config = plainConfig(projectRoot, isUnitOnly);
  if (isUnitOnly || withCasil.length + alone.length === 0) return defineConfig(config);
  const { reporters, coverage, ...test } = config.test;
  const name = projectRoot.split(/[\\/]/).at(-1);
  const project = (more) => ({ ...config, test: { ...test, ...more } });
  return defineConfig({
    root: projectRoot,
    test: {
      reporters,
      coverage,
      projects: [
        project({ name, exclude: alone, sequence: { groupOrder: 0 } }),
        ...(withCasil.length === 0 ? [] : [project({ name: `${name}-with-casil`, include: withCasil, env: { ARQON_TEST_CASIL: 'on' }, sequence: { groupOrder: 0 } })]),
        ...(alone.length === 0 ? [] : [project({ name: `${name}-alone`, include: alone, fileParallelism: false, sequence: { groupOrder: 1 } })]),
      ],
    },
  });
}

function plainConfig(projectRoot, isUnitOnly) {
  return {
    root: projectRoot,
    // Without `module`: some packages' builds under that condition import without file suffixes, which Node cannot load. Without `import` too, which holds
    // for `require` then and breaks pg; an import has it anyway.
    ssr: { resolve: { conditions: ['@arqonbus/source', 'node'] } },
    test: {
      include: isUnitOnly ? ['src/**/*.test.ts'] : ['src/**/*.test.ts', 'test/**/*.test.ts'],
      // A project may have all its tests in test/; the runner still fails when no project ran any.
      passWithNoTests: isUnitOnly,
      allowOnly: false,
      globalSetup: TEMP_ROOT,
      // They guard against hanging alone: a machine three times slower than ours must not reach them.
      testTimeout: ARQON_TEST_LONG === '1' ? 600_000 : 60_000,
      hookTimeout: 120_000,
      // Two projects run at a time, so that two cores are not shared by more workers than they can serve in time.
      maxWorkers: 2,
      // Real servers share the machine with other tests, and the engine rarely cuts a connection as it opens (uWebSockets issue 1928), which no
      // test can tell from a fault: tried once more. Not what looks for rare faults, whose every finding counts.
      retry: process.env.CI === undefined || /[\\/]tools[\\/]verify$/.test(projectRoot) ? 0 : 1,
      reporters: reportersFor(projectRoot),
      coverage: coverageFor(projectRoot),
    },
  };
}
