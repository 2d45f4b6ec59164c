import { describe, expect, it } from 'vitest';
import { parseTime } from './time-option.js';

describe('parseTime()', () => {
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T12:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00.5+02:00', '2026-01-31T10:00:00.500Z'],
    ['2028-02-29T23:59:59Z', '2028-02-29T23:59:59.000Z'],
  ])('reads %s', (text, time) => {
    expect(parseTime(text)?.toISOString()).toBe(time);
  });

  it.each(['', '17', '2026', '2026-02-30', '2026-13-01', '2026-02-29T12:00:00Z', '2026-01-31T25:00:00Z', '2026-01-31T12:00:00', '2026-01-31 12:00:00Z', '2026-01-31T12:00:00Z and more'])('takes %j for none', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });
});
