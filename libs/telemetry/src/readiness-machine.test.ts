import { readinessReasons, readinessStates, type ReadinessReason } from '@arqonbus/errors';
import { driveMachine } from '@arqonbus/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Readiness, readinessTransitions, type ReadinessSeverity, type ReadinessTransition } from './readiness.js';

function ready(): Readiness {
  const readiness = new Readiness(() => undefined);
  readiness.clear('starting');
  return readiness;
}

function degraded(): Readiness {
  const readiness = ready();
  readiness.set('store_unavailable', 'degraded');
  return readiness;
}

function clearBut(readiness: Readiness, kept: ReadinessReason | undefined): void {
  for (const reason of readiness.reasons) if (reason !== kept) readiness.clear(reason);
}

describe('readiness', () => {
  driveMachine<Readiness>(it, {
    document: 'readiness',
    table: readinessTransitions,
    object: (readiness) => readiness,
    field: 'state',
    reach: { NotReady: () => new Readiness(() => undefined), Degraded: degraded, Ready: ready },
    events: {
      blocked: (readiness) => { readiness.set('draining', 'not_ready'); },
      degraded: (readiness) => {
        readiness.set('certificate_expiring', 'degraded');
        clearBut(readiness, 'certificate_expiring');
      },
      cleared: (readiness) => { clearBut(readiness, undefined); },
    },
  });

  it('has the governed states', () => {
    expect(Object.keys(readinessTransitions).sort()).toEqual([...readinessStates].sort());
  });

  const change = fc.record({ reason: fc.constantFrom(...readinessReasons), severity: fc.constantFrom<ReadinessSeverity | undefined>('degraded', 'not_ready', undefined) });

  it('I-1 the state is that of the worst reason', () => {
    fc.assert(fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const readiness = new Readiness(() => undefined);
      const model = new Map<ReadinessReason, ReadinessSeverity>([['starting', 'not_ready']]);
      for (const { reason, severity } of changes) {
        if (severity === undefined) {
          readiness.clear(reason);
          model.delete(reason);
        } else {
          readiness.set(reason, severity);
          model.set(reason, severity);
        }
        const worst = model.size === 0 ? 'Ready' : [...model.values()].includes('not_ready') ? 'NotReady' : 'Degraded';
        expect(readiness.state).toBe(worst);
      }
    }));
  });

  it('I-2 the listener hears each change of the reasons, without a break', () => {
    fc.assert(fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const told: ReadinessTransition[] = [];
      const readiness = new Readiness((transition) => { told.push(transition); });
      const model = new Map<ReadinessReason, ReadinessSeverity>([['starting', 'not_ready']]);
      let count = 0;
      for (const { reason, severity } of changes) {
        if (model.get(reason) !== severity) count += 1;
        if (severity === undefined) {
          readiness.clear(reason);
          model.delete(reason);
        } else {
          readiness.set(reason, severity);
          model.set(reason, severity);
        }
      }
      expect(told).toHaveLength(count);
      for (const [index, { from }] of told.entries()) expect(from).toBe(told[index - 1]?.to ?? 'NotReady');
    }));
  });

  it('I-3 begins as NotReady because it starts', () => {
    const readiness = new Readiness(() => undefined);
    expect([readiness.state, readiness.reasons]).toEqual(['NotReady', ['starting']]);
  });
});
