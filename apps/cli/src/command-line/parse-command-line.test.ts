import { describe, expect, it } from 'vitest';
import { commandTable } from '../command-table.js';
import { commandsOf, type CommandSpec } from './command-spec.js';
import type { CommandLine } from './command-line.js';
import { parseCommandLine } from './parse-command-line.js';

function specOf(name: string): CommandSpec {
  const spec = commandsOf(commandTable).find((command) => command.name === name);
  if (spec === undefined) throw new Error(`no command ${name}`);
  return spec;
}

function parse(name: string, ...args: string[]): CommandLine {
  return parseCommandLine(specOf(name), args);
}

describe('parseCommandLine()', () => {
  it('takes values behind a blank and behind an equals sign', () => {
    const line = parse('token', '--tenant', 'acme', '--sub=planner');
    expect([line.value('tenant'), line.value('sub')]).toEqual(['acme', 'planner']);
  });

  it('collects repeated flags in their order', () => {
    expect(parse('token', '--publish', 'a', '--publish=b:*').list('publish')).toEqual(['a', 'b:*']);
  });

  it('takes a lone dash and everything behind two dashes as operands', () => {
    expect(parse('pub', 'plans', '-').operands).toEqual(['plans', '-']);
    expect(parse('pub', '--', 'plans', '--json').operands).toEqual(['plans', '--json']);
  });

  it('takes a value that begins with dashes behind an equals sign only', () => {
    expect(parse('pub', 'plans', '--type=--x').value('type')).toBe('--x');
    expect(() => parse('pub', 'plans', '--type', '--json')).toThrow('--type needs a value: --type TYPE');
  });

  it.each([
    ['an unknown option, with the nearest', ['token', '--tenent', 'x'], 'unknown option --tenent of token', 'Did you mean --tenant?'],
    ['an unknown short option', ['sub', 'plans', '-n'], 'unknown option -n of sub', 'lists the options'],
    ['a value given twice', ['token', '--sub', 'a', '--sub', 'b'], '--sub is given twice', undefined],
    ['a value for a flag', ['dev', '--reset=yes'], '--reset takes no value', undefined],
    ['a missing value', ['dev', '--port'], '--port needs a value: --port PORT', 'is written --port=VALUE'],
    ['a missing operand', ['sub'], 'sub needs TOPIC', 'shows examples'],
    ['an operand too many', ['history', 'plans', 'more'], 'history does not take "more"', 'shows examples'],
  ])('refuses %s', (_what, [name = '', ...args], message, next) => {
    expect(() => parse(name, ...args)).toThrow(expect.objectContaining({
      exit: 'usage', message: expect.stringContaining(message) as string, next: next === undefined ? undefined : expect.stringContaining(next) as string,
    }) as Error);
  });
});

describe('CommandLine.integer()', () => {
  it.each(['-1', '65536', '1.5', '0x10', '', '1e3'])('refuses --port=%s with the range', (text) => {
    expect(() => parse('dev', `--port=${text}`).integer('port', { min: 0, max: 65_535 })).toThrow(`--port takes a whole number from 0 to 65535, got "${text}"`);
  });

  it('takes both ends of the range', () => {
    expect(parse('dev', '--port=0').integer('port', { min: 0, max: 65_535 })).toBe(0);
    expect(parse('dev', '--port=65535').integer('port', { min: 0, max: 65_535 })).toBe(65_535);
  });
});
