import { compileGrants, isClientId, isTenantId, type Grants } from '@arqonbus/tenancy';
import { refuseInvalid, type Claims, type Role, type TokenRefusal } from './claims.js';

/** Latest `exp` that is taken: the end of the year 9999, so that microseconds of it fit 64 bits. */
const latestExpirySeconds = 253_402_300_799;

/**
 * Reads a payload whose signature, `iss`, `aud`, `exp` and `nbf` have been checked into `Claims`
 * (protocol.md, "Connection"). Absent `roles` mean `client`, absent `capabilities` and `rooms` mean none;
 * present ones of another shape refuse the token rather than grant less or more than was meant.
 */
export function readClaims(payload: Readonly<Record<string, unknown>>, tokenHash: string): { ok: true; claims: Claims } | TokenRefusal {
  const { iss, sub, tenant_id: tenantId, exp } = payload;
  if (typeof iss !== 'string') return refuseInvalid('iss is not text');
  if (typeof sub !== 'string' || !isClientId(sub)) return refuseInvalid('sub is not a client id');
  if (typeof tenantId !== 'string' || !isTenantId(tenantId)) return refuseInvalid('tenant_id is not a tenant id');
  if (typeof exp !== 'number' || !Number.isFinite(exp) || exp <= 0 || exp > latestExpirySeconds) return refuseInvalid('exp is out of range');
  const roles = readTextList(payload['roles']);
  if (roles === 'malformed') return refuseInvalid('roles is not a list of texts');
  const capabilities = readTextList(payload['capabilities']);
  if (capabilities === 'malformed') return refuseInvalid('capabilities is not a list of texts');
  const rooms = readRooms(payload['rooms']);
  if (rooms === 'malformed') return refuseInvalid('rooms is not {publish: [pattern], subscribe: [pattern]}');
  return {
    ok: true,
    claims: Object.freeze({
      issuer: iss,
      subject: sub,
      tenantId,
      roles: new Set((roles ?? ['client']).filter(isRole)),
      capabilities: Object.freeze(capabilities ?? []),
      publish: rooms.publish,
      subscribe: rooms.subscribe,
      expiresAtMs: Math.floor(exp * 1000),
      tokenHash,
    }),
  };
}

function readRooms(value: unknown): { publish: Grants; subscribe: Grants } | 'malformed' {
  if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) return 'malformed';
  const rooms = (value ?? {}) as Readonly<Record<string, unknown>>;
  const publish = readTextList(rooms['publish']);
  const subscribe = readTextList(rooms['subscribe']);
  if (publish === 'malformed' || subscribe === 'malformed') return 'malformed';
  try {
    return { publish: compileGrants(publish ?? []), subscribe: compileGrants(subscribe ?? []) };
  } catch {
    // compileGrants raises for a pattern outside the grammar: the issuer's mistake, so the whole token is refused.
    return 'malformed';
  }
}

function readTextList(value: unknown): readonly string[] | undefined | 'malformed' {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return 'malformed';
  const items: readonly unknown[] = value;
  return items.every((item) => typeof item === 'string') ? items : 'malformed';
}

function isRole(value: string): value is Role {
  return value === 'client' || value === 'service' || value === 'operator' || value === 'admin';
}
