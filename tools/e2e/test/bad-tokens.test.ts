import { closeCodes } from '@arqonbus/errors';
import { RawWireClient, UpgradeRefused, type TestTokenOptions } from '@arqonbus/testkit';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WireSession } from '../src/index.js';
import { succeeds } from './succeeds.js';
import { startWatchedCluster, type WatchedCluster } from './watched-cluster.js';

let watched: WatchedCluster;

beforeAll(async () => {
  watched = await startWatchedCluster({
    // The suite fails to authenticate on purpose, from the address that the bystanders have too.
    shield: { 'limits.auth_failures_per_minute_count': '100000' },
  });
});
afterAll(() => watched.stop());

const bad: readonly (readonly [string, TestTokenOptions])[] = [
  ['expired beyond the skew', { ttlSeconds: -60 }],
  ['not yet valid', { overrides: { nbf: Math.floor(Date.now() / 1_000) + 3_600 } }],
  ['of another audience', { overrides: { aud: 'others' } }],
  ['of another issuer', { overrides: { iss: 'https://others.test/' } }],
  ['without exp', { overrides: { exp: undefined } }],
  ['without iss', { overrides: { iss: undefined } }],
  ['without aud', { overrides: { aud: undefined } }],
  ['without sub', { overrides: { sub: undefined } }],
  ['without tenant_id', { overrides: { tenant_id: undefined } }],
  ['with a sub that is no name', { sub: 'a b' }],
  ['with a tenant that is no name', { tenant: 'Acme!' }],
  ['with a pattern outside the grammar', { publish: ['Plans:*:x'] }],
];

/** Tokens that no issuer would sign. */
async function forged(): Promise<readonly (readonly [string, string])[]> {
  const good = await watched.cluster.token({ sub: 'forger' });
  const [header, payload, signature] = good.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const { privateKey } = await generateKeyPair('ES256');
  const protectedHeader = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
  const admin = Buffer.from(JSON.stringify({ ...claims, roles: ['admin'] })).toString('base64url');
  return [
    ['alg none', new UnsecuredJWT(claims).encode()],
    ['a symmetric signature', await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: protectedHeader.kid }).sign(new TextEncoder().encode(watched.cluster.issuer.jwks()))],
    ['an unknown key', await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'nobody' }).sign(privateKey)],
    ['a known key id and another key', await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: protectedHeader.kid }).sign(privateKey)],
    ['an unknown crit', await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: protectedHeader.kid, crit: ['urn:new'], 'urn:new': 1 }).sign(watched.cluster.issuer.privateKey, { crit: { 'urn:new': true } })],
    ['changed claims', `${header}.${admin}.${signature}`],
    ['a cut signature', good.slice(0, -4)],
    ['no dots', 'nonsense'],
    ['more than 8 KiB', `${good}${'x'.repeat(8_192)}`],
  ];
}

async function statusOfHeader(token: string | undefined): Promise<number> {
  try {
    await watched.cluster.raw(token === undefined ? {} : { token });
    return 101;
  } catch (error) {
    if (error instanceof UpgradeRefused) return error.status;
    throw error;
  }
}

/** How a browser's connection ends, and how many messages it was sent before. */
async function closeOfBrowser(token: string): Promise<{ code: number; messages: number; subprotocol: string }> {
  const client = await watched.cluster.raw({ subprotocols: ['arqon.v1', `bearer.${token}`] });
  // What is sent must not be read: there is no session.
  await succeeds(client.sendFrame({ batches: [{ room: 'watched', envelopes: [] }] }));
  const { code } = await client.closed;
  return { code, messages: client.receivedCount, subprotocol: client.subprotocol };
}

const refusedBrowser = { code: closeCodes.unauthenticated.code, messages: 0, subprotocol: 'arqon.v1' };

describe('a bad token through the Shield', () => {
  it.each(bad)('%s is answered 401, and to a browser 4401 (F1)', async (_name, options) => {
    const token = await watched.cluster.token({ sub: 'bad', ...options });
    expect(await statusOfHeader(token)).toBe(401);
    expect(await closeOfBrowser(token)).toEqual(refusedBrowser);
  });

  it('with a forged signature or none is answered 401, and to a browser 4401 (F1)', async () => {
    for (const [name, token] of await forged()) {
      // A request header above the listener's bound is refused before the token is looked at.
      expect([401, 431], name).toContain(await statusOfHeader(token));
      if (token.length < 8_192) expect(await closeOfBrowser(token), name).toEqual(refusedBrowser);
    }
  });

  it('is no token at all: 401', async () => {
    expect(await statusOfHeader(undefined)).toBe(401);
  });

  it('in the URL is refused, good as it may be', async () => {
    const token = await watched.cluster.token();
    for (const query of [`?token=${token}`, `?access_token=${token}`]) {
      const attempt = RawWireClient.connect(`${watched.cluster.url()}${query}`, { ca: watched.cluster.ca, token });
      await expect(attempt).rejects.toMatchObject({ name: 'UpgradeRefused', status: 400 });
    }
  });

  it('comes with a subprotocol: a wrong or missing one is answered 400', async () => {
    const token = await watched.cluster.token();
    for (const subprotocols of [[], ['arqon.v2'], ['mqtt', 'arqon'], [`bearer.${token}`]]) {
      await expect(watched.cluster.raw({ token, subprotocols })).rejects.toMatchObject({ name: 'UpgradeRefused', status: 400 });
    }
  });

  it('does not matter from a page that is not allowed: 403', async () => {
    const token = await watched.cluster.token();
    await expect(watched.cluster.raw({ token, headers: { origin: 'https://evil.example' } })).rejects.toMatchObject({ status: 403 });
  });

  it('of 8 KiB is accepted when it is good', async () => {
    const filler = (length: number): Promise<string> => watched.cluster.token({ sub: 'long', overrides: { filler: 'x'.repeat(length) } });
    const short = await filler(1);
    const token = await filler(Math.floor((8_192 - short.length) * 0.75) - 8);
    expect(token.length).toBeGreaterThan(8_000);
    expect((await WireSession.open(await watched.cluster.raw({ token }))).welcome.clientId).toBe('long');
  });

  it('disturbs no bystander (p99 < 50 ms)', async () => {
    const tokens = (await forged()).map(([, token]) => token);
    await watched.expectCalm('bad tokens', async () => {
      for (let round = 0; round < 15; round += 1) {
        for (const token of tokens.slice(0, 4)) await statusOfHeader(token);
      }
    });
  });
});
