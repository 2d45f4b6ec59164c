import { createCipheriv, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createTempFolder, serveJwks, waitFor, type JwksServer, type TempFolder } from '@arqonbus/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokenVerifier, type TokenVerifier } from '../src/index.js';
import { claimsOf, createForge, encodePart, forgeHmacToken, forgePssToken, forgeToken, type Forge } from './token-forge.fixture.js';

const forge: Forge = createForge();
const nowSeconds = Math.floor(Date.now() / 1000);
const es256 = { alg: 'ES256', kid: 'ec256' };

function es(members: Readonly<Record<string, unknown>>, header: Readonly<Record<string, unknown>> = {}): string {
  return forgeToken(forge.keys.ec256, { ...es256, ...header }, claimsOf(members));
}

const good = es({});
const [goodHeader, goodPayload, goodSignature] = good.split('.');

/** An encrypted token (five parts), as an issuer of another kind would hand out. */
function encryptedToken(): string {
  const cipher = createCipheriv('aes-256-gcm', randomBytes(32), randomBytes(12));
  const body = Buffer.concat([cipher.update(JSON.stringify(claimsOf())), cipher.final()]);
  const parts = [encodePart({ alg: 'dir', enc: 'A256GCM' }), '', randomBytes(12).toString('base64url'), body.toString('base64url'), cipher.getAuthTag().toString('base64url')];
  return parts.join('.');
}

function flipLast(text: string): string {
  return `${text.slice(0, 10)}${text[10] === 'A' ? 'B' : 'A'}${text.slice(11)}`;
}

/** The letter one further in the base64url alphabet: it differs in the lowest bit, which the last letter of 64 bytes does not use. */
function nextLetter(letter: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(letter) ^ 1];
}

