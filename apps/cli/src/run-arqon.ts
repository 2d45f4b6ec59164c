import { usageError } from './cli-error.js';
import type { CommandContext } from './command-context.js';
import type { CommandSpec } from './command-line/command-spec.js';
import { nearestName } from './command-line/nearest-name.js';
import { parseCommandLine } from './command-line/parse-command-line.js';
import { renderCommandHelp, renderOverview } from './command-line/render-help.js';
import { commandTable } from './command-table.js';
import { exitCodes } from './exit-codes.js';

/** True when the arguments ask for JSON, whatever else may be wrong with them. */
export function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes('--json');
}

/** Runs one command line, says what there is to say, and resolves with the exit code. */
export async function runArqon(args: readonly string[], context: CommandContext): Promise<number> {
  try {
    await dispatch(args, context);
    return exitCodes.ok.code;
  } catch (error) {
    const { exit } = context.interruption;
    if (exit !== undefined) return exitCodes[exit].code;
    const { describeFailure } = await import('./describe-failure.js');
    const failure = describeFailure(error);
    context.output.failure(failure);
    return exitCodes[failure.exit].code;
  }
}

async function dispatch(args: readonly string[], context: CommandContext): Promise<void> {
  const { output } = context;
  const [first, ...rest] = args[0] === '--json' ? args.slice(1) : args;
  // npx takes a --version behind `npx --no arqon` for its own; the word reaches this command.
  if (first === '--version' || first === '-V' || first === 'version') {
    await output.result(`arqon ${context.version}`, { name: 'arqon', version: context.version, node: process.versions.node });
    return;
  }
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    await help(rest.filter((arg) => !arg.startsWith('-')), context);
    if (first === undefined) throw usageError('a command is missing');
    return;
  }
  const spec = findCommand(first);
  const line = parseCommandLine(spec, rest);
  if (line.has('help')) {
    await help([spec.name], context);
    return;
  }
  const run = await spec.load();
  await run(line, context);
}

async function help([name]: readonly string[], { output }: CommandContext): Promise<void> {
  const shown = name === undefined ? undefined : findCommand(name);
  const text = shown === undefined ? renderOverview(commandTable) : renderCommandHelp(shown);
  const commands = shown === undefined ? commandTable : [shown];
  await output.result(text, { commands: commands.map(describe), exitCodes: Object.values(exitCodes) });
}

function describe({ name, summary, operands, options, examples }: CommandSpec): object {
  return { name, summary, operands, options, examples };
}

function findCommand(name: string): CommandSpec {
  const found = commandTable.find((command) => command.name === name);
  if (found !== undefined) return found;
  const kind = name.startsWith('-') ? 'option' : 'command';
  const nearest = kind === 'command' ? nearestName(name, commandTable.map((command) => command.name)) : undefined;
  throw usageError(`unknown ${kind} ${name}`, `${nearest === undefined ? '' : `Did you mean ${nearest}? `}\`arqon --help\` lists the commands.`);
}
