import { parseArgs } from 'node:util';

/** How findings are written. */
export const formats = ['text', 'json', 'junit', 'sarif', 'github'] as const;
export type Format = (typeof formats)[number];

/** Which engine judges; `auto` is Conftest where it can be had, else the committed WebAssembly. */
export const engineNames = ['auto', 'conftest', 'wasm'] as const;
export type EngineName = (typeof engineNames)[number];

/** `check` judges and prints; `evaluate` judges and leaves a verdict per project; `coverage` judges what tests left. */
export const commands = ['check', 'evaluate', 'coverage'] as const;
export type Command = (typeof commands)[number];

export interface CommandLine {
  readonly command: Command;
  readonly format: Format;
  readonly output?: string;
  readonly projects: readonly string[];
  readonly rules: readonly string[];
  readonly engine: EngineName;
  readonly base?: string;
  readonly labels?: readonly string[];
  readonly explain?: string;
  readonly list: boolean;
  readonly failOnWarn: boolean;
  readonly help: boolean;
}

/** Bad arguments; the message says what would do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const helpText = `Usage: npm run policy -- [options]

Judges the repository as it stands on disk by the rules in policies/. Exit code: 0 nothing denied, 1 something denied, 2 wrong
arguments, 3 no verdict could be given.

  --explain RULE      what a rule wants, why, and how to fix a finding
  --list              all rules, one per line
  --project NAME      only findings of one Nx project; may be repeated
  --rule ID           only findings of one rule; may be repeated
  --format FORMAT     text (default), json, junit, sarif or github
  --output FILE       write there instead of to the terminal
  --base REF          compare with a commit instead of the committed baselines; default NX_BASE
  --labels A,B        labels of the change under review; default POLICY_LABELS
  --engine ENGINE     auto (default), conftest or wasm; default POLICY_ENGINE
  --fail-on-warn      let warnings fail too
  --help              this text

Other commands: npm run policy:canaries, policy:build, policy:lint, policy:baselines. More: docs/policies.md.`;

const OPTIONS = {
  explain: { type: 'string' },
  list: { type: 'boolean', default: false },
  project: { type: 'string', multiple: true, default: [] as string[] },
  rule: { type: 'string', multiple: true, default: [] as string[] },
  format: { type: 'string', default: 'text' },
  output: { type: 'string' },
  base: { type: 'string' },
  labels: { type: 'string' },
  engine: { type: 'string' },
  'fail-on-warn': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function oneOf<T extends string>(what: string, known: readonly T[], value: string): T {
  const found = known.find((name) => name === value);
  if (found === undefined) throw new UsageError(`${what} is one of ${known.join(', ')}, not ${value}`);
  return found;
}

/**
 * Reads the arguments.
 *
 * @throws UsageError
 */
export function parseCommandLine(args: readonly string[], env: NodeJS.ProcessEnv): CommandLine {
  const { values, positionals } = (() => {
    try {
      return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  })();
  const [command = 'check', ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`Unexpected: ${rest.join(' ')}`);
  return {
    command: oneOf('The command', commands, command),
    format: oneOf('--format', formats, values.format),
    projects: values.project,
    rules: values.rule,
    engine: oneOf('--engine', engineNames, values.engine ?? env.POLICY_ENGINE ?? 'auto'),
    list: values.list,
    failOnWarn: values['fail-on-warn'],
    help: values.help,
    ...(values.output === undefined ? {} : { output: values.output }),
    ...(values.base === undefined ? {} : { base: values.base }),
    ...(values.labels === undefined ? {} : { labels: values.labels.split(',').map((label) => label.trim()).filter((label) => label !== '') }),
    ...(values.explain === undefined ? {} : { explain: values.explain }),
  };
}
