import { describe, expect, it } from 'vitest';
import { RestartBudget } from './restart-budget.js';

describe('RestartBudget.take()', () => {
  it('doubles the delay with each restart of a minute and then gives none', () => {
    const budget = new RestartBudget(3);
    expect([0, 10, 20, 30].map((atMs) => budget.take(atMs))).toEqual([100, 200, 400, undefined]);
  });

  it('forgets restarts after a minute', () => {
    const budget = new RestartBudget(1);
    expect([budget.take(0), budget.take(59_999), budget.take(60_000)]).toEqual([100, undefined, 100]);
  });
});
