import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { engineNames, UsageError } from '../command-line.js';
import { violations as all } from './all-violations.js';
import { renderProgress, renderTable } from './render-outcomes.js';
import { runCanaries } from './run-canaries.js';
import { stopRunners } from './run-runner.js';
import { makeScratchCopy, type ScratchCopy } from './scratch-copy.js';
import type { Violation } from './violation.js';

const ROOT = resolve(import.meta.dirname, '../../../..');
const EXIT = { caught: 0, missed: 1, usage: 2, notShown: 3 } as const;
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const HELP = `Usage: npm run policy:canaries -- [options]

Breaks a copy of the repository in known ways, one after the other, and shows which rule catches each. Exit code: 0 all caught,
1 one was not caught by the rule that is meant to, 2 wrong arguments, 3 it could not be shown.

  --only NAME       only this violation; may be repeated
  --all-at-once     together, as far as they do not exclude each other: quicker, but the time of each is not known
  --engine ENGINE   auto (default), conftest or wasm
  --json            the outcomes as JSON on standard output
  --keep            leave the copy in place, as it was before anything was broken
  --help            this text`;

const OPTIONS = {
  only: { type: 'string', multiple: true, default: [] as string[] },
  'all-at-once': { type: 'boolean', default: false },
  engine: { type: 'string' },
  json: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** @throws UsageError for a name that there is not */
function choose(names: readonly string[]): readonly Violation[] {
  const unknown = names.filter((name) => all.every((violation) => violation.name !== name));
  if (unknown.length > 0) throw new UsageError(`There is no violation ${unknown.join(', ')}. There are: ${all.map(({ name }) => name).join(', ')}`);
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

function readArguments(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    if (values.engine !== undefined && !engineNames.some((name) => name === values.engine)) throw new Error(`--engine is one of ${engineNames.join(', ')}, not ${values.engine}`);
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function run(args: readonly string[]): Promise<number> {
  const values = readArguments(args);
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return EXIT.caught;
  }
  const violations = choose(values.only);
  const tell = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
  const made: { copy?: ScratchCopy } = {};
  // Before the copy is made: it is half there for a second.
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.once(signal, () => {
      stopRunners();
      made.copy?.remove();
      process.exit(code);
    });
  }
  const copy = makeScratchCopy(ROOT);
  made.copy = copy;
  try {
    const outcomes = await runCanaries({
      copy,
      violations,
      isTogether: values['all-at-once'],
      args: values.engine === undefined ? [] : ['--engine', values.engine],
      onClean: ({ report, durationMs }) => tell(`${report?.engine ?? ''}: the unedited copy is clean, ${String(report?.rules.length)} rules in ${(durationMs / 1000).toFixed(1)} s`),
      onOutcome: (outcome) => tell(renderProgress(outcome)),
    });
    process.stdout.write(values.json ? `${JSON.stringify(outcomes, null, 2)}\n` : `\n${renderTable(outcomes)}\n`);
    return outcomes.every(({ isCaught }) => isCaught) ? EXIT.caught : EXIT.missed;
  } finally {
    if (values.keep) tell(`The copy is in ${copy.keep()}`);
    else copy.remove();
  }
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? EXIT.usage : EXIT.notShown;
}
