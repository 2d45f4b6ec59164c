import { describe, expect, it } from 'vitest';
import { bucketEdges, closeCodes, errorTable, hardCaps, readinessReasons, readinessStates, rejectionReasons } from './index.js';

const identifiers = {
  hardCaps,
  readinessStates,
  readinessReasons,
  rejectionReasons,
  bucketEdges,
  errorIds: Object.fromEntries(Object.entries(errorTable).map(([code, { id }]) => [code, id])),
  closeCodes: Object.fromEntries(Object.entries(closeCodes).map(([name, { code }]) => [name, code])),
};

describe('the governed identifiers', () => {
  it('are those of the committed snapshot; a difference is a governed change (G5, G32)', async () => {
    await expect(`${JSON.stringify(identifiers, undefined, 2)}\n`).toMatchFileSnapshot('governed.snapshot.json');
  });

  it('keep what clients may send under the hard cap, with room for stamp and link header (G1)', () => {
    expect(hardCaps.frameBytes).toBe(1_048_576);
    expect(hardCaps.clientFrameBytes).toBe(hardCaps.frameBytes - 65_536);
    expect(hardCaps.envelopeBytes).toBeLessThanOrEqual(hardCaps.clientFrameBytes);
  });

  it('have bucket edges that rise strictly (G13)', () => {
    for (const edges of Object.values(bucketEdges)) {
      expect([...new Set(edges)].sort((left, right) => left - right)).toEqual([...edges]);
    }
  });

  it('name every state and reason once, in a form that is safe as a label', () => {
    for (const names of [readinessReasons, rejectionReasons]) {
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name).toMatch(/^[a-z][a-z_]*$/);
    }
    expect(readinessStates).toEqual(['Ready', 'Degraded', 'NotReady']);
  });
});
