import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { CliError } from '../cli-error.js';
import type { DataDir } from './data-dir.js';
import { createPrivateFile, readTextFile, writePrivateFile } from './private-file.js';

/** The key that signs the local bus's tokens (ES256). */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

/** The signing key, made with its public key set on first use. Several processes may ask at once: all get the same. Raises CliError SIGNING_KEY. */
export async function ensureSigningKey(dataDir: DataDir): Promise<SigningKey> {
  if (readTextFile(dataDir.signingKeyFile) === undefined) createPrivateFile(dataDir.signingKeyFile, await makeKey());
  const jwk = readKey(dataDir);
  const { kty, crv, x, y, kid = '' } = jwk;
  const publicSet = `${JSON.stringify({ keys: [{ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' }] })}\n`;
  if (readTextFile(dataDir.jwksFile) !== publicSet) writePrivateFile(dataDir.jwksFile, publicSet);
  try {
    const privateKey = await importJWK(jwk, 'ES256');
    if (privateKey instanceof Uint8Array) throw new TypeError('a symmetric key');
    return { kid, privateKey };
  } catch (cause) {
    throw unusable(dataDir, cause);
  }
}

async function makeKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return `${JSON.stringify({ ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ES256', use: 'sig' })}\n`;
}

function readKey(dataDir: DataDir): JWK {
  try {
    const jwk: unknown = JSON.parse(readTextFile(dataDir.signingKeyFile) ?? '');
    if (isPrivateKey(jwk)) return jwk;
  } catch (cause) {
    throw unusable(dataDir, cause);
  }
  throw unusable(dataDir, undefined);
}

function isPrivateKey(value: unknown): value is JWK {
  if (typeof value !== 'object' || value === null) return false;
  const { kty, crv, x, y, d, kid } = value as JWK;
  return kty === 'EC' && crv === 'P-256' && [x, y, d, kid].every((part) => typeof part === 'string');
}

function unusable(dataDir: DataDir, cause: unknown): CliError {
  return new CliError('configuration', 'SIGNING_KEY', `${dataDir.signingKeyFile} is not a signing key`, { next: '`arqon dev --reset` makes a new one; tokens made before end with it.', cause });
}
