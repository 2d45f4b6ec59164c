import { driveMachine } from '@arqonbus/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StoreGate, storeTransitions } from './store-gate.js';

function away(): StoreGate {
  const gate = new StoreGate(() => 5);
  gate.down('no answer');
  return gate;
}

describe('store', () => {
  driveMachine<StoreGate>(it, {
    document: 'store',
    table: storeTransitions,
    object: (gate) => gate,
    field: 'state',
    reach: { up: () => new StoreGate(() => 5), away },
    events: {
      lost: (gate) => { gate.down('cut'); },
      back: (gate) => { gate.up(); },
    },
  });

  it('I-1 losses and returns are heard in turn', () => {
    fc.assert(fc.property(fc.array(fc.boolean(), { maxLength: 30 }), (tellings) => {
      const gate = new StoreGate(() => 5);
      const heard: boolean[] = [];
      gate.onChange = (isUp) => { heard.push(isUp); };
      for (const isUp of tellings) {
        if (isUp) gate.up();
        else gate.down('cut');
      }
      expect(heard).toEqual(heard.map((_, index) => index % 2 === 1));
      expect(gate.lossesCount).toBe(heard.filter((isUp) => !isUp).length);
    }));
  });

  it('I-2 a reason and a time are kept while the store is away alone', () => {
    const gate = away();
    expect([gate.isUp, gate.reason, gate.downSinceMs]).toEqual([false, 'no answer', 5]);
    gate.up();
    expect([gate.isUp, gate.reason, gate.downSinceMs]).toEqual([true, '', 0]);
  });
});
