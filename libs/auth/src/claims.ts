import type { Grants } from '@arqonbus/tenancy';

/**
 * What a token makes of its bearer.
 * - `client`: an ordinary client with rate limits; what a token without `roles` gets.
 * - `service`: one of the bus's own services; may write `sys.` and `continuum.` rooms.
 * - `operator`: may delete channels.
 * - `admin`: everything an operator may.
 * A role never replaces a pattern: publishing and reading need `rooms` whatever the roles are.
 */
export type Role = 'client' | 'service' | 'operator' | 'admin';

/** What a verified token says, in the shape that every decision of `decisions.ts` takes. Immutable. */
export interface Claims {
  /** `iss`. */
  readonly issuer: string;
  /** `sub`, the client id (protocol.md, grammar of client ids). */
  readonly subject: string;
  /** `tenant_id`; the tenant comes from here and nowhere else. */
  readonly tenantId: string;
  /** Known roles of `roles`; unknown ones are ignored, an absent claim means `client`. */
  readonly roles: ReadonlySet<Role>;
  readonly capabilities: readonly string[];
  /** `rooms.publish`; absent covers nothing. */
  readonly publish: Grants;
  /** `rooms.subscribe`; absent covers nothing. */
  readonly subscribe: Grants;
  /** `exp` in milliseconds of Unix time, an integer. Verification accepts the token until the clock tolerance after it. */
  readonly expiresAtMs: number;
  /** SHA-256 of the token, hexadecimal: names a token in logs without holding it. */
  readonly tokenHash: string;
}

/** Why a token was refused. */
export interface TokenRefusal {
  readonly ok: false;
  /** `invalid`: fetch another token (401, 4401). `keys_unreachable`: nobody can tell now, come back later (503, 4503). */
  readonly reason: 'invalid' | 'keys_unreachable';
  /** For operators' logs; never holds the token or a part of it. */
  readonly detail: string;
}

export type TokenVerdict = { readonly ok: true; readonly claims: Claims } | TokenRefusal;

/** The refusal for a token that another token must replace. */
export function refuseInvalid(detail: string): TokenRefusal {
  return { ok: false, reason: 'invalid', detail };
}

/** The refusal for a token that cannot be checked now. */
export function refuseKeysUnreachable(detail: string): TokenRefusal {
  return { ok: false, reason: 'keys_unreachable', detail };
}