/** Every bad token of protocol.md, "Connection", and the known attacks on JWT readers (RFC 8725). */
const badTokens: Readonly<Record<string, string>> = {
  'an empty text': '',
  'no parts': 'token',
  'two parts': `${goodHeader}.${goodPayload}`,
  'four parts': `${good}.AAAA`,
  'an encrypted token of five parts': encryptedToken(),
  'an empty signature': `${goodHeader}.${goodPayload}.`,
  'base64 garbage': '!!!!.????.####',
  'a signature of garbage': `${goodHeader}.${goodPayload}.AAAA`,
  'padding and the other base64 alphabet': `${good}==`,
  'a blank at the end': `${good} `,
  'a line feed within': `${goodHeader}.\n${goodPayload}.${goodSignature}`,
  'a header that is no JSON': `${encodePart('{alg:ES256}')}.${goodPayload}.${goodSignature}`,
  'a header that is a list': `${encodePart([es256])}.${goodPayload}.${goodSignature}`,
  'a header of null': `${encodePart('null')}.${goodPayload}.${goodSignature}`,
  'a payload that is no JSON': forgeToken(forge.keys.ec256, es256, 'claims'),
  'a payload that is a list': forgeToken(forge.keys.ec256, es256, '[]'),
  'a payload that is not UTF-8': `${goodHeader}.${Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url')}.${goodSignature}`,
  'a payload with a byte order mark': forgeToken(forge.keys.ec256, es256, `\ufeff${JSON.stringify(claimsOf())}`),
  'a token above 8 KiB': es({ padding: 'x'.repeat(8_192) }),
  'a token of a megabyte': 'a'.repeat(1_048_576),
  'a changed signature': `${goodHeader}.${goodPayload}.${flipLast(goodSignature)}`,
  'a changed payload': `${goodHeader}.${encodePart(claimsOf({ sub: 'admin' }))}.${goodSignature}`,
  'alg none': `${encodePart({ alg: 'none' })}.${goodPayload}.`,
  'alg none with a signature': `${encodePart({ alg: 'none', kid: 'ec256' })}.${goodPayload}.${goodSignature}`,
  'alg NONE in capitals': `${encodePart({ alg: 'NoNe' })}.${goodPayload}.${goodSignature}`,
  'no alg': `${encodePart({ kid: 'ec256' })}.${goodPayload}.${goodSignature}`,
  'an alg that is no text': `${encodePart({ alg: ['ES256'], kid: 'ec256' })}.${goodPayload}.${goodSignature}`,
  'HS256 with the public key as secret': forgeHmacToken(forge.rsaPublicPem, { alg: 'HS256', kid: 'rsa' }, claimsOf()),
  'HS256 with the key set as secret': forgeHmacToken(forge.jwks, { alg: 'HS256' }, claimsOf()),
  'RS256 announced over an HMAC of the public key': forgeHmacToken(forge.rsaPublicPem, { alg: 'RS256', kid: 'rsa' }, claimsOf()),
  'another key under a known kid': forgeToken(forge.keys.stranger, es256, claimsOf()),
  'an unknown key': forgeToken(forge.keys.stranger, { alg: 'ES256', kid: 'stranger' }, claimsOf()),
  'an unknown key without kid': forgeToken(forge.keys.stranger, { alg: 'ES256' }, claimsOf()),
  'an embedded key': forgeToken(forge.keys.stranger, { alg: 'ES256', jwk: forge.strangerJwk }, claimsOf()),
  'an embedded key under a known kid': forgeToken(forge.keys.stranger, { ...es256, jwk: forge.strangerJwk }, claimsOf()),
  'a key set address in the header': forgeToken(forge.keys.stranger, { ...es256, jku: 'http://127.0.0.1:9/jwks.json', x5u: 'http://127.0.0.1:9/' }, claimsOf()),
  'a kid that climbs folders': forgeToken(forge.keys.stranger, { alg: 'ES256', kid: '../../../../dev/null' }, claimsOf()),
  'a kid that looks like a query': forgeToken(forge.keys.stranger, { alg: 'ES256', kid: "ec256' OR '1'='1" }, claimsOf()),
  'a kid of the prototype': forgeToken(forge.keys.stranger, { alg: 'ES256', kid: '__proto__' }, claimsOf()),
  'a kid that is no text': forgeToken(forge.keys.ec256, { alg: 'ES256', kid: { kid: 'ec256' } }, claimsOf()),
  'the kid of a key of another kind': forgeToken(forge.keys.ec256, { alg: 'ES256', kid: 'rsa' }, claimsOf()),
  'ES256 by a P-384 key': forgeToken(forge.keys.ec384, { alg: 'ES256', kid: 'ec384' }, claimsOf()),
  'ES384 by a P-256 key': forgeToken(forge.keys.ec256, { alg: 'ES384', kid: 'ec256' }, claimsOf(), 'sha384'),
  'a signature of zeros (r = s = 0)': `${goodHeader}.${goodPayload}.${Buffer.alloc(64).toString('base64url')}`,
  'stray bits at the end of the signature': `${good.slice(0, -1)}${nextLetter(good.at(-1) ?? '')}`,
  'an RSA key of 1,024 bits': forgeToken(forge.keys.rsa1024, { alg: 'RS256', kid: 'rsa1024' }, claimsOf()),
  'PS256 announced over a PKCS #1 signature': forgeToken(forge.keys.rsa, { alg: 'PS256', kid: 'rsa' }, claimsOf()),
  'an alg that is not registered for tokens': forgeToken(forge.keys.ec256, { ...es256, alg: 'ES256K' }, claimsOf()),
  'a critical extension': forgeToken(forge.keys.ec256, { ...es256, crit: ['exp'], exp: 1 }, claimsOf()),
  'an unencoded payload (b64)': forgeToken(forge.keys.ec256, { ...es256, crit: ['b64'], b64: false }, claimsOf()),
  'an empty list of critical extensions': forgeToken(forge.keys.ec256, { ...es256, crit: [] }, claimsOf()),
  'alg twice in the header': forgeToken(forge.keys.ec256, '{"alg":"none","kid":"ec256","alg":"ES256"}', claimsOf()),
  'sub twice': forgeToken(forge.keys.ec256, es256, JSON.stringify(claimsOf()).replace('{', '{"sub":"admin",')),
  'tenant_id twice, once escaped': forgeToken(forge.keys.ec256, es256, JSON.stringify(claimsOf()).replace('{', '{"tenant\\u005fid":"other",')),
  'a pattern list twice': forgeToken(forge.keys.ec256, es256, JSON.stringify(claimsOf()).replace('}', ',"rooms":{"publish":[],"publish":["*"]}}')),
  'expired beyond the skew': es({ exp: nowSeconds - 31 }),
  'exp as text': es({ exp: String(nowSeconds + 600) }),
  'exp of null': es({ exp: null }),
  'a negative exp': es({ exp: -1 }),
  'exp beyond the year 9999': es({ exp: 1e15 }),
  'nbf in the future beyond the skew': es({ nbf: nowSeconds + 60 }),
  'nbf as text': es({ nbf: 'now' }),
  'no exp': es({ exp: undefined }),
  'no iss': es({ iss: undefined }),
  'no aud': es({ aud: undefined }),
  'no sub': es({ sub: undefined }),
  'no tenant_id': es({ tenant_id: undefined }),
  'another iss': es({ iss: 'https://other.test/' }),
  'iss as a list': es({ iss: [forge.issuer] }),
  'another aud': es({ aud: 'other' }),
  'aud as an empty list': es({ aud: [] }),
  'aud as a map': es({ aud: { arqon: true } }),
  'sub of a wrong grammar': es({ sub: 'no spaces' }),
  'an empty sub': es({ sub: '' }),
  'sub as number': es({ sub: 7 }),
  'a sub of 129 characters': es({ sub: 'a'.repeat(129) }),
  'tenant_id in capitals': es({ tenant_id: 'Acme' }),
  'tenant_id with a separator': es({ tenant_id: 'acme:other' }),
  'a tenant_id of 65 characters': es({ tenant_id: 'a'.repeat(65) }),
  'tenant_id as a list': es({ tenant_id: ['acme'] }),
  'roles as text': es({ roles: 'admin' }),
  'roles as a map': es({ roles: { admin: true } }),
  'roles with a number': es({ roles: ['client', 1] }),
  'roles of null': es({ roles: null }),
  'capabilities as text': es({ capabilities: 'continuum.produce' }),
  'rooms as a list': es({ rooms: ['*'] }),
  'rooms as text': es({ rooms: '*' }),
  'rooms of null': es({ rooms: null }),
  'publish patterns as text': es({ rooms: { publish: '*' } }),
  'subscribe patterns with a list': es({ rooms: { subscribe: [['*']] } }),
  'a pattern of a wrong grammar': es({ rooms: { publish: ['Plans/main'] } }),
  'a pattern with two colons': es({ rooms: { subscribe: ['a:b:c'] } }),
};

