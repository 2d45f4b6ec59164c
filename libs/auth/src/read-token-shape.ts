import { hardCaps } from '@arqonbus/errors';
import { refuseInvalid, type TokenRefusal } from './claims.js';
import { hasDuplicateNames } from './has-duplicate-names.js';

/** Signature algorithms that are taken: asymmetric ones alone (RFC 7518, 3.1; RFC 8037; RFC 9864). */
export const tokenAlgorithms = [
  'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519',
] as const;

/** Three non-empty parts of the base64url alphabet without padding (RFC 7515, 2 and 3.1). An encrypted token has five. */
const compactSignature = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/** Refuses a token that is missing or above 8 KiB: before anything is computed over it, a digest included. */
export function refuseBySize(token: string): TokenRefusal | undefined {
  if (token === '') return refuseInvalid('the token is missing');
  if (token.length > hardCaps.tokenBytes) return refuseInvalid(`the token exceeds ${hardCaps.tokenBytes} bytes`);
  return undefined;
}

/**
 * Refuses whatever can be refused without keys and signatures: a token that is no compact JWS, with a header or payload
 * that is no JSON object or names something twice, with `alg` none, symmetric or unknown, or with any critical
 * extension (RFC 7515, 4.1.11). Undefined when a signature is worth checking.
 */
export function refuseByShape(token: string): TokenRefusal | undefined {
  const parts = compactSignature.exec(token);
  if (parts === null) return refuseInvalid('the token is no compact JWS of three parts');
  if (parts.slice(1).some((part) => !isCanonical(part))) return refuseInvalid('a part has stray bits at its end');
  const header = readJsonObject(parts[1]);
  if (typeof header === 'string') return refuseInvalid(`the header ${header}`);
  const payload = readJsonObject(parts[2]);
  if (typeof payload === 'string') return refuseInvalid(`the payload ${payload}`);
  if (!tokenAlgorithms.some((known) => known === header['alg'])) return refuseInvalid('alg is not an accepted asymmetric algorithm');
  if ('crit' in header) return refuseInvalid('the header names critical extensions');
  return undefined;
}

/** One content has one writing: without this, a token could be written in several ways, each with a hash of its own (RFC 4648, 3.5). */
function isCanonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

/** The object that a part holds, or what is wrong with it. */
function readJsonObject(part: string): Readonly<Record<string, unknown>> | string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(part, 'base64url'));
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is no JSON object';
    if (hasDuplicateNames(text)) return 'holds a name twice';
    return value as Readonly<Record<string, unknown>>;
  } catch {
    // The parser's message would quote the token.
    return 'is no UTF-8 JSON';
  }
}
