import { unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createTestIssuer, createTempFolder, freePort, serveJwks, waitFor, type JwksServer, type TestIssuer } from '@arqonbus/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTokenVerifier, type TokenVerifier, type TokenVerifierOptions } from '../src/index.js';

let issuer: TestIssuer;
const verifiers: TokenVerifier[] = [];

beforeEach(async () => {
  issuer = await createTestIssuer();
});

afterEach(async () => {
  for (const verifier of verifiers.splice(0)) verifier.close();
  await issuer.close();
});

/** A verifier whose timer does not fire within a test, so that only what the test does makes it read keys. */
function verifierOf(options: Partial<TokenVerifierOptions> & Pick<TokenVerifierOptions, 'keySource'>): TokenVerifier {
  const verifier = createTokenVerifier({
    issuer: issuer.issuer, audience: issuer.audience, cooldownMs: 0, refreshMs: 3_600_000, retryMinMs: 3_600_000, retryMaxMs: 3_600_000, ...options,
  });
  verifiers.push(verifier);
  return verifier;
}

async function reachable(verifier: TokenVerifier): Promise<void> {
  await waitFor(() => verifier.keysReachable(), { what: 'the first keys' });
}

describe('verify() with keys of a URL', () => {
  let server: JwksServer;

  beforeEach(async () => {
    server = await issuer.serveJwks();
  });

  it('reads the keys at once, before any token (F2)', async () => {
    const verifier = verifierOf({ keySource: { url: server.url } });
    await reachable(verifier);
    expect(server.requestsCount).toBe(1);
    expect(verifier.lastKeyError).toBeUndefined();
  });

  it('reads once for many tokens that arrive before the first keys', async () => {
    const verifier = verifierOf({ keySource: { url: server.url } });
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, index) => issuer.token({ sub: `agent-${index}` })));
    const verdicts = await Promise.all(tokens.map((token) => verifier.verify(token)));
    expect(verdicts.every((verdict) => verdict.ok)).toBe(true);
    expect(server.requestsCount).toBe(1);
  });

  it.each(['fail', 'garbage', 'hang'] as const)('answers keys_unreachable when the endpoint has only known to %s (F2)', async (behaviour) => {
    server.behave(behaviour);
    const verifier = verifierOf({ keySource: { url: server.url }, fetchTimeoutMs: 100 });
    const verdict = await verifier.verify(await issuer.token());
    expect(verdict).toMatchObject({ ok: false, reason: 'keys_unreachable' });
    expect(verifier.keysReachable()).toBe(false);
    expect(verifier.lastKeyError).toContain(server.url);
  });

  it('answers keys_unreachable when nobody listens, and verifies once somebody does', async () => {
    const port = await freePort();
    const verifier = verifierOf({ keySource: { url: `http://127.0.0.1:${port}/jwks.json` }, retryMinMs: 5, retryMaxMs: 20 });
    const token = await issuer.token();
    expect(await verifier.verify(token)).toMatchObject({ ok: false, reason: 'keys_unreachable' });
    const late = await serveJwks(() => issuer.jwks(), { port });
    await reachable(verifier);
    expect(await verifier.verify(token)).toMatchObject({ ok: true });
    await late.close();
  });

  it('does not ask a failing endpoint again for each token within the cooldown', async () => {
    server.behave('fail');
    const verifier = verifierOf({ keySource: { url: server.url }, cooldownMs: 60_000 });
    const token = await issuer.token();
    for (let round = 0; round < 10; round += 1) expect(await verifier.verify(token)).toMatchObject({ reason: 'keys_unreachable' });
    expect(server.requestsCount).toBe(1);
  });

  it('reads the keys again for an unknown key, at most once per cooldown', async () => {
    const verifier = verifierOf({ keySource: { url: server.url }, cooldownMs: 60_000 });
    await reachable(verifier);
    for (let round = 0; round < 10; round += 1) {
      expect(await verifier.verify(await issuer.token({ header: { kid: `forged-${round}` } }))).toMatchObject({ reason: 'invalid' });
    }
    expect(server.requestsCount).toBe(1);
  });

  it('takes a token of a new key at once, without a restart (M19)', async () => {
    const verifier = verifierOf({ keySource: { url: server.url } });
    await reachable(verifier);
    const old = await issuer.token();
    await issuer.rotate({ keepOld: true });
    expect(await verifier.verify(await issuer.token())).toMatchObject({ ok: true });
    expect(await verifier.verify(old)).toMatchObject({ ok: true });
  });

  it('forgets the verdicts of a key that was taken out of the set (M19)', async () => {
    const verifier = verifierOf({ keySource: { url: server.url } });
    const old = await issuer.token();
    expect(await verifier.verify(old)).toMatchObject({ ok: true });
    await issuer.rotate();
    expect(await verifier.verify(await issuer.token())).toMatchObject({ ok: true });
    expect(await verifier.verify(old)).toMatchObject({ ok: false, reason: 'invalid' });
  });

  it('sees a removed key by its timer, without any new token', async () => {
    const verifier = verifierOf({ keySource: { url: server.url }, refreshMs: 20, cooldownMs: 60_000 });
    const old = await issuer.token();
    expect(await verifier.verify(old)).toMatchObject({ ok: true });
    await issuer.rotate();
    await waitFor(async () => !(await verifier.verify(old)).ok, { what: 'the removed key to be noticed' });
  });

  it('keeps the last good keys while the endpoint fails, and tells so', async () => {
    const verifier = verifierOf({ keySource: { url: server.url } });
    await reachable(verifier);
    server.behave('fail');
    expect(await verifier.verify(await issuer.token({ header: { kid: 'new' } }))).toMatchObject({ ok: false, reason: 'keys_unreachable' });
    expect(verifier.lastKeyError).toContain('500');
    expect(verifier.keysReachable()).toBe(true);
    expect(await verifier.verify(await issuer.token())).toMatchObject({ ok: true });
  });

  it('trusts the last good keys no longer than it was told', async () => {
    const verifier = verifierOf({ keySource: { url: server.url }, refreshMs: 10, retryMinMs: 5, retryMaxMs: 10, keepStaleMs: 1_000 });
    const token = await issuer.token();
    expect(await verifier.verify(token)).toMatchObject({ ok: true });
    server.behave('fail');
    await waitFor(async () => !(await verifier.verify(token)).ok, { what: 'the stale keys to be dropped' });
    expect(await verifier.verify(token)).toMatchObject({ reason: 'keys_unreachable' });
    expect(verifier.keysReachable()).toBe(false);
  });

  it('follows no redirect', async () => {
    const away = await serveJwks(() => issuer.jwks());
    const { createServer } = await import('node:http');
    const redirecting = createServer((_request, response) => response.writeHead(302, { location: away.url }).end());
    await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.1', resolve));
    const address = redirecting.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const verifier = verifierOf({ keySource: { url: `http://127.0.0.1:${port}/` } });
    expect(await verifier.verify(await issuer.token())).toMatchObject({ reason: 'keys_unreachable' });
    expect(away.requestsCount).toBe(0);
    await away.close();
    redirecting.closeAllConnections();
    await new Promise((resolve) => redirecting.close(resolve));
  });

  it('reads no more than a megabyte', async () => {
    const huge = await serveJwks(() => `{"keys":[],"padding":"${'x'.repeat(1_048_576)}"}`);
    const verifier = verifierOf({ keySource: { url: huge.url } });
    expect(await verifier.verify(await issuer.token())).toMatchObject({ reason: 'keys_unreachable', detail: expect.stringContaining('larger than 1048576') as string });
    await huge.close();
  });

  it('stops reading when it is closed, and still verifies', async () => {
    const verifier = verifierOf({ keySource: { url: server.url }, refreshMs: 5 });
    await reachable(verifier);
    verifier.close();
    const seen = server.requestsCount;
    expect(await verifier.verify(await issuer.token({ header: { kid: 'other' } }))).toMatchObject({ ok: false, reason: 'invalid' });
    expect(await verifier.verify(await issuer.token())).toMatchObject({ ok: true });
    expect(server.requestsCount - seen).toBeLessThanOrEqual(1);
  });

  it('gives up a read that hangs when it is closed', async () => {
    server.behave('hang');
    const verifier = verifierOf({ keySource: { url: server.url } });
    const verdict = verifier.verify(await issuer.token());
    await waitFor(() => server.requestsCount === 1, { what: 'the request' });
    verifier.close();
    expect(await verdict).toMatchObject({ ok: false, reason: 'keys_unreachable' });
  });
});

