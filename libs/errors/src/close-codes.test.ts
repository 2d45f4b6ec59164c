import { describe, expect, it } from 'vitest';
import { closeActionOf, closeCodes } from './close-codes.js';

const rows = Object.entries(closeCodes);
const rangeOf = { resume: [4000, 4399], mend: [4400, 4499], wait: [4500, 4599] } as const;

describe('closeCodes', () => {
  it.each(rows)('%s stands in the range of its action, with a reason that fits a close frame', (_name, { code, action, reason }) => {
    const [first, last] = rangeOf[action];
    expect(code).toBeGreaterThanOrEqual(first);
    expect(code).toBeLessThanOrEqual(last);
    expect(closeActionOf(code)).toBe(action);
    expect(new TextEncoder().encode(reason).length).toBeLessThan(123);
    expect(reason).not.toBe('');
  });

  it('gives every meaning a code of its own', () => {
    expect(new Set(rows.map(([, { code }]) => code)).size).toBe(rows.length);
  });

  it('holds the codes that the protocol names', () => {
    expect(rows.map(([, { code }]) => code)).toEqual(expect.arrayContaining([4008, 4400, 4401, 4403, 4413, 4503, 4529]));
  });
});

describe('closeActionOf()', () => {
  it('goes by range, so that unknown codes of a range are understood', () => {
    expect([4000, 4399, 4400, 4499, 4500, 4599].map(closeActionOf)).toEqual(['resume', 'resume', 'mend', 'mend', 'wait', 'wait']);
  });

  it('takes any other code for a lost connection', () => {
    expect([1000, 1001, 1006, 3999, 4600].map(closeActionOf)).toEqual(Array.from({ length: 5 }, () => 'resume'));
  });
});
