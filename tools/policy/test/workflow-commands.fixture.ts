import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const workspaceRoot = resolve(import.meta.dirname, '../../..');

const NX_ENV = { NX_DAEMON: 'false', NX_TUI: 'false', NX_ISOLATE_PLUGINS: 'false', FORCE_COLOR: '0', NO_COLOR: '1' };
const COMMAND_TIMEOUT_MS = 180_000;

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program in the repository. */
export function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Ended {
  const result = spawnSync(program, [...args], { cwd: workspaceRoot, encoding: 'utf8', timeout: COMMAND_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, ...NX_ENV, ...env } });
  return { code: result.status, output: `${result.stdout}${result.stderr}${result.error?.message ?? ''}` };
}

/** Targets of every Nx project. */
export type NxTargets = ReadonlyMap<string, ReadonlySet<string>>;

export function readNxTargets(): NxTargets {
  const folder = mkdtempSync(join(tmpdir(), 'arqon-graph-'));
  try {
    const file = join(folder, 'graph.json');
    const { code, output } = run(join(workspaceRoot, 'node_modules/.bin/nx'), ['graph', `--file=${file}`]);
    if (code !== 0) throw new Error(output);
    const { graph } = JSON.parse(readFileSync(file, 'utf8')) as { graph: { nodes: Record<string, { data: { targets?: Record<string, unknown> } }> } };
    return new Map(Object.entries(graph.nodes).map(([name, { data }]) => [name, new Set(Object.keys(data.targets ?? {}))]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Values behind an option up to the next one. */
function valuesOf(words: readonly string[], option: string): readonly string[] {
  const start = words.indexOf(option);
  if (start < 0) return [];
  const rest = words.slice(start + 1);
  const end = rest.findIndex((word) => word.startsWith('-'));
  return end < 0 ? rest : rest.slice(0, end);
}

/** Why `npx nx …` would run nothing; undefined when it would. */
function nxFault(words: readonly string[], targets: NxTargets): string | undefined {
  const [, , verb, task = ''] = words;
  if (verb === 'sync:check') return undefined;
  if (verb === 'run') {
    const [project = '', target = ''] = [task.slice(0, task.lastIndexOf(':')), task.slice(task.lastIndexOf(':') + 1)];
    return targets.get(project)?.has(target) === true ? undefined : `there is no ${task}`;
  }
  if (verb !== 'run-many' && verb !== 'affected') return `nx ${verb ?? ''} is not known here`;
  const projects = valuesOf(words, '-p');
  const named = projects.length === 0 ? [...targets.keys()] : projects;
  const wanted = valuesOf(words, '-t');
  const missing = wanted.filter((target) => !named.some((project) => targets.get(project)?.has(target)));
  return wanted.length > 0 && missing.length === 0 ? undefined : `no project has ${missing.join(', ') || 'a target to run'}`;
}

/** Why `npm run …` would not start; the program itself says that its arguments are good. */
function npmScriptFault(words: readonly string[]): string | undefined {
  const [, , name = '', ...rest] = words;
  const { scripts } = JSON.parse(readFileSync(join(workspaceRoot, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const script = scripts[name];
  if (script === undefined) return `there is no npm script ${name}`;
  const file = /\b(?:tools|apps)\/\S+\.(?:ts|mjs)\b/.exec(script)?.[0];
  if (file === undefined || !existsSync(join(workspaceRoot, file))) return `${name} starts no file that exists`;
  if (file.endsWith('check.mjs')) {
    // A second flag is refused after the first one was read, before anything runs.
    const { output } = run(process.execPath, [join(workspaceRoot, file), ...script.split(' ').slice(2), '--none']);
    return output.includes('Expected nothing or one of') ? undefined : output;
  }
  const rules = rest.flatMap((word, index) => (word === '--rule' ? [rest[index + 1] ?? ''] : []));
  const unknown = rules.filter((rule) => !existsSync(join(workspaceRoot, 'policies', ...rule.split('.'), 'rule.rego')));
  if (unknown.length > 0) return `there is no rule ${unknown.join(', ')}`;
  if (name !== 'policy') return undefined;
  const { code, output } = run('npm', ['run', '--silent', 'policy', '--', '--help']);
  return code === 0 && rest.filter((word) => word.startsWith('--') && word !== '--').every((option) => output.includes(option)) ? undefined : output;
}

interface Proof {
  readonly matches: RegExp;
  readonly faultOf: (words: readonly string[], targets: NxTargets) => string | undefined;
}

const failure = ({ code, output }: Ended, good: readonly number[] = [0]): string | undefined => (code !== null && good.includes(code) ? undefined : `exit code ${String(code)}: ${output.slice(-500)}`);

const proofs: readonly Proof[] = [
  { matches: /^npm ci$/, faultOf: () => failure(run('npm', ['ci', '--dry-run', '--offline', '--ignore-scripts'])) },
  { matches: /^npx nx /, faultOf: nxFault },
  { matches: /^npm run /, faultOf: npmScriptFault },
  { matches: /^bash \.ci\/run$/, faultOf: () => failure(run('bash', ['-n', '.ci/run'])) },
  { matches: /^git diff --exit-code -- policies$/, faultOf: (words) => failure(run('git', words.slice(1)), [0, 1]) },
  // 1 says that something is vulnerable today, 3 that the registry gave no answer: the command did its work.
  { matches: /^node .*audit-dependencies\.ts$/, faultOf: (words) => failure(run(process.execPath, words.slice(1)), [0, 1, 3]) },
  { matches: /^npm sbom /, faultOf: (words) => failure(run('npm', words.slice(1, 4))) },
  { matches: /^apt-get update$/, faultOf: () => failure(run('apt-get', ['--version'])) },
  { matches: /^apt-get install /, faultOf: (words) => failure(run('apt-get', ['--simulate', ...words.slice(1)])) },
  { matches: /^npx buf breaking /, faultOf: () => failure(run(join(workspaceRoot, 'node_modules/.bin/buf'), ['breaking', '--against', '.git#ref=HEAD']), [0, 100]) },
];

/** Why a command of a workflow would not do what it is there for; undefined when it would. Each kind of command has its own proof. */
export function faultOfCommand(words: readonly string[], targets: NxTargets): string | undefined {
  const text = words.join(' ');
  const proof = proofs.find(({ matches }) => matches.test(text));
  return proof === undefined ? `nothing here knows how to try: ${text}` : proof.faultOf(words, targets);
}
