import { usageError, type CliError } from '../cli-error.js';
import { isGroup, type CommandNode } from './command-spec.js';
import { nearestName } from './nearest-name.js';

/** A command, or a group that was named without one of its commands, and the arguments behind its name. */
export interface FoundCommand {
  readonly node: CommandNode;
  readonly rest: readonly string[];
}

/** Reads the words of a command's name, between which --json may stand. Raises a usage error that suggests the nearest name. */
export function findCommand(commands: readonly CommandNode[], args: readonly string[]): FoundCommand {
  const [word = '', ...rest] = args;
  const node = commands.find(({ name }) => lastWord(name) === word);
  if (node === undefined) throw unknownCommand(commands, word);
  if (!isGroup(node)) return { node, rest };
  const next = rest.findIndex((arg) => arg !== '--json');
  const isNamed = next >= 0 && !rest[next].startsWith('-');
  if (!isNamed) return { node, rest };
  const found = findCommand(node.commands, rest.slice(next));
  return { node: found.node, rest: [...rest.slice(0, next), ...found.rest] };
}

function lastWord(name: string): string {
  return name.slice(name.lastIndexOf(' ') + 1);
}

function unknownCommand(commands: readonly CommandNode[], word: string): CliError {
  const kind = word.startsWith('-') ? 'option' : 'command';
  const group = commands[0].name.slice(0, commands[0].name.length - lastWord(commands[0].name).length);
  const nearest = kind === 'command' ? nearestName(word, commands.map(({ name }) => lastWord(name))) : undefined;
  const suggestion = nearest === undefined ? '' : `Did you mean ${group}${nearest}? `;
  return usageError(`unknown ${kind} ${group}${word}`, `${suggestion}\`arqon ${group}--help\` lists the commands.`);
}
