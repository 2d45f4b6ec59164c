import { describe, expect, it } from 'vitest';
import { commandTable } from '../command-table.js';
import { findCommand } from './find-command.js';

describe('findCommand()', () => {
  it.each<[string[], string, string[]]>([
    [['status', '--json'], 'status', ['--json']],
    [['projector', 'dlq', 'show', 'id', '--json'], 'projector dlq show', ['id', '--json']],
    [['projector', '--json', 'lag', '--url', 'x'], 'projector lag', ['--json', '--url', 'x']],
    [['projector'], 'projector', []],
    [['projector', '--help'], 'projector', ['--help']],
    [['projector', 'dlq', '--json'], 'projector dlq', ['--json']],
  ])('reads %j as %s with %j', (args, name, rest) => {
    const found = findCommand(commandTable, args);
    expect([found.node.name, found.rest]).toEqual([name, rest]);
  });

  it.each<[string[], string, string]>([
    [['projetor'], 'unknown command projetor', 'Did you mean projector? `arqon --help` lists the commands.'],
    [['projector', 'statsu'], 'unknown command projector statsu', 'Did you mean projector status? `arqon projector --help` lists the commands.'],
    [['projector', 'dlq', 'frobnicate'], 'unknown command projector dlq frobnicate', '`arqon projector dlq --help` lists the commands.'],
    [['dlq'], 'unknown command dlq', '`arqon --help` lists the commands.'],
    [['--verbose'], 'unknown option --verbose', '`arqon --help` lists the commands.'],
  ])('refuses %j', (args, message, next) => {
    expect(() => findCommand(commandTable, args)).toThrow(expect.objectContaining({ exit: 'usage', message, next }) as Error);
  });
});