describe('verify() with keys of a file', () => {
  it('takes a rotated key without a restart and drops the old one (M19)', async () => {
    const verifier = verifierOf({ keySource: { file: issuer.jwksFile } });
    const old = await issuer.token();
    expect(await verifier.verify(old)).toMatchObject({ ok: true });
    await issuer.rotate();
    expect(await verifier.verify(await issuer.token())).toMatchObject({ ok: true });
    expect(await verifier.verify(old)).toMatchObject({ ok: false, reason: 'invalid' });
  });

  it('notices a change by itself', async () => {
    const verifier = verifierOf({ keySource: { file: issuer.jwksFile }, refreshMs: 10, cooldownMs: 60_000 });
    const old = await issuer.token();
    expect(await verifier.verify(old)).toMatchObject({ ok: true });
    await issuer.rotate();
    await waitFor(async () => !(await verifier.verify(old)).ok, { what: 'the changed file' });
  });

  it.each([
    ['is missing', (file: string) => unlinkSync(file), 'ENOENT'],
    ['is no JSON', (file: string) => writeFileSync(file, '{"keys":['), 'not JSON'],
    ['is no key set', (file: string) => writeFileSync(file, '{"keys":{}}'), 'not {"keys"'],
    ['holds a symmetric key', (file: string) => writeFileSync(file, '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}'), 'symmetric or private'],
    ['holds a private key', (file: string) => writeFileSync(file, '{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"c"}]}'), 'symmetric or private'],
    ['holds too many keys', (file: string) => writeFileSync(file, JSON.stringify({ keys: Array.from({ length: 101 }, () => ({ kty: 'EC' })) })), 'more than 100'],
    ['is not UTF-8', (file: string) => writeFileSync(file, Buffer.from([0xff, 0xfe])), 'not valid'],
  ])('answers keys_unreachable at once when the file %s (F2)', async (_name, harm, reason) => {
    const verifier = verifierOf({ keySource: { file: issuer.jwksFile } });
    const good = await issuer.token();
    expect(await verifier.verify(good)).toMatchObject({ ok: true });
    harm(issuer.jwksFile);
    // A token of an unknown key makes the file be looked at; the timer would do so within a second.
    await verifier.verify(await issuer.token({ header: { kid: 'new' } }));
    expect(await verifier.verify(good)).toMatchObject({ ok: false, reason: 'keys_unreachable', detail: expect.stringContaining(reason) as string });
    expect(verifier.keysReachable()).toBe(false);
    writeFileSync(issuer.jwksFile, issuer.jwks());
    expect(await verifier.verify(good)).toMatchObject({ ok: true });
  });

  it('answers keys_unreachable for a folder', async () => {
    const folder = createTempFolder();
    const verifier = verifierOf({ keySource: { file: folder.path } });
    expect(await verifier.verify(await issuer.token())).toMatchObject({ ok: false, reason: 'keys_unreachable', detail: expect.stringContaining('no regular file') as string });
    folder.remove();
  });

  it('refuses every token as invalid when the set was emptied', async () => {
    const verifier = verifierOf({ keySource: { file: issuer.jwksFile } });
    const token = await issuer.token();
    expect(await verifier.verify(token)).toMatchObject({ ok: true });
    writeFileSync(issuer.jwksFile, '{"keys":[]}');
    await verifier.verify(await issuer.token({ header: { kid: 'new' } }));
    expect(await verifier.verify(token)).toMatchObject({ ok: false, reason: 'invalid' });
  });

  it('keeps the cache when the file is touched without a change', async () => {
    const verifier = verifierOf({ keySource: { file: issuer.jwksFile } });
    const token = await issuer.token();
    const first = await verifier.verify(token);
    utimesSync(issuer.jwksFile, new Date(), new Date(Date.now() + 5_000));
    await verifier.verify(await issuer.token({ header: { kid: 'new' } }));
    const second = await verifier.verify(token);
    expect(first.ok && second.ok && first.claims === second.claims).toBe(true);
  });
});

