import { constants, createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

const issuer = 'https://issuer.test/';
const audience = 'arqon';

/** Keys of a set as the adversarial tests need them: one of each kind, public halves published. */
export interface Forge {
  readonly issuer: string;
  readonly audience: string;
  /** Text of the key set. */
  readonly jwks: string;
  /** PEM of the RSA public key: what an attacker uses as HMAC secret in an algorithm confusion. */
  readonly rsaPublicPem: string;
  readonly keys: Readonly<Record<'ec256' | 'ec384' | 'ec521' | 'rsa' | 'rsa1024' | 'ed25519' | 'stranger', KeyObject>>;
  /** JWK of the attacker's own public key. */
  readonly strangerJwk: unknown;
}

/** Makes the keys. `stranger` (P-256) is not published, all others are under their names as kid. */
export function createForge(): Forge {
  const ec = (namedCurve: string): { publicKey: KeyObject; privateKey: KeyObject } => generateKeyPairSync('ec', { namedCurve });
  const pairs = {
    ec256: ec('P-256'),
    ec384: ec('P-384'),
    ec521: ec('P-521'),
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    rsa1024: generateKeyPairSync('rsa', { modulusLength: 1024 }),
    ed25519: generateKeyPairSync('ed25519'),
    stranger: ec('P-256'),
  };
  const published = (['ec256', 'ec384', 'ec521', 'rsa', 'rsa1024', 'ed25519'] as const).map((kid) => ({ ...pairs[kid].publicKey.export({ format: 'jwk' }), kid }));
  return {
    issuer,
    audience,
    jwks: JSON.stringify({ keys: published }),
    rsaPublicPem: pairs.rsa.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    keys: {
      ec256: pairs.ec256.privateKey,
      ec384: pairs.ec384.privateKey,
      ec521: pairs.ec521.privateKey,
      rsa: pairs.rsa.privateKey,
      rsa1024: pairs.rsa1024.privateKey,
      ed25519: pairs.ed25519.privateKey,
      stranger: pairs.stranger.privateKey,
    },
    strangerJwk: pairs.stranger.publicKey.export({ format: 'jwk' }),
  };
}

/** Claims of a good token, with members set over them; undefined removes one. */
export function claimsOf(members: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return { iss: issuer, aud: audience, sub: 'agent-1', tenant_id: 'acme', exp: nowSeconds + 600, ...members };
}

/** base64url of JSON; a text is taken as it is. */
export function encodePart(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part), 'utf8').toString('base64url');
}

/** A token of the parts, signed the way that the key's kind asks for; `hash` defaults to SHA-256. */
export function forgeToken(key: KeyObject, header: unknown, payload: unknown, hash = 'sha256'): string {
  const input = `${encodePart(header)}.${encodePart(payload)}`;
  const isEc = key.asymmetricKeyType === 'ec';
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : hash;
  const signature = sign(algorithm, Buffer.from(input), isEc ? { key, dsaEncoding: 'ieee-p1363' } : key);
  return `${input}.${signature.toString('base64url')}`;
}

/** A PS256 token (RFC 7518, 3.5). */
export function forgePssToken(key: KeyObject, header: unknown, payload: unknown): string {
  const input = `${encodePart(header)}.${encodePart(payload)}`;
  const signature = sign('sha256', Buffer.from(input), { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
  return `${input}.${signature.toString('base64url')}`;
}

/** A token with an HMAC over the parts. */
export function forgeHmacToken(secret: string, header: unknown, payload: unknown): string {
  const input = `${encodePart(header)}.${encodePart(payload)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}
