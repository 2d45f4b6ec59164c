import { describe, expect, it } from 'vitest';

import { parseCommandLine, UsageError } from './command-line.js';

const plain = { command: 'check', format: 'text', projects: [], rules: [], engine: 'auto', list: false, failOnWarn: false, help: false };

describe('parseCommandLine()', () => {
  it('checks everything when nothing is said', () => {
    expect(parseCommandLine([], {})).toEqual(plain);
  });

  it('reads every option', () => {
    const args = [
      'coverage', '--explain', 'a.b', '--list', '--project', 'p', '--project', 'q', '--rule', 'r', '--format', 'sarif', '--output', 'o', '--base', 'main',
      '--labels', ' a, b,,', '--engine', 'wasm', '--fail-on-warn', '-h',
    ];
    expect(parseCommandLine(args, {})).toEqual({
      command: 'coverage', explain: 'a.b', list: true, projects: ['p', 'q'], rules: ['r'], format: 'sarif', output: 'o', base: 'main', labels: ['a', 'b'], engine: 'wasm', failOnWarn: true, help: true,
    });
  });

  it('takes the engine from the environment, unless it is said', () => {
    expect(parseCommandLine([], { POLICY_ENGINE: 'wasm' }).engine).toBe('wasm');
    expect(parseCommandLine(['--engine', 'conftest'], { POLICY_ENGINE: 'wasm' }).engine).toBe('conftest');
  });

  it.each([
    [['--formatt', 'json'], /--formatt/],
    [['--format', 'xml'], '--format is one of text, json, junit, sarif, github, not xml'],
    [['--format'], /--format/],
    [['--engine', 'opa'], '--engine is one of auto, conftest, wasm, not opa'],
    [['judge'], 'The command is one of check, evaluate, coverage, not judge'],
    [['check', 'shield', 'spine'], 'Unexpected: shield spine'],
    [['--list=yes'], /--list/],
  ])('refuses %j', (args, message) => {
    const parse = (): unknown => parseCommandLine(args, {});
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(message);
  });

  it('refuses an unknown engine of the environment', () => {
    expect(() => parseCommandLine([], { POLICY_ENGINE: 'opa' })).toThrow(UsageError);
  });
});
