import { describe, expect, it } from 'vitest';

import { Readiness, type ReadinessSeverity, type ReadinessTransition } from './readiness.js';

type Step = ['set', 'starting' | 'store_unavailable' | 'draining', ReadinessSeverity] | ['clear', 'starting' | 'store_unavailable' | 'draining'];

function apply(readiness: Readiness, step: Step): void {
  if (step[0] === 'set') readiness.set(step[1], step[2]);
  else readiness.clear(step[1]);
}

describe('Readiness', () => {
  it('starts NotReady{starting} (G9)', () => {
    const readiness = new Readiness(() => undefined);
    expect(readiness.state).toBe('NotReady');
    expect(readiness.reasons).toEqual(['starting']);
  });

  it.each<[string, Step[], string, string[], number]>([
    ['Ready after the start', [['clear', 'starting']], 'Ready', [], 1],
    ['Degraded with a degrading reason', [['clear', 'starting'], ['set', 'store_unavailable', 'degraded']], 'Degraded', ['store_unavailable'], 2],
    ['NotReady when one of two reasons stops service', [['set', 'store_unavailable', 'degraded']], 'NotReady', ['starting', 'store_unavailable'], 2 - 1],
    ['NotReady{draining}', [['clear', 'starting'], ['set', 'draining', 'not_ready']], 'NotReady', ['draining'], 2],
    ['Ready again when the reason clears', [['clear', 'starting'], ['set', 'store_unavailable', 'degraded'], ['clear', 'store_unavailable']], 'Ready', [], 3],
    ['NotReady when a reason grows worse', [['clear', 'starting'], ['set', 'store_unavailable', 'degraded'], ['set', 'store_unavailable', 'not_ready']], 'NotReady', ['store_unavailable'], 3],
    ['unchanged by repetition', [['clear', 'starting'], ['clear', 'starting'], ['set', 'draining', 'not_ready'], ['set', 'draining', 'not_ready']], 'NotReady', ['draining'], 2],
  ])('is %s (G9)', (_title, steps, state, reasons, transitions) => {
    const told: ReadinessTransition[] = [];
    const readiness = new Readiness((transition) => told.push(transition));
    for (const step of steps) apply(readiness, step);
    expect({ state: readiness.state, reasons: readiness.reasons, transitions: told.length }).toEqual({ state, reasons, transitions });
  });

  it('tells from, to, the reason and all reasons (G24)', () => {
    const told: ReadinessTransition[] = [];
    const readiness = new Readiness((transition) => told.push(transition));
    readiness.set('keys_unreachable', 'degraded');
    readiness.clear('starting');
    expect(told).toEqual([
      { from: 'NotReady', to: 'NotReady', reason: 'keys_unreachable', reasons: ['starting', 'keys_unreachable'] },
      { from: 'NotReady', to: 'Degraded', reason: 'starting', reasons: ['keys_unreachable'] },
    ]);
  });

  it('lists reasons in the governed order whatever the order of events', () => {
    const readiness = new Readiness(() => undefined);
    readiness.set('fallback_transport', 'degraded');
    readiness.set('draining', 'not_ready');
    expect(readiness.reasons).toEqual(['starting', 'draining', 'fallback_transport']);
  });
});
