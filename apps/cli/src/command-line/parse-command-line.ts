import { usageError, type CliError } from '../cli-error.js';
import { CommandLine } from './command-line.js';
import type { CommandSpec, OptionSpec } from './command-spec.js';
import { nearestName } from './nearest-name.js';

/** Options that every command takes. */
export const everywhereOptions: readonly OptionSpec[] = [
  { name: 'json', kind: 'flag', doc: 'Prints JSON, one object a line; errors too.' },
  { name: 'help', kind: 'flag', doc: 'Shows this text.' },
];

/** Takes the arguments behind the command's name apart. Raises usage errors for everything that the command does not know. */
export function parseCommandLine(spec: CommandSpec, args: readonly string[]): CommandLine {
  const known = new Map([...spec.options, ...everywhereOptions].map((option) => [option.name, option]));
  const given = new Map<string, string[]>();
  const operands: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      operands.push(...rest.splice(0));
    } else if (arg.startsWith('--')) {
      takeOption(spec, known, given, { arg, rest });
    } else if (arg === '-h') {
      given.set('help', []);
    } else if (arg.startsWith('-') && arg !== '-') {
      throw unknownOption(spec, arg, known);
    } else {
      operands.push(arg);
    }
  }
  const line = new CommandLine(spec.name, operands, given);
  if (!line.has('help')) checkOperands(spec, operands);
  return line;
}

function takeOption(
  spec: CommandSpec, known: ReadonlyMap<string, OptionSpec>, given: Map<string, string[]>, place: { readonly arg: string; readonly rest: string[] },
): void {
  const equals = place.arg.indexOf('=');
  const name = equals < 0 ? place.arg.slice(2) : place.arg.slice(2, equals);
  const option = known.get(name);
  if (option === undefined) throw unknownOption(spec, `--${name}`, known);
  const before = given.get(name);
  if (option.kind === 'flag') {
    if (equals >= 0) throw usageError(`--${name} takes no value`);
    given.set(name, []);
    return;
  }
  if (before !== undefined && option.kind === 'value') throw usageError(`--${name} is given twice`);
  const value = equals < 0 ? place.rest.shift() : place.arg.slice(equals + 1);
  if (value === undefined || (equals < 0 && value.startsWith('--'))) {
    throw usageError(`--${name} needs a value: --${name} ${option.value ?? 'VALUE'}`, `A value that begins with dashes is written --${name}=VALUE.`);
  }
  given.set(name, [...(before ?? []), value]);
}

function unknownOption(spec: CommandSpec, arg: string, known: ReadonlyMap<string, OptionSpec>): CliError {
  const nearest = nearestName(arg.replace(/^-+/, ''), [...known.keys()]);
  const help = `\`arqon ${spec.name} --help\` lists the options.`;
  return usageError(`unknown option ${arg} of ${spec.name}`, nearest === undefined ? help : `Did you mean --${nearest}? ${help}`);
}

function checkOperands(spec: CommandSpec, operands: readonly string[]): void {
  const missing = spec.operands.find((operand, index) => operand.isRequired && operands[index] === undefined);
  const help = `\`arqon ${spec.name} --help\` shows examples.`;
  if (missing !== undefined) throw usageError(`${spec.name} needs ${missing.name}: ${missing.doc}`, help);
  const excess = spec.operands.at(-1)?.isRepeated === true ? undefined : operands[spec.operands.length];
  if (excess !== undefined) throw usageError(`${spec.name} does not take "${excess}"`, help);
}
