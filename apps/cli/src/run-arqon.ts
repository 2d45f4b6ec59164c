import { usageError } from './cli-error.js';
import type { CommandContext } from './command-context.js';
import { commandsOf, isGroup, type CommandGroup, type CommandNode, type CommandSpec } from './command-line/command-spec.js';
import { findCommand } from './command-line/find-command.js';
import { parseCommandLine } from './command-line/parse-command-line.js';
import { renderCommandHelp, renderGroupHelp, renderOverview } from './command-line/render-help.js';
import { commandTable } from './command-table.js';
import { exitCodes, type ExitName } from './exit-codes.js';

/** True when the arguments ask for JSON, whatever else may be wrong with them. */
export function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes('--json');
}

/** Runs one command line, says what there is to say, and resolves with the exit code. */
export async function runArqon(args: readonly string[], context: CommandContext): Promise<number> {
  try {
    return exitCodes[await dispatch(args, context)].code;
  } catch (error) {
    const { exit } = context.interruption;
    if (exit !== undefined) return exitCodes[exit].code;
    const { describeFailure } = await import('./describe-failure.js');
    const failure = describeFailure(error);
    context.output.failure(failure);
    return exitCodes[failure.exit].code;
  }
}

async function dispatch(args: readonly string[], context: CommandContext): Promise<ExitName> {
  const { output } = context;
  const [first, ...rest] = args[0] === '--json' ? args.slice(1) : args;
  // npx takes a --version behind `npx --no arqon` for its own; the word reaches this command.
  if (first === '--version' || first === '-V' || first === 'version') {
    await output.result(`arqon ${context.version}`, { name: 'arqon', version: context.version, node: process.versions.node });
    return 'ok';
  }
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    await help(rest.filter((arg) => !arg.startsWith('-')), context);
    if (first === undefined) throw usageError('a command is missing');
    return 'ok';
  }
  const { node, rest: given } = findCommand(commandTable, [first, ...rest]);
  if (isGroup(node)) return groupAlone(node, given, context);
  const line = parseCommandLine(node, given);
  if (line.has('help')) {
    await showHelp(node, context);
    return 'ok';
  }
  const run = await node.load();
  return (await run(line, context)) ?? 'ok';
}

/** A group was named without a command of it. */
async function groupAlone(group: CommandGroup, given: readonly string[], context: CommandContext): Promise<ExitName> {
  await showHelp(group, context);
  if (!given.includes('--help') && !given.includes('-h')) throw usageError(`${group.name} needs a command`, `\`arqon ${group.name} --help\` lists them.`);
  return 'ok';
}

async function help(names: readonly string[], context: CommandContext): Promise<void> {
  if (names.length > 0) {
    await showHelp(findCommand(commandTable, names).node, context);
    return;
  }
  await context.output.result(renderOverview(commandTable), helpJson(commandsOf(commandTable)));
}

async function showHelp(node: CommandNode, { output }: CommandContext): Promise<void> {
  await output.result(isGroup(node) ? renderGroupHelp(node) : renderCommandHelp(node), helpJson(commandsOf([node])));
}

function helpJson(commands: readonly CommandSpec[]): object {
  return { commands: commands.map(({ name, summary, operands, options, examples }) => ({ name, summary, operands, options, examples })), exitCodes: Object.values(exitCodes) };
}
