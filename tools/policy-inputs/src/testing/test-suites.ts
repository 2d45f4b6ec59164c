import type { Row, Rows, SyntaxSource, WorkspaceSource } from '../fact-source.js';

import { testCalls, testRoots } from './test-calls.js';
import { isTestCode } from './test-code.js';
import { TEST_FILE, reachedFrom, usesOf, type Graph } from './tested-modules.js';

const RUN_PLACE = /^(apps|libs|tools)\/[^/]+\/(src|test)\/.*\.test\.ts$/;
const ADVERSARIAL = /(fuzz|hostile|bad-|flood|malformed|adversar|attack|abuse|bomb|torn|crash|power-?cut|chaos|fault|outage|failure)/;
const SECURITY = /^libs\/(auth|casil|tenancy)\/|(token|tenant|tls|rights|auth|secret|redact|origin|policy|casil)[^/]*$/;
const PERFORMANCE = /^tools\/bench\/|(latency|pace|budget|fast-beside|slow-and-fast|throughput|many-|mass-|load)[^/]*$/;

/** How many tests each script declares; `it.each` counts as one. */
export const testCountSource: SyntaxSource = {
  name: 'test counts',
  tables: { test_counts: ['tests'] },
  inner: ['test_counts'],
  selects: isTestCode,
  read: (unit) => {
    const count = testCalls(unit, testRoots(unit)).filter(({ kind, hasBody }) => kind === 'test' && hasBody).length;
    return { test_counts: [{ ...unit.at(unit.source), line: 1, tests: count }] };
  },
};

/** Kinds of suite that a test file belongs to. */
function kindsOf(path: string, loads: ReadonlySet<string>): string[] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const kinds = [path.startsWith('tools/e2e/test/') ? 'e2e' : /\/test\//.test(path) ? 'integration' : 'unit'];
  if (loads.has('fast-check') || name.includes('.property.')) kinds.push('property');
  if (name.startsWith('contract.') || [...loads].some((file) => file.endsWith('.contract.ts'))) kinds.push('contract');
  if (ADVERSARIAL.test(name)) kinds.push('adversarial');
  if (SECURITY.test(path)) kinds.push('security');
  if (PERFORMANCE.test(path)) kinds.push('performance');
  return kinds;
}

/** Contract suites that a file loads, directly or through one another. */
function contractsOf(path: string, graph: Graph, found = new Set<string>()): Set<string> {
  for (const target of graph.get(path) ?? []) {
    if (!target.endsWith('.contract.ts') || found.has(target)) continue;
    found.add(target);
    contractsOf(target, graph, found);
  }
  return found;
}

function packagesOf(syntaxRows: Rows): ReadonlyMap<string, ReadonlySet<string>> {
  const packages = new Map<string, Set<string>>();
  for (const row of syntaxRows.scanned_imports ?? []) if (row.kind === 'package') packages.set(row.file, (packages.get(row.file) ?? new Set()).add(String(row.package)));
  return packages;
}

/** Files with tests, what they are, and whether the runner loads them. */
export const testSuiteSource: WorkspaceSource = {
  name: 'test suites',
  tables: {
    /**
     * tests: how many it and the contract suites that it loads declare; runs: the runner loads it, by its name and place or through a file that it
     * loads; kinds: unit, integration or e2e by
     * place, and property, contract, adversarial, security, performance.
     */
    test_files: ['tests', 'runs', 'kinds'],
  },
  read: (workspace, syntaxRows) => {
    const graph = usesOf(workspace, syntaxRows);
    const packages = packagesOf(syntaxRows);
    const loaded = reachedFrom(workspace.files.filter(({ path }) => RUN_PLACE.test(path)).map(({ path }) => path), graph);
    const counts = new Map((syntaxRows.test_counts ?? []).map(({ file, tests }) => [file, Number(tests)]));
    return {
      test_files: workspace.files.flatMap(({ path, project }): Row[] => {
        const contracts = contractsOf(path, graph);
        const own = counts.get(path) ?? 0;
        if (own === 0 && !TEST_FILE.test(path)) return [];
        const tests = path.endsWith('.contract.ts') ? own : [...contracts].reduce((sum, each) => sum + (counts.get(each) ?? 0), own);
        return [{ file: path, line: 1, project, tests, runs: loaded.has(path), kinds: TEST_FILE.test(path) ? kindsOf(path, new Set([...contracts, ...(packages.get(path) ?? [])])) : [] }];
      }),
    };
  },
};
