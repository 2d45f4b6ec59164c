import { SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { usageError } from '../cli-error.js';
import type { DataDir } from '../data-dir/data-dir.js';
import { ensureSigningKey } from '../data-dir/signing-key.js';
import { checkTokenRequest, type TokenRequest } from './token-request.js';

/** `iss` and `aud` of a local bus's tokens. */
export const devIssuer = { issuer: 'https://arqon.localhost/dev', audience: 'arqonbus' } as const;

/** Longest token that a server takes (docs/protocol.md, Connection). */
const maxTokenBytes = 8_192;

export interface SignedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Signs a token with the key of the data folder, which must be prepared. Raises usage errors for what no server would take. */
export async function signToken(dataDir: DataDir, request: TokenRequest, nowMs: number): Promise<SignedToken> {
  checkTokenRequest(request);
  const { kid, privateKey } = await ensureSigningKey(dataDir);
  const issuedAt = Math.floor(nowMs / 1000);
  const expiresAt = issuedAt + request.ttlSeconds;
  const token = await new SignJWT({
    tenant_id: request.tenant,
    roles: request.roles,
    capabilities: request.capabilities,
    rooms: { publish: request.publish, subscribe: request.subscribe },
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid })
    .setIssuer(devIssuer.issuer)
    .setAudience(devIssuer.audience)
    .setSubject(request.sub)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .setJti(randomUUID())
    .sign(privateKey);
  if (token.length > maxTokenBytes) throw usageError(`the token would have ${token.length} bytes, more than the ${maxTokenBytes} that a server takes`, 'Use fewer or wider patterns.');
  return { token, expiresAt: new Date(expiresAt * 1000) };
}
