import { describe, expect, it } from 'vitest';
import { NumberLedger } from './number-ledger.js';

describe('NumberLedger', () => {
  it('counts what is lost, doubled and out of order', () => {
    const ledger = new NumberLedger();
    for (const number of [1, 2, 4, 3, 4, 7]) ledger.take(number);
    expect(ledger).toMatchObject({ deliveredCount: 6, doubledCount: 1, disorderedCount: 1 });
    expect(ledger.lostCount(7)).toBe(2);
    expect([ledger.has(7), ledger.has(5)]).toEqual([true, false]);
  });
});
