import { describe, expect, it } from 'vitest';
import type { Case } from './corpus/case.js';
import { judge, recallOfMarked } from './judgement.js';

const secret: Case = { id: 's', text: 'a key', kind: 'k', context: 'c', family: 'prefixed', label: 'secret', secretRanges: [{ start: 2, end: 5 }] };
const clean: Case = { ...secret, id: 'c', family: 'clean', label: 'clean', secretRanges: [] };

describe('judge', () => {
  it('counts a secret as found only when a finding overlaps it', () => {
    const judgement = judge([
      { item: secret, findings: [{ detector: 'd', start: 3, end: 9 }] },
      { item: { ...secret, family: 'password' }, findings: [{ detector: 'd', start: 0, end: 2 }] },
    ]);
    expect(judgement.recall).toBe(0.5);
    expect(recallOfMarked(judgement)).toBe(1);
    expect(judgement.misses).toHaveLength(1);
  });

  it('counts any finding in a clean text as a false alarm', () => {
    const judgement = judge([{ item: clean, findings: [{ detector: 'd', start: 0, end: 1 }] }, { item: clean, findings: [] }]);
    expect(judgement.falsePositiveRate).toBe(0.5);
    expect(judgement.falsePositivesByKind).toEqual([{ group: 'k', caseCount: 2, flaggedCount: 1 }]);
  });

  it('lists what leaked', () => {
    expect(judge([{ item: secret, findings: [{ detector: 'd', start: 2, end: 5 }], hasLeaked: true }]).leaks).toHaveLength(1);
  });
});
