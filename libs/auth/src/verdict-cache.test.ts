import { compileGrants } from '@arqonbus/tenancy';
import { describe, expect, it } from 'vitest';
import type { Claims } from './claims.js';
import { VerdictCache } from './verdict-cache.js';

function claimsOf(tokenHash: string, expiresAtMs = 100): Claims {
  const grants = compileGrants([]);
  return { issuer: 'i', subject: 's', tenantId: 't', roles: new Set(), capabilities: [], publish: grants, subscribe: grants, expiresAtMs, tokenHash };
}

describe('VerdictCache', () => {
  it('forgets the least recently used entry when it is full', () => {
    const cache = new VerdictCache(2);
    cache.keep(claimsOf('a'));
    cache.keep(claimsOf('b'));
    expect(cache.find('a', 0)?.tokenHash).toBe('a');
    cache.keep(claimsOf('c'));
    expect([cache.find('a', 0)?.tokenHash, cache.find('b', 0), cache.find('c', 0)?.tokenHash]).toEqual(['a', undefined, 'c']);
    expect(cache.sizeCount).toBe(2);
  });

  it('does not grow when an entry is kept again', () => {
    const cache = new VerdictCache(2);
    for (let round = 0; round < 5; round += 1) cache.keep(claimsOf('a'));
    cache.keep(claimsOf('b'));
    expect(cache.sizeCount).toBe(2);
  });

  it('gives nothing at the moment of expiry and forgets the entry', () => {
    const cache = new VerdictCache(2);
    cache.keep(claimsOf('a', 100));
    expect(cache.find('a', 99)?.tokenHash).toBe('a');
    expect(cache.find('a', 100)).toBeUndefined();
    expect(cache.sizeCount).toBe(0);
  });

  it('keeps nothing at capacity 0 and after clear', () => {
    const none = new VerdictCache(0);
    none.keep(claimsOf('a'));
    expect(none.sizeCount).toBe(0);
    const cache = new VerdictCache(1);
    cache.keep(claimsOf('a'));
    cache.clear();
    expect(cache.find('a', 0)).toBeUndefined();
  });
});
