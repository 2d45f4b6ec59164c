import { describe, expect, it, vi } from 'vitest';
import { Backoff } from './backoff.js';
import { BatchSize } from './batch-size.js';
import { QueueBudget } from './queue-budget.js';
import { WakeUp } from './wake-up.js';

describe('Backoff', () => {
  it('doubles from the first delay to the last, shortened by up to a half, and begins anew after a success', () => {
    const backoff = new Backoff(50, 300, () => 0);
    expect([backoff.next(), backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([50, 100, 200, 300, 300]);
    expect(backoff.failuresCount).toBe(5);
    backoff.reset();
    expect(backoff.next()).toBe(50);
    expect(new Backoff(50, 300, () => 1).next()).toBe(25);
  });
});

describe('BatchSize', () => {
  it('shrinks to one event and grows to all that is allowed', () => {
    const size = new BatchSize(100);
    const seen = [size.current];
    for (const step of ['failed', 'failed', 'failed', 'failed', 'succeeded', 'succeeded'] as const) {
      size[step]();
      seen.push(size.current);
    }
    expect(seen).toEqual([100, 25, 6, 1, 1, 2, 4]);
    for (let successes = 0; successes < 10; successes += 1) size.succeeded();
    expect(size.current).toBe(100);
  });
});

describe('QueueBudget', () => {
  it('is full by events or by bytes, and calls back once there is room', () => {
    const budget = new QueueBudget(2, 100);
    const called = vi.fn();
    budget.take(10);
    expect(budget.isFull).toBe(false);
    budget.take(90);
    expect(budget.isFull).toBe(true);
    budget.whenRoom(called);
    budget.give(1, 0);
    expect([budget.isFull, called.mock.calls.length]).toEqual([true, 0]);
    budget.give(1, 90);
    budget.give(0, 10);
    expect([budget.eventsCount, budget.bytesCount, called.mock.calls.length]).toEqual([0, 0, 1]);
  });
});

describe('WakeUp', () => {
  it('keeps a sign that was given while nobody waited, and one alone', async () => {
    const wakeUp = new WakeUp();
    wakeUp.signal();
    wakeUp.signal();
    await wakeUp.wait();
    const waited = vi.fn();
    const waiting = wakeUp.wait(1).then(waited);
    expect(waited).not.toHaveBeenCalled();
    await waiting;
    expect(waited).toHaveBeenCalledOnce();
  });
});
