import { describe, expect, it } from 'vitest';
import { checkTokenRequest, type TokenRequest } from './token-request.js';

const good: TokenRequest = { tenant: 'acme', sub: 'Planner.1@x', publish: ['plans:*', '@worker'], subscribe: ['*'], roles: ['client', 'operator'], capabilities: ['continuum.produce'], ttlSeconds: 60 };

describe('checkTokenRequest()', () => {
  it('takes what a server takes', () => {
    expect(() => checkTokenRequest(good)).not.toThrow();
  });

  it.each<[string, Partial<TokenRequest>, string]>([
    ['a tenant in capitals', { tenant: 'Acme' }, '--tenant "Acme" is not a tenant'],
    ['a tenant with a dot', { tenant: 'a.b' }, '--tenant "a.b" is not a tenant'],
    ['a client id with a blank', { sub: 'a b' }, '--sub "a b" is not a client id'],
    ['an empty client id', { sub: '' }, '--sub "" is not a client id'],
    ['a bad pattern, by its text', { publish: ['plans', 'a:b:c'] }, '--publish "a:b:c" is not a pattern'],
    ['a pattern in capitals', { subscribe: ['Plans'] }, '--subscribe "Plans" is not a pattern'],
    ['more patterns than a token holds', { subscribe: Array.from({ length: 257 }, () => 'a') }, '--subscribe is given too often'],
    ['an unknown role', { roles: ['root'] }, '--role "root" is not a role'],
    ['an empty capability', { capabilities: [''] }, '--capability "" is not a capability'],
  ])('refuses %s', (_what, change, message) => {
    expect(() => checkTokenRequest({ ...good, ...change })).toThrow(message);
  });
});
