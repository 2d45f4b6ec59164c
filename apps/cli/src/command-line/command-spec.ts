import type { CommandContext } from '../command-context.js';
import type { ExitName } from '../exit-codes.js';
import type { CommandLine } from './command-line.js';

/** `flag` takes no value, `value` one, `list` one each time it is given. */
export type OptionKind = 'flag' | 'value' | 'list';

export interface OptionSpec {
  /** Without the dashes. */
  readonly name: string;
  readonly kind: OptionKind;
  /** Name of the value in help texts, such as `SECONDS`. */
  readonly value?: string;
  readonly doc: string;
}

export interface OperandSpec {
  readonly name: string;
  readonly isRequired: boolean;
  /** The last operand may be one that is given as often as wanted. */
  readonly isRepeated?: boolean;
  readonly doc: string;
}

/** Runs a command; resolves when it is done, with how it ends unless that is `ok`, and rejects with what kept it from it. */
export type CommandHandler = (line: CommandLine, context: CommandContext) => Promise<ExitName | void>;

export interface CommandSpec {
  /** All words of it, as `projector dlq list`. */
  readonly name: string;
  readonly summary: string;
  readonly operands: readonly OperandSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly string[];
  /** Loads the handler; what a command needs is not loaded for the others. */
  readonly load: () => Promise<CommandHandler>;
}

/** Commands under one name, which begin with it. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly CommandNode[];
}

export type CommandNode = CommandSpec | CommandGroup;

export function isGroup(node: CommandNode): node is CommandGroup {
  return 'commands' in node;
}

/** Every command of these, those of groups in their place. */
export function commandsOf(nodes: readonly CommandNode[]): CommandSpec[] {
  return nodes.flatMap((node) => (isGroup(node) ? commandsOf(node.commands) : [node]));
}
