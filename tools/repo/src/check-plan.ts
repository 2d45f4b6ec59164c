/** How much of the checks to run. */
export type CheckMode = 'full' | 'quick' | 'long' | 'coverage';

/** One command, timed and reported on its own. */
export interface CheckStep {
  readonly name: string;
  /** Name of a command in node_modules/.bin. */
  readonly command: 'nx' | 'tsc' | 'eslint';
  readonly args: readonly string[];
  /** Added to the environment of the step. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether the step leaves test reports. */
  readonly runsTests: boolean;
}

/** Projects checked at the same time: two, so that tests with deadlines keep a core each on the smallest CI machine. */
const PARALLEL_PROJECT_COUNT = 2;

const MODE_FLAGS: Readonly<Record<string, CheckMode>> = { '--quick': 'quick', '--long': 'long', '--coverage': 'coverage' };

/** Coverage of the libraries belongs to the ordinary run because it was measured to cost nothing beside the tests themselves. */
const TEST_ENV: Readonly<Record<CheckMode, Readonly<Record<string, string>>>> = {
  full: { ARQON_TEST_COVERAGE: 'libraries' },
  quick: { ARQON_TEST_SCOPE: 'unit' },
  long: { ARQON_TEST_LONG: '1' },
  coverage: { ARQON_TEST_COVERAGE: 'all' },
};

/** Tests start compiled programs where the step before has compiled them: a third of the processor time of a start from sources. */
const BUILT = { ARQON_TEST_BUILT: '1' } as const;

/**
 * Reads the arguments of the check command.
 *
 * @throws Error that lists the known flags when an argument is not one of them, or when there are two
 */
export function parseCheckMode(args: readonly string[]): CheckMode {
  if (args.length === 0) return 'full';
  const mode = args.length === 1 ? MODE_FLAGS[args[0] ?? ''] : undefined;
  if (mode === undefined) throw new Error(`Expected nothing or one of ${Object.keys(MODE_FLAGS).join(', ')}, not: ${args.join(' ')}`);
  return mode;
}

function runMany(name: string, targets: readonly string[], options: Partial<CheckStep> & { readonly extraArgs?: readonly string[] } = {}): CheckStep {
  const common = [`--parallel=${String(PARALLEL_PROJECT_COUNT)}`, '--output-style=static'];
  return {
    name,
    command: 'nx',
    args: ['run-many', '-t', ...targets, ...(options.extraArgs ?? []), ...common],
    env: options.env ?? {},
    runsTests: options.runsTests ?? false,
  };
}

/**
 * Lists the steps of a mode in the order they run: the cheap ones that explain later failures come first.
 */
export function planChecks(mode: CheckMode): CheckStep[] {
  const tests = runMany('test', ['test'], { env: { ...TEST_ENV[mode], ...(mode === 'coverage' ? {} : BUILT) }, runsTests: true });
  const coverage = runMany('coverage', ['policy-coverage'], { extraArgs: ['--excludeTaskDependencies'] });
  if (mode === 'coverage') return [tests, coverage];
  return [
    { name: 'references', command: 'nx', args: ['sync:check'], env: {}, runsTests: false },
    runMany('contract', ['lint', 'breaking', 'generate-check'], { extraArgs: ['-p', 'proto'] }),
    runMany('policy', ['policy']),
    // One linter for all projects, which types each file once: a fifth of the time of `nx run-many -t lint`, the same rules. What it holds of
    // all of them at a time is more than Node allows itself on a small machine.
    { name: 'lint', command: 'eslint', args: ['apps', 'libs', 'tools'], env: { NODE_OPTIONS: '--max-old-space-size=4096' }, runsTests: false },
    // One compiler for all projects, sources and tests: a fifth of the time of `nx run-many -t typecheck build`, the same errors.
    { name: 'compile', command: 'tsc', args: ['--build'], env: {}, runsTests: false },
    tests,
    ...(mode === 'full' ? [coverage] : []),
  ];
}
