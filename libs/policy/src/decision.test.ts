import { describe, expect, it } from 'vitest';

import { readDecision } from './decision.js';

const good = { allow: true, reasons: [], policy_version: '1' };
const denied = { allow: false, reasons: ['role'], policy_version: '1' };

describe('readDecision', () => {
  it('takes one whole decision', () => {
    expect(readDecision([{ result: good }], '1')).toEqual({ allow: true, reasons: [], policyVersion: '1' });
    expect(readDecision([{ result: denied }], '1')).toEqual({ allow: false, reasons: ['role'], policyVersion: '1' });
  });

  it('denies what is undefined', () => {
    expect(readDecision([], '1')).toEqual({ allow: false, reasons: ['policy_undefined'], policyVersion: '1' });
  });

  it.each([
    ['no set', undefined], ['null', null], ['an object', { result: good }], ['two results', [{ result: good }, { result: good }]], ['true', [{ result: true }]],
    ['nothing in it', [{}]], ['a null in it', [null]], ['an array', [{ result: [good] }]], ['allow as text', [{ result: { ...good, allow: 'true' } }]],
    ['allow as 1', [{ result: { ...good, allow: 1 } }]], ['no reasons', [{ result: { allow: true, policy_version: '1' } }]],
    ['reasons as text', [{ result: { ...denied, reasons: 'role' } }]], ['a number as reason', [{ result: { ...denied, reasons: [1] } }]],
    ['an empty reason', [{ result: { ...denied, reasons: [''] } }]], ['a reason without end', [{ result: { ...denied, reasons: ['x'.repeat(65)] } }]],
    ['very many reasons', [{ result: { ...denied, reasons: Array.from({ length: 65 }, (_, index) => `r${index}`) } }]],
    ['more than it should', [{ result: { ...good, tenant: 'x' } }]], ['an allowance with reasons', [{ result: { ...good, reasons: ['role'] } }]],
    ['a denial without reasons', [{ result: { ...denied, reasons: [] } }]],
  ])('denies %s', (_, resultSet) => {
    expect(readDecision(resultSet, '1')).toEqual({ allow: false, reasons: ['policy_malformed'], policyVersion: '1' });
  });

  it('denies the decision of another version', () => {
    expect(readDecision([{ result: good }], '2')).toEqual({ allow: false, reasons: ['policy_version_mismatch'], policyVersion: '2' });
  });
});
