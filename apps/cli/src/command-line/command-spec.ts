import type { CommandContext } from '../command-context.js';
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
  readonly doc: string;
}

/** Runs a command; resolves when it is done and rejects with what kept it from it. */
export type CommandHandler = (line: CommandLine, context: CommandContext) => Promise<void>;

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly operands: readonly OperandSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly string[];
  /** Loads the handler; what a command needs is not loaded for the others. */
  readonly load: () => Promise<CommandHandler>;
}
