import { canCall, canCreateChannel, canDeleteChannel, canPublish, canPublishInbox, canSubscribe, canSubscribeInbox, type Claims, type Role } from '@arqonbus/auth';
import { compileGrants } from '@arqonbus/tenancy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { CommandInput } from './contract.js';
import { loadCommitted } from './policy.fixture.js';

const policy = loadCommitted();

const names = fc.constantFrom('orders', 'sys.audit', 'sys.calls', 'continuum.e', 'sysorders', 'a');
const patterns = fc.array(fc.constantFrom('*', 'orders', 'orders:eu', 'sys.*', 'continuum.*', '@*', '@c-2', 'a:*'), { maxLength: 3 });

const claims: fc.Arbitrary<Claims> = fc.record({ publish: patterns, subscribe: patterns, roles: fc.subarray<Role>(['client', 'service', 'operator', 'admin'], { minLength: 1 }), produces: fc.boolean() })
  .map(({ publish, subscribe, roles, produces }) => ({
    issuer: 'https://id.example', subject: 'c-1', tenantId: 'acme', roles: new Set(roles), capabilities: produces ? ['continuum.produce'] : [],
    publish: compileGrants(publish), subscribe: compileGrants(subscribe), expiresAtMs: 0, tokenHash: '',
  }));

function inputOf(bearer: Claims, action: string, target: { room?: string; channel?: string; recipient?: string }): CommandInput {
  const { room = '', channel = '', recipient = '' } = target;
  const covers = (grants: Claims['publish']): boolean => (recipient === '' ? grants.coversTopic(room, channel) : grants.coversInbox(recipient));
  return {
    action,
    token: { tenant_id: bearer.tenantId, subject: bearer.subject, roles: [...bearer.roles], capabilities: bearer.capabilities },
    target: { tenant_id: bearer.tenantId, room, channel, recipient },
    proven: { publish: covers(bearer.publish), subscribe: covers(bearer.subscribe), identity: false, membership: false },
  };
}

describe('the decision command', () => {
  const allows = (...args: Parameters<typeof inputOf>): boolean => policy.decide('command', inputOf(...args)).allow;

  it('agrees with what libs/auth decides about topics', () => {
    fc.assert(fc.property(claims, names, fc.constantFrom('', 'eu'), (bearer, room, channel) => {
      expect(allows(bearer, 'publish', { room, channel })).toBe(canPublish(bearer, room, channel));
      expect(allows(bearer, 'create_channel', { room, channel })).toBe(canCreateChannel(bearer, room, channel));
      expect(allows(bearer, 'join', { room, channel })).toBe(canSubscribe(bearer, room, channel));
      expect(allows(bearer, 'history_get', { room, channel })).toBe(canSubscribe(bearer, room, channel));
      expect(allows(bearer, 'delete_channel', { room, channel })).toBe(canDeleteChannel(bearer, room, channel));
      expect(allows(bearer, 'call', { room, channel })).toBe(canCall(bearer));
    }), { numRuns: 400 });
  });

  it('agrees with what libs/auth decides about inboxes', () => {
    fc.assert(fc.property(claims, fc.constantFrom('c-1', 'c-2'), (bearer, recipient) => {
      expect(allows(bearer, 'publish', { recipient })).toBe(canPublishInbox(bearer, recipient));
      expect(allows(bearer, 'join', { recipient })).toBe(canSubscribeInbox(bearer, recipient));
    }), { numRuns: 200 });
  });
});
