import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isTenantKey, parseCoordinationKey, redisCoordinationKey, redisEpisodeCacheKey, redisPresenceKey, redisRateLimitKey, type CoordinationKey,
} from './coordination-key.js';

const anyText = fc.oneof(fc.string({ unit: fc.constantFrom(...'aZ9._@-:*/{}\n é\u0000'), maxLength: 8 }), fc.constantFrom('acme', 'a1', 'tenant', '', '*', 'a:b', 'x'.repeat(129)));
const builders = { presence: redisPresenceKey, rate_limit: redisRateLimitKey, cache: redisEpisodeCacheKey } as const;

function refusalOf(build: () => unknown): { code?: string; field?: string } {
  try {
    build();
  } catch (error) {
    return error as { code?: string; field?: string };
  }
  return {};
}

describe('redisPresenceKey(), redisRateLimitKey(), redisEpisodeCacheKey()', () => {
  it('write the keys of the contract (I7)', () => {
    expect(redisPresenceKey('acme', 'a1', 'desk-1')).toBe('tenant:acme:agent:a1:presence:desk-1');
    expect(redisRateLimitKey('acme', 'a1', 'publish')).toBe('tenant:acme:agent:a1:rate_limit:publish');
    expect(redisEpisodeCacheKey('acme', 'e1', 'rank')).toBe('tenant:acme:episode:e1:cache:rank');
  });

  it('write one key per episode, whatever the case of its ULID', () => {
    const key = 'tenant:acme:episode:01ARZ3NDEKTSV4RRFFQ69G5FAV:cache:rank';
    expect(redisEpisodeCacheKey('acme', '01ARZ3NDEKTSV4RRFFQ69G5FAV', 'rank')).toBe(key);
    expect(redisEpisodeCacheKey('acme', '01arz3ndektsv4rrffq69g5fav', 'rank')).toBe(key);
    expect(isTenantKey(key.toLowerCase())).toBe(false);
  });

  it('begin with the tenant and are read back, or are refused, for every text', () => {
    fc.assert(fc.property(fc.constantFrom('presence', 'rate_limit', 'cache'), anyText, anyText, anyText, (use, tenant, id, name) => {
      const isRight = /^[a-z0-9][a-z0-9_-]{0,63}$/.test(tenant) && [id, name].every((text) => /^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/.test(text)) && ![tenant, id, name].some((text) => text.endsWith('\n'));
      const build = (): CoordinationKey => builders[use](tenant, id, name);
      if (!isRight) {
        expect(refusalOf(build).code).toBe('INVALID_NAME');
        return;
      }
      expect(build().startsWith(`tenant:${tenant}:`)).toBe(true);
      expect(parseCoordinationKey(build())).toEqual(use === 'cache' ? { use, tenant, episode: id, name } : { use, tenant, agent: id, name });
    }), { seed: 1, numRuns: 3_000 });
  });

  it('name the part that is wrong', () => {
    expect(refusalOf(() => redisPresenceKey('Acme', 'a1', 'x'))).toMatchObject({ code: 'INVALID_NAME', field: 'tenant' });
    expect(refusalOf(() => redisPresenceKey('acme', 'a:1', 'x'))).toMatchObject({ field: 'agent' });
    expect(refusalOf(() => redisRateLimitKey('acme', 'a1', '*'))).toMatchObject({ field: 'name' });
    expect(refusalOf(() => redisEpisodeCacheKey('acme', '', 'x'))).toMatchObject({ field: 'episode' });
  });
});

describe('parseCoordinationKey(), isTenantKey(), redisCoordinationKey()', () => {
  it('know no key that the builders do not write', () => {
    for (const key of [
      '', 'agent:a1:presence:x', 'acme:agent:a1:presence:x', 'tenant::agent:a1:presence:x', 'tenant:acme:agent:a1:presence:', 'tenant:acme:agent:a1:presence', 'tenant:acme:agent:a1:cache:x',
      'tenant:acme:episode:e1:presence:x', 'tenant:acme:agent:a1:presence:x:y', 'tenant:*:agent:a1:presence:x', 'tenant:acme:agent:a1:presence:*', 'tenant:acme:topic:{acme/plans/}:log',
      'Tenant:acme:agent:a1:presence:x', ' tenant:acme:agent:a1:presence:x', 'arqon:tenant:acme:agent:a1:presence:x', 'tenant:acme:agent:a1:presence:x\n',
    ]) {
      expect(isTenantKey(key), key).toBe(false);
      expect(refusalOf(() => redisCoordinationKey('', key as CoordinationKey)), key).toMatchObject({ code: 'INVALID_NAME', field: 'key' });
    }
  });

  it('agree with the builders on every text', () => {
    const near = fc.array(fc.constantFrom('tenant', 'acme', 'agent', 'episode', 'presence', 'rate_limit', 'cache', 'e1', '', '*'), { minLength: 4, maxLength: 7 }).map((parts) => parts.join(':'));
    fc.assert(fc.property(near, (key) => {
      const parts = parseCoordinationKey(key);
      if (parts === undefined) return;
      expect(builders[parts.use](parts.tenant, parts.use === 'cache' ? parts.episode : parts.agent, parts.name)).toBe(key);
    }), { seed: 2, numRuns: 5_000 });
    const key = redisPresenceKey('acme', 'a1', 'x');
    expect(isTenantKey(key)).toBe(true);
    expect(redisCoordinationKey('arqon:', key)).toBe('arqon:tenant:acme:agent:a1:presence:x');
  });
});