describe('verify() caching', () => {
  it('gives the same claims for the same token without checking again', async () => {
    const verifier = verifierOf({ keySource: { file: issuer.jwksFile } });
    const token = await issuer.token();
    const first = await verifier.verify(token);
    const second = await verifier.verify(token);
    expect(first.ok && second.ok && first.claims === second.claims).toBe(true);
  });

  it('drops a verdict when the token expires, whatever the cache holds', async () => {
    let nowMs = Date.now();
    const verifier = verifierOf({ keySource: { file: issuer.jwksFile }, nowMs: () => nowMs });
    const token = await issuer.token({ ttlSeconds: 60 });
    expect(await verifier.verify(token)).toMatchObject({ ok: true });
    nowMs += 75_000;
    expect(await verifier.verify(token)).toMatchObject({ ok: true });
    nowMs += 30_000;
    expect(await verifier.verify(token)).toMatchObject({ ok: false, reason: 'invalid', detail: expect.stringContaining('exp') as string });
  });

  it('keeps nothing when told so', async () => {
    const verifier = verifierOf({ keySource: { file: issuer.jwksFile }, cacheEntries: 0 });
    const token = await issuer.token();
    const first = await verifier.verify(token);
    const second = await verifier.verify(token);
    expect(first.ok && second.ok && first.claims !== second.claims).toBe(true);
  });

  it('takes a token without kid that one of several keys signed', async () => {
    const verifier = verifierOf({ keySource: { file: issuer.jwksFile } });
    await issuer.rotate({ keepOld: true });
    await issuer.rotate({ keepOld: true });
    const token = await issuer.token({ header: { kid: undefined } });
    expect(await verifier.verify(token)).toMatchObject({ ok: true });
    const expired = await issuer.token({ header: { kid: undefined }, ttlSeconds: -100 });
    expect(await verifier.verify(expired)).toMatchObject({ ok: false, detail: expect.stringContaining('exp') as string });
    await issuer.rotate();
    await issuer.rotate({ keepOld: true });
    await verifier.verify(await issuer.token());
    expect(await verifier.verify(token)).toMatchObject({ ok: false, reason: 'invalid' });
  });
});

describe('verify() of a token without kid', () => {
  it('tries eight keys and no more', async () => {
    for (let made = 1; made < 8; made += 1) await issuer.rotate({ keepOld: true });
    const verifier = verifierOf({ keySource: { file: issuer.jwksFile } });
    expect(await verifier.verify(await issuer.token({ header: { kid: undefined } }))).toMatchObject({ ok: true });
    await issuer.rotate({ keepOld: true });
    expect(await verifier.verify(await issuer.token())).toMatchObject({ ok: true });
    expect(await verifier.verify(await issuer.token({ header: { kid: undefined } }))).toMatchObject({ ok: false, reason: 'invalid' });
  });
});

describe('createTokenVerifier()', () => {
  it.each(['ftp://127.0.0.1/jwks.json', 'http://keys.example/jwks.json', 'not a url'])('raises TypeError for the key address %s', (url) => {
    expect(() => verifierOf({ keySource: { url } })).toThrow(TypeError);
  });

  it('takes plain http on another machine only where that is allowed', () => {
    const verifier = verifierOf({ keySource: { url: 'http://keys.invalid/jwks.json' }, plainHttp: 'anywhere', fetchTimeoutMs: 10 });
    expect(verifier.keysReachable()).toBe(false);
  });
});
