import type { Row, WorkspaceSource } from '../fact-source.js';
import type { Project, Workspace } from '../workspace.js';

/** What is measured. */
export const COVERAGE_METRICS = ['lines', 'statements', 'functions', 'branches'] as const;

export type CoverageMetric = (typeof COVERAGE_METRICS)[number];

/** Percent by metric. */
export type Coverage = Readonly<Record<CoverageMetric, number>>;

/** Where the figures are that a change is compared with. */
export const BASELINE_PATH = 'policies/data/baseline_coverage.json';

/** Parses the baseline. @throws Error when it is no object of projects with a percentage for each metric */
export function parseBaseline(text: string): ReadonlyMap<string, Coverage> {
  const { baseline_coverage: projects } = JSON.parse(text) as { baseline_coverage?: Readonly<Record<string, Partial<Record<string, unknown>>>> };
  if (typeof projects !== 'object') throw new Error(`${BASELINE_PATH}: expected the key baseline_coverage`);
  return new Map(Object.entries(projects).map(([name, figures]) => {
    const read = (metric: CoverageMetric): number => {
      const value = figures[metric];
      if (typeof value !== 'number' || value < 0 || value > 100) throw new Error(`${BASELINE_PATH}: ${name} has no percentage of ${metric}`);
      return value;
    };
    return [name, { lines: read('lines'), statements: read('statements'), functions: read('functions'), branches: read('branches') }];
  }));
}

/** Place of the summary that a run with coverage leaves in a project. */
function summaryPath(project: Project): string {
  return `${project.root}/coverage/coverage-summary.json`;
}

/** Figures of the last run with coverage; undefined when there was none. @throws Error when the summary cannot be read as such */
export function readSummary(workspace: Pick<Workspace, 'exists' | 'read'>, project: Project): Coverage | undefined {
  const path = summaryPath(project);
  if (!workspace.exists(path)) return undefined;
  const { total } = JSON.parse(workspace.read(path)) as { total?: Partial<Record<CoverageMetric, { total?: number; pct?: number | string }>> };
  const read = (metric: CoverageMetric): number => {
    const figure = total?.[metric];
    // A project without a branch has none uncovered.
    if (figure?.total === 0) return 100;
    if (typeof figure?.pct !== 'number') throw new Error(`${path}: no percentage of ${metric}`);
    return figure.pct;
  };
  return { lines: read('lines'), statements: read('statements'), functions: read('functions'), branches: read('branches') };
}

/** Whether a project is a library whose coverage every run measures. */
export function isMeasuredLibrary({ root, tags }: Project): boolean {
  return root.startsWith('libs/') && !tags.includes('layer:testing');
}

/** What the tests of a run covered, against the baseline. Rules of the category `coverage` read it; the ordinary run has no such facts. */
export const coverageSource: WorkspaceSource = {
  name: 'coverage',
  tables: {
    /**
     * One row for each metric of each library and of each project of the baseline. base_percent, head_percent: -1 when there is none; library: its
     * coverage is measured in every run.
     */
    coverage: ['metric', 'base_percent', 'head_percent', 'library'],
  },
  read: (workspace) => {
    const baseline = parseBaseline(workspace.read(BASELINE_PATH));
    const byName = new Map(workspace.projects.map((project) => [project.name, project]));
    const names = new Set([...workspace.projects.filter(isMeasuredLibrary).map(({ name }) => name), ...baseline.keys()]);
    return {
      coverage: [...names].flatMap((name) => {
        const project = byName.get(name);
        const head = project === undefined ? undefined : readSummary(workspace, project);
        return COVERAGE_METRICS.map((metric): Row => ({
          file: project === undefined ? BASELINE_PATH : project.manifest, line: 1, project: name, metric, base_percent: baseline.get(name)?.[metric] ?? -1, head_percent: head?.[metric] ?? -1,
          library: project !== undefined && isMeasuredLibrary(project),
        }));
      }),
    };
  },
};
