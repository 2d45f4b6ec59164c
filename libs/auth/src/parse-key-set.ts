import { createHash } from 'node:crypto';
import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';

/** A usable set of public keys. */
export interface KeySet {
  /** Digest of the text that the set was read from: two equal ones hold the same keys. */
  readonly digest: string;
  /** Finds the key of a token's header, as jose's `jwtVerify` asks. */
  readonly findKey: JWTVerifyGetKey;
}

/** Most keys in a set: a set is searched linearly for each token. */
const keyCountMax = 100;

/**
 * Reads the text of a JSON Web Key Set (RFC 7517, 5). Raises Error, whose message names no key material, when it
 * is no key set, holds more than 100 keys, or holds a symmetric or private key: whoever can read such a set could sign tokens.
 * An empty set is one: it revokes every key.
 */
export function parseKeySet(text: string): KeySet {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may hold key material.
    throw new Error('the key set is not JSON');
  }
  const keys = keysOf(value);
  if (keys === undefined) throw new Error('the key set is not {"keys": [...]}');
  if (keys.length > keyCountMax) throw new Error(`the key set holds more than ${keyCountMax} keys`);
  if (keys.some(holdsSecret)) throw new Error('the key set holds a symmetric or private key');
  return { digest: createHash('sha256').update(text, 'utf8').digest('hex'), findKey: createLocalJWKSet({ keys }) };
}

function keysOf(value: unknown): Record<string, unknown>[] | undefined {
  if (!isRecord(value)) return undefined;
  const keys: unknown = value['keys'];
  return Array.isArray(keys) && keys.every(isRecord) ? keys : undefined;
}

function holdsSecret(key: Readonly<Record<string, unknown>>): boolean {
  return key['kty'] === 'oct' || 'k' in key || 'd' in key;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
