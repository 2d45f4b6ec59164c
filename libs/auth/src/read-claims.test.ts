import { describe, expect, it } from 'vitest';
import { readClaims } from './read-claims.js';
import type { Claims } from './claims.js';

const base = { iss: 'i', sub: 'agent-1', tenant_id: 'acme', exp: 100 };

function read(members: Readonly<Record<string, unknown>>): Claims {
  const verdict = readClaims({ ...base, ...members }, 'hash');
  if (!verdict.ok) throw new Error(verdict.detail);
  return verdict.claims;
}

describe('readClaims()', () => {
  it('gives absent claims their least rights', () => {
    const claims = read({});
    expect([...claims.roles]).toEqual(['client']);
    expect(claims.capabilities).toEqual([]);
    expect(claims.publish.coversTopic('plans', '')).toBe(false);
    expect(claims.subscribe.coversTopic('plans', '')).toBe(false);
  });

  it('ignores unknown roles and adds none for them', () => {
    expect([...read({ roles: ['operator', 'root', 'Admin'] }).roles]).toEqual(['operator']);
    expect([...read({ roles: ['root'] }).roles]).toEqual([]);
    expect([...read({ roles: [] }).roles]).toEqual([]);
  });

  it('reads every claim', () => {
    const claims = read({ roles: ['client', 'service', 'operator', 'admin'], capabilities: ['x'], rooms: { publish: ['a'], subscribe: ['b'] }, exp: 100.0009 });
    expect(claims).toMatchObject({ issuer: 'i', subject: 'agent-1', tenantId: 'acme', capabilities: ['x'], expiresAtMs: 100_000, tokenHash: 'hash' });
    expect(claims.roles.size).toBe(4);
    expect([claims.publish.coversTopic('a', ''), claims.publish.coversTopic('b', ''), claims.subscribe.coversTopic('b', '')]).toEqual([true, false, true]);
  });

  it('gives claims that nobody can change', () => {
    const claims = read({ capabilities: ['x'] });
    expect(Object.isFrozen(claims)).toBe(true);
    expect(Object.isFrozen(claims.capabilities)).toBe(true);
  });

  it.each([
    ['iss', { iss: 1 }], ['sub', { sub: undefined }], ['tenant_id', { tenant_id: 'a.b' }], ['exp', { exp: Infinity }], ['exp', { exp: 0 }],
    ['roles', { roles: {} }], ['capabilities', { capabilities: [1] }], ['rooms', { rooms: { publish: {} } }], ['rooms', { rooms: { subscribe: [''] } }],
    ['rooms', { rooms: { publish: Array.from({ length: 257 }, () => 'a') } }],
  ])('refuses a malformed %s and names it', (claim, members) => {
    expect(readClaims({ ...base, ...members }, 'hash')).toMatchObject({ ok: false, reason: 'invalid', detail: expect.stringContaining(claim) as string });
  });
});
