import { describe, expect, it } from 'vitest';

import { baselineDigest, codeOwners, readApprovals } from './approvals.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('baselineDigest()', () => {
  it('is that of the content, not of the layout', () => {
    expect(baselineDigest('a.json', bytes('{"b":1,"a":[1,2]}'))).toBe(baselineDigest('a.json', bytes('{\n  "a": [1, 2],\n  "b": 1\n}\n')));
    expect(baselineDigest('a.json', bytes('{"a":[1,2]}'))).not.toBe(baselineDigest('a.json', bytes('{"a":[2,1]}')));
    expect(baselineDigest('a.binpb', bytes('{ }'))).not.toBe(baselineDigest('a.binpb', bytes('{}')));
  });
});

describe('readApprovals()', () => {
  it('reads entries in order; what is missing is empty', () => {
    const [first, second] = readApprovals('approvals:\n  - subject: governed\n    class: 0\n    approvers: ["@x/a", 5]\n    date: 2026-01-31\n  - reason: why\n    class: "1"\n');
    expect(first).toEqual({ subject: 'governed', digest: '', previous: '', class: 0, reason: '', approvers: ['@x/a'], date: '2026-01-31', version: '' });
    expect(second).toMatchObject({ subject: '', class: -1, reason: 'why', approvers: [] });
  });

  it.each(['', 'approvals: {}', 'approvals: [x]'])('refuses %j', (yaml) => {
    expect(() => readApprovals(yaml)).toThrow(/approvals\.yaml/);
  });
});

describe('codeOwners()', () => {
  it('takes owners, not paths or comments', () => {
    expect([...codeOwners('# by @x/none\n/@scope/ @x/a @b # @x/late\n*  user@example.org\n')]).toEqual(['@x/a', '@b']);
  });
});