describe.each(['a URL', 'a file'] as const)('verify() with keys of %s', (kind) => {
  let folder: TempFolder;
  let server: JwksServer;
  let verifier: TokenVerifier;

  beforeAll(async () => {
    folder = createTempFolder();
    writeFileSync(folder.file('jwks.json'), forge.jwks);
    server = await serveJwks(() => forge.jwks);
    const keySource = kind === 'a URL' ? { url: server.url } : { file: folder.file('jwks.json') };
    verifier = createTokenVerifier({ keySource, issuer: forge.issuer, audience: forge.audience, cooldownMs: 0 });
    await waitFor(() => verifier.keysReachable(), { what: 'the first keys' });
  });

  afterAll(async () => {
    verifier.close();
    await server.close();
    folder.remove();
  });

  it.each(Object.entries(badTokens))('refuses %s as invalid (F1)', async (_name, token) => {
    const verdict = await verifier.verify(token);
    expect(verdict).toMatchObject({ ok: false, reason: 'invalid' });
    const detail = verdict.ok ? '' : verdict.detail;
    expect(detail).not.toBe('');
    expect(token.length > 8 && detail.includes(token.slice(0, 16))).toBe(false);
  });

  it('refuses the good token with any letter changed, added or left out (F1)', async () => {
    const letter = fc.constantFrom(...'ABab01-_.=~ \u00e9');
    const change = fc.record({ at: fc.nat(good.length - 1), removedCount: fc.nat(2), added: fc.string({ unit: letter, maxLength: 3 }) });
    await fc.assert(fc.asyncProperty(change, async ({ at, removedCount, added }) => {
      const token = good.slice(0, at) + added + good.slice(at + removedCount);
      expect((await verifier.verify(token)).ok).toBe(token === good);
    }), { numRuns: 300 });
  });

  it('takes the good token that the bad ones were made from', async () => {
    expect(await verifier.verify(good)).toMatchObject({ ok: true, claims: { subject: 'agent-1', tenantId: 'acme', issuer: forge.issuer } });
  });

  it.each([
    ['RS256', forgeToken(forge.keys.rsa, { alg: 'RS256', kid: 'rsa' }, claimsOf())],
    ['RS384', forgeToken(forge.keys.rsa, { alg: 'RS384', kid: 'rsa' }, claimsOf(), 'sha384')],
    ['RS512', forgeToken(forge.keys.rsa, { alg: 'RS512', kid: 'rsa' }, claimsOf(), 'sha512')],
    ['PS256', forgePssToken(forge.keys.rsa, { alg: 'PS256', kid: 'rsa' }, claimsOf())],
    ['ES384', forgeToken(forge.keys.ec384, { alg: 'ES384', kid: 'ec384' }, claimsOf(), 'sha384')],
    ['ES512', forgeToken(forge.keys.ec521, { alg: 'ES512', kid: 'ec521' }, claimsOf(), 'sha512')],
    ['EdDSA', forgeToken(forge.keys.ed25519, { alg: 'EdDSA', kid: 'ed25519' }, claimsOf())],
    ['Ed25519', forgeToken(forge.keys.ed25519, { alg: 'Ed25519', kid: 'ed25519' }, claimsOf())],
    ['no kid where one key fits', forgeToken(forge.keys.ec256, { alg: 'ES256' }, claimsOf())],
    ['aud as a list', es({ aud: ['other', 'arqon'] })],
    ['exp passed within the skew', es({ exp: nowSeconds - 5 })],
    ['nbf ahead within the skew', es({ nbf: nowSeconds + 20 })],
    ['unknown claims', es({ nonce: 'n', act: { sub: 'x' } })],
    ['nearly 8 KiB', es({ padding: 'x'.repeat(5_800) })],
  ])('takes a token with %s', async (_name, token) => {
    expect(await verifier.verify(token)).toMatchObject({ ok: true });
  });
});
