import { compileGrants } from '@arqonbus/tenancy';
import { describe, expect, it } from 'vitest';
import type { Claims, Role } from './claims.js';
import {
  callsRoom, canCall, canCreateChannel, canDeleteChannel, canListRoom, canPublish, canPublishInbox, canSubscribe, canSubscribeInbox, canSubscribeRoom, isOperator, sameIdentity,
} from './decisions.js';

interface Bearer {
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
  readonly roles?: readonly Role[];
  readonly capabilities?: readonly string[];
}

function claimsOf({ publish = [], subscribe = [], roles = ['client'], capabilities = [] }: Bearer, members: Partial<Claims> = {}): Claims {
  return {
    issuer: 'i', subject: 'agent-1', tenantId: 'acme', roles: new Set(roles), capabilities,
    publish: compileGrants(publish), subscribe: compileGrants(subscribe), expiresAtMs: 1, tokenHash: 'h', ...members,
  };
}

describe('canPublish()', () => {
  it('needs a pattern whatever the roles are (F13)', () => {
    expect(canPublish(claimsOf({ roles: ['admin', 'service', 'operator'] }), 'plans', '')).toBe(false);
    expect(canPublish(claimsOf({ publish: ['plans:main'] }), 'plans', 'main')).toBe(true);
    expect(canPublish(claimsOf({ publish: ['plans:main'] }), 'plans', 'other')).toBe(false);
    expect(canPublish(claimsOf({ subscribe: ['plans'] }), 'plans', 'main')).toBe(false);
  });

  it.each<[string, Bearer, boolean]>([
    ['sys.log', { publish: ['sys.log'] }, false],
    ['sys.log', { publish: ['sys.log'], roles: ['admin'] }, false],
    ['sys.log', { publish: ['sys.log'], capabilities: ['continuum.produce'] }, false],
    ['sys.log', { publish: ['sys.log'], roles: ['service'] }, true],
    ['sys.log', { publish: ['*'], roles: ['service'] }, false],
    ['continuum.episodes', { publish: ['continuum.*'] }, false],
    ['continuum.episodes', { publish: ['continuum.*'], capabilities: ['continuum.produce'] }, true],
    ['continuum.episodes', { publish: ['continuum.*'], capabilities: ['continuum.produce.not'] }, false],
    ['continuum.episodes', { publish: ['continuum.*'], roles: ['service'] }, true],
    ['continuum.episodes', { publish: ['plans'], roles: ['service'] }, false],
    ['system', { publish: ['system'] }, true],
    [callsRoom, { publish: ['sys.*', 'sys.calls'], roles: ['service', 'admin'] }, false],
  ])('lets only the named bearers write %s: %j → %s', (room, bearer, expected) => {
    expect(canPublish(claimsOf(bearer), room, '')).toBe(expected);
  });
});

describe('canCreateChannel()', () => {
  it('is canPublish(), but in the room of calls', () => {
    expect(canCreateChannel(claimsOf({ publish: ['plans'] }), 'plans', 'main')).toBe(true);
    expect(canCreateChannel(claimsOf({ publish: ['sys.calls'] }), callsRoom, 'projector')).toBe(false);
    expect(canCreateChannel(claimsOf({ publish: ['sys.calls'], roles: ['service'] }), callsRoom, 'projector')).toBe(true);
    expect(canCreateChannel(claimsOf({ roles: ['service'] }), callsRoom, 'projector')).toBe(false);
  });
});

describe('canCall()', () => {
  it.each<[Role, boolean]>([['client', false], ['service', false], ['operator', false], ['admin', true]])('of the role %s is %s', (role, expected) => {
    expect(canCall(claimsOf({ publish: ['*', 'sys.*'], subscribe: ['*', 'sys.*'], roles: [role] }))).toBe(expected);
  });
});

describe('canPublishInbox()', () => {
  it('needs a pattern for the inbox', () => {
    expect(canPublishInbox(claimsOf({ publish: ['*'] }), 'bob')).toBe(false);
    expect(canPublishInbox(claimsOf({ publish: ['@b*'] }), 'bob')).toBe(true);
    expect(canPublishInbox(claimsOf({ publish: ['@b*'] }), 'alice')).toBe(false);
    expect(canPublishInbox(claimsOf({}), 'agent-1')).toBe(false);
  });
});

describe('canSubscribe(), canSubscribeRoom() and canListRoom()', () => {
  it('ask for the channel, for all channels and for any channel', () => {
    const one = claimsOf({ subscribe: ['plans:main'] });
    expect([canSubscribe(one, 'plans', 'main'), canSubscribe(one, 'plans', ''), canSubscribeRoom(one, 'plans'), canListRoom(one, 'plans')]).toEqual([true, false, false, true]);
    const all = claimsOf({ subscribe: ['plans'] });
    expect([canSubscribe(all, 'plans', ''), canSubscribeRoom(all, 'plans'), canListRoom(all, 'other')]).toEqual([true, true, false]);
    const none = claimsOf({ publish: ['plans'] });
    expect([canSubscribe(none, 'plans', ''), canSubscribeRoom(none, 'plans'), canListRoom(none, 'plans')]).toEqual([false, false, false]);
  });

  it('let reserved rooms be read by whoever has a pattern for them', () => {
    expect(canSubscribe(claimsOf({ subscribe: ['sys.*'] }), 'sys.log', '')).toBe(true);
    expect(canSubscribe(claimsOf({ subscribe: ['*'] }), 'sys.log', '')).toBe(false);
  });
});

describe('canSubscribeInbox()', () => {
  it('is true of the own inbox alone, whatever the patterns say', () => {
    const claims = claimsOf({ subscribe: ['@*'], roles: ['admin'] });
    expect(canSubscribeInbox(claims, 'agent-1')).toBe(true);
    expect(canSubscribeInbox(claims, 'agent-2')).toBe(false);
  });
});

describe('canDeleteChannel()', () => {
  it.each<[readonly Role[], readonly string[], boolean]>([
    [['operator'], ['plans'], true],
    [['admin'], ['plans'], true],
    [['service'], ['plans'], false],
    [['client'], ['plans'], false],
    [['operator'], ['other'], false],
    [[], ['plans'], false],
  ])('of the roles %j with publish %j is %s', (roles, publish, expected) => {
    expect(canDeleteChannel(claimsOf({ roles, publish }), 'plans', 'main')).toBe(expected);
  });

  it('needs the right to write a reserved room too', () => {
    expect(canDeleteChannel(claimsOf({ roles: ['operator'], publish: ['sys.log'] }), 'sys.log', '')).toBe(false);
    expect(canDeleteChannel(claimsOf({ roles: ['operator', 'service'], publish: ['sys.log'] }), 'sys.log', '')).toBe(true);
  });
});

describe('isOperator()', () => {
  it('is implied by admin', () => {
    expect([isOperator(claimsOf({ roles: ['admin'] })), isOperator(claimsOf({ roles: ['service', 'client'] }))]).toEqual([true, false]);
  });
});

describe('sameIdentity()', () => {
  it('compares issuer, subject and tenant alone', () => {
    const claims = claimsOf({});
    expect(sameIdentity(claims, claimsOf({ roles: ['admin'], publish: ['a'] }, { expiresAtMs: 9, tokenHash: 'x' }))).toBe(true);
    expect(sameIdentity(claims, claimsOf({}, { issuer: 'j' }))).toBe(false);
    expect(sameIdentity(claims, claimsOf({}, { subject: 'agent-2' }))).toBe(false);
    expect(sameIdentity(claims, claimsOf({}, { tenantId: 'other' }))).toBe(false);
  });
});
