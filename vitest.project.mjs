import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { defineConfig } from 'vitest/config';

/** Share of lines that the unit and integration tests of a library must execute. */
const LIBRARY_LINE_COVERAGE_PERCENT = 90;

/** Projects whose tests measure latency or open very many connections to the engine. */
const ENGINE_PROJECTS = /[\\/](apps[\\/](spine|shield)|libs[\\/]transport|tools[\\/]e2e)$/;

const { ARQON_TEST_SCOPE, ARQON_TEST_REPORT_DIR, ARQON_TEST_COVERAGE, ARQON_TEST_LONG } = process.env;

/** `ARQON_TEST_COVERAGE=libraries` measures only the projects that have a threshold, `all` every one. */
function coverageFor(projectRoot) {
  const isLibrary = /[\\/]libs[\\/][^\\/]+$/.test(projectRoot) && !projectRoot.endsWith('testkit');
  return {
    provider: 'v8',
    enabled: ARQON_TEST_COVERAGE === 'all' || (ARQON_TEST_COVERAGE === 'libraries' && isLibrary),
    include: ['src/**/*.ts'],
    exclude: ['src/gen/**', 'src/**/*.test.ts', 'src/**/*.contract.ts', 'src/**/*.fixture.ts'],
    reporter: ['text-summary', 'json-summary'],
    ...(isLibrary ? { thresholds: { lines: LIBRARY_LINE_COVERAGE_PERCENT } } : {}),
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
 */
export function defineProjectConfig(projectRoot) {
  const isUnitOnly = ARQON_TEST_SCOPE === 'unit';
  return defineConfig({
    root: projectRoot,
    // Without `module`: some packages' builds under that condition import without file suffixes, which Node cannot load.
    ssr: { resolve: { conditions: ['@arqonbus/source', 'node', 'import', 'default'] } },
    test: {
      include: isUnitOnly ? ['src/**/*.test.ts'] : ['src/**/*.test.ts', 'test/**/*.test.ts'],
      // A project may have all its tests in test/; the runner still fails when no project ran any.
      passWithNoTests: isUnitOnly,
      allowOnly: false,
      testTimeout: ARQON_TEST_LONG === '1' ? 600_000 : 30_000,
      hookTimeout: 60_000,
      // Two projects run at a time, so that two cores are not shared by more workers than they can serve in time.
      maxWorkers: 2,
      // Projects that measure latency run one file at a time, and Nx runs nothing beside them.
      fileParallelism: !ENGINE_PROJECTS.test(projectRoot),
      // Real servers share the machine with other tests, and the engine rarely cuts a connection as it opens (uWebSockets issue 1928), which no
      // test can tell from a fault: tried once more. Not what looks for rare faults, whose every finding counts.
      retry: process.env.CI === undefined || /[\\/]tools[\\/]verify$/.test(projectRoot) ? 0 : 1,
      reporters: reportersFor(projectRoot),
      coverage: coverageFor(projectRoot),
    },
  });
}
