import { describe, expect, it } from 'vitest';
import { parseProjectorOptions } from './projector-options.js';

function parse(...argv: string[]): unknown {
  return parseProjectorOptions(argv, 7);
}

describe('parseProjectorOptions()', () => {
  it('publishes 100,000 events and kills 50 times by default', () => {
    expect(parse()).toEqual({ kind: 'run', options: { eventsCount: 100_000, killsCount: 50, isJson: false, seed: 7 } });
  });

  it('takes flags in any combination', () => {
    expect(parse('--json', '--kills', '0', '--seed=42', '--events', '1')).toEqual({ kind: 'run', options: { eventsCount: 1, killsCount: 0, isJson: true, seed: 42 } });
    expect(parse('--help', '--json')).toEqual({ kind: 'help' });
  });

  it.each([
    [['--events', '0'], /--events must be an integer from 1/],
    [['--events', '1e5'], /--events/],
    [['--kills', '-1'], /--kills/],
    [['--kills', '1.5'], /--kills must be an integer from 0/],
    [['--seed', 'x'], /--seed/],
    [['--fast'], /Unknown option '--fast'/],
    [['100'], /Unexpected argument '100'/],
  ])('refuses %j', (argv, reason) => {
    const parsed = parseProjectorOptions(argv, 7);
    expect(parsed.kind).toBe('wrong');
    if (parsed.kind === 'wrong') expect(parsed.reason).toMatch(reason);
  });
});
