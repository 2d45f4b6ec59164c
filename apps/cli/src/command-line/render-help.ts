import { exitCodes } from '../exit-codes.js';
import type { CommandGroup, CommandNode, CommandSpec, OperandSpec, OptionSpec } from './command-spec.js';
import { everywhereOptions } from './parse-command-line.js';

const indent = '  ';

/** The text of `arqon --help`. */
export function renderOverview(commands: readonly CommandNode[]): string {
  return [
    'Usage: arqon COMMAND [OPTIONS]',
    '',
    ...commandLines(commands),
    '',
    'Every command takes --json and --help. `arqon --version` prints the version.',
    '',
    'Examples:',
    ...['arqon dev', 'arqon sub plans:main', 'arqon pub plans:main hello'].map((example) => `${indent}${example}`),
    '',
    'Exit codes:',
    ...Object.values(exitCodes).map(({ code, meaning }) => `${indent}${String(code).padStart(3)}  ${meaning}`),
  ].join('\n');
}

/** The text of `arqon GROUP --help`. */
export function renderGroupHelp({ name, summary, commands }: CommandGroup): string {
  return [`Usage: arqon ${name} COMMAND [OPTIONS]`, '', `${summary}.`, '', ...commandLines(commands), '', `\`arqon ${name} COMMAND --help\` shows options and examples.`].join('\n');
}

function commandLines(commands: readonly CommandNode[]): string[] {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return ['Commands:', ...commands.map(({ name, summary }) => `${indent}${name.padEnd(width)}  ${summary}`)];
}

/** The text of `arqon COMMAND --help`. */
export function renderCommandHelp(command: CommandSpec): string {
  const operands = command.operands.map((operand) => ` ${operandText(operand)}`).join('');
  const options = [...command.options, ...everywhereOptions];
  const width = Math.max(...options.map((option) => optionText(option).length), ...command.operands.map(({ name }) => name.length));
  return [
    `Usage: arqon ${command.name}${operands} [OPTIONS]`,
    '',
    `${command.summary}.`,
    ...(command.operands.length === 0 ? [] : ['', ...command.operands.map(({ name, doc }) => `${indent}${name.padEnd(width)}  ${doc}`)]),
    '',
    'Options:',
    ...options.map((option) => `${indent}${optionText(option).padEnd(width)}  ${option.doc}`),
    '',
    'Examples:',
    ...command.examples.map((example) => `${indent}${example}`),
  ].join('\n');
}

function operandText({ name, isRequired, isRepeated = false }: OperandSpec): string {
  const text = isRepeated ? `${name}...` : name;
  return isRequired ? text : `[${text}]`;
}

function optionText({ name, kind, value = 'VALUE' }: OptionSpec): string {
  return kind === 'flag' ? `--${name}` : `--${name} ${value}`;
}
