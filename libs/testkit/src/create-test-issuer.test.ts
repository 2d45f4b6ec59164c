import { existsSync, readFileSync } from 'node:fs';
import { createLocalJWKSet, decodeJwt, jwtVerify, type JSONWebKeySet } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestIssuer, type TestIssuer } from './create-test-issuer.js';

let issuer: TestIssuer | undefined;

afterEach(async () => {
  await issuer?.close();
});

describe('createTestIssuer()', () => {
  it('signs tokens that its key set on disk verifies', async () => {
    issuer = await createTestIssuer();
    const keys = createLocalJWKSet(JSON.parse(readFileSync(issuer.jwksFile, 'utf8')) as JSONWebKeySet);
    const token = await issuer.token({ tenant: 't1', sub: 'bob', publish: ['a'], subscribe: ['b:*'], roles: ['operator'], capabilities: ['c'], ttlSeconds: 60 });
    const { payload } = await jwtVerify(token, keys, { issuer: issuer.issuer, audience: issuer.audience });
    expect(payload).toMatchObject({ tenant_id: 't1', sub: 'bob', rooms: { publish: ['a'], subscribe: ['b:*'] }, roles: ['operator'], capabilities: ['c'] });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
  });

  it('sets and removes claims last', async () => {
    issuer = await createTestIssuer({ issuer: 'https://other.test/', audience: 'bus' });
    expect(decodeJwt(await issuer.token({ overrides: { sub: undefined, extra: 1 } }))).toMatchObject({ iss: 'https://other.test/', aud: 'bus', extra: 1 });
    expect(decodeJwt(await issuer.token({ overrides: { sub: undefined } }))).not.toHaveProperty('sub');
  });

  it('serves the key set with each behaviour and follows a rotation', async () => {
    issuer = await createTestIssuer();
    const before = issuer.privateKey;
    const server = await issuer.serveJwks();
    expect(await (await fetch(server.url)).text()).toBe(issuer.jwks());
    await issuer.rotate({ keepOld: true });
    expect(issuer.privateKey).not.toBe(before);
    expect((await (await fetch(server.url)).json() as JSONWebKeySet).keys.map((key) => key.kid)).toEqual(['test-1', 'test-2']);
    await issuer.rotate();
    expect((JSON.parse(issuer.jwks()) as JSONWebKeySet).keys.map((key) => key.kid)).toEqual(['test-3']);
    server.behave('fail');
    expect((await fetch(server.url)).status).toBe(500);
    server.behave('garbage');
    expect(await (await fetch(server.url)).text()).toBe('<html>');
    server.behave('hang');
    await expect(fetch(server.url, { signal: AbortSignal.timeout(100) })).rejects.toThrow(/timeout/);
    expect(server.requestsCount).toBe(5);
    await server.close();
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow('fetch failed');
  });

  it('leaves no files behind', async () => {
    issuer = await createTestIssuer();
    await issuer.close();
    expect(existsSync(issuer.jwksFile)).toBe(false);
  });
});
