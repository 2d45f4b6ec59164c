import { describe, expect, it } from 'vitest';
import { parseOptions } from './verify-options.js';

function parse(...argv: string[]): unknown {
  return parseOptions(argv, 7);
}

describe('parseOptions()', () => {
  it('verifies memory with one Spine for a minute by default', () => {
    expect(parse()).toEqual({ kind: 'run', options: { store: 'memory', spineCount: 1, minutes: 1, isJson: false, seed: 7 } });
  });

  it('takes flags in any combination', () => {
    expect(parse('--json', '--spines', '3', '--seed', '42', '--minutes', '0.2', '--store', 'redis'))
      .toEqual({ kind: 'run', options: { store: 'redis', spineCount: 3, minutes: 0.2, isJson: true, seed: 42 } });
    expect(parse('--spines=1', '--store=embedded')).toMatchObject({ kind: 'run', options: { store: 'embedded', spineCount: 1 } });
    expect(parse('--help', '--json')).toEqual({ kind: 'help' });
  });

  it.each([
    [['--store', 'memory', '--spines', '2'], /--spines 2 needs a store that Spines can share \(redis or jetstream\)/],
    [['--spines', '2', '--store', 'embedded'], /the embedded store keeps belongs to one Spine/],
    [['--store', 'postgres'], /--store must be one of memory, embedded, redis, jetstream/],
    [['--spines', '0'], /--spines must be an integer from 1 to 8, not 0/],
    [['--spines', '1.5'], /--spines/],
    [['--minutes', '0'], /--minutes must be a number above 0/],
    [['--minutes', 'long'], /--minutes/],
    [['--minutes', '-1'], /--minutes/],
    [['--seed', 'x'], /--seed/],
    [['--fast'], /Unknown option '--fast'/],
    [['memory'], /Unexpected argument 'memory'/],
  ])('refuses %j', (argv, reason) => {
    const parsed = parseOptions(argv, 7);
    expect(parsed.kind).toBe('wrong');
    if (parsed.kind === 'wrong') expect(parsed.reason).toMatch(reason);
  });
});
