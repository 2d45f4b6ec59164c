import { ArqonError } from '@arqonbus/errors';
import { isClientId, isTenantId } from './names.js';

declare const isCoordinationKey: unique symbol;

/** Key of hot state that the programs of one tenant share in Redis or Valkey. Made by the builders of this file alone. */
export type CoordinationKey = string & { readonly [isCoordinationKey]: true };

/** What a key stands for, read back from it. */
export type CoordinationKeyParts =
  | { readonly use: 'presence' | 'rate_limit'; readonly tenant: string; readonly agent: string; readonly name: string }
  | { readonly use: 'cache'; readonly tenant: string; readonly episode: string; readonly name: string };

const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i;

/** `tenant:acme:agent:a1:presence:<name>`: that an agent is there, in one of its places. Raises ArqonError INVALID_NAME naming the part. */
export function redisPresenceKey(tenant: string, agent: string, name: string): CoordinationKey {
  checkParts(tenant, { agent, name });
  return `tenant:${tenant}:agent:${agent}:presence:${name}` as CoordinationKey;
}

/** `tenant:acme:agent:a1:rate_limit:<name>`: what an agent used of one limit. Raises ArqonError INVALID_NAME naming the part. */
export function redisRateLimitKey(tenant: string, agent: string, name: string): CoordinationKey {
  checkParts(tenant, { agent, name });
  return `tenant:${tenant}:agent:${agent}:rate_limit:${name}` as CoordinationKey;
}

/**
 * `tenant:acme:episode:e1:cache:<name>`: something that was worked out of an episode, never its content. A ULID is written in capitals, since its case
 * does not matter. Raises ArqonError INVALID_NAME naming the part.
 */
export function redisEpisodeCacheKey(tenant: string, episodeId: string, name: string): CoordinationKey {
  checkParts(tenant, { episode: episodeId, name });
  const episode = ulid.test(episodeId) ? episodeId.toUpperCase() : episodeId;
  return `tenant:${tenant}:episode:${episode}:cache:${name}` as CoordinationKey;
}

/** Reads back what the builders write; undefined for every other text, one without a tenant above all. */
export function parseCoordinationKey(key: string): CoordinationKeyParts | undefined {
  const parts = key.split(':');
  if (parts.length !== 6 || parts[0] !== 'tenant') return undefined;
  const [, tenant, owner, id, use, name] = parts;
  if (!isTenantId(tenant) || !isClientId(id) || !isClientId(name)) return undefined;
  if (owner === 'episode' && use === 'cache' && (!ulid.test(id) || id === id.toUpperCase())) return { use, tenant, episode: id, name };
  if (owner === 'agent' && (use === 'presence' || use === 'rate_limit')) return { use, tenant, agent: id, name };
  return undefined;
}

/** True for a key that the builders write. */
export function isTenantKey(key: string): key is CoordinationKey {
  return parseCoordinationKey(key) !== undefined;
}

/** The key behind the prefix of the deployment, as it is on the server. Raises ArqonError INVALID_NAME for a key that no builder writes. */
export function redisCoordinationKey(prefix: string, key: CoordinationKey): string {
  if (!isTenantKey(key)) {
    throw new ArqonError('INVALID_NAME', { field: 'key', message: 'a key of shared state begins with tenant:<tenant>:, and is made by redisPresenceKey, redisRateLimitKey or redisEpisodeCacheKey' });
  }
  return `${prefix}${key}`;
}

function checkParts(tenant: string, parts: Readonly<Record<string, string>>): void {
  if (!isTenantId(tenant)) throw new ArqonError('INVALID_NAME', { field: 'tenant', message: 'the tenant of a key is not a tenant id' });
  for (const [field, text] of Object.entries(parts)) {
    if (!isClientId(text)) throw new ArqonError('INVALID_NAME', { field, message: `the ${field} of a key is not [A-Za-z0-9][A-Za-z0-9._@-]{0,127}` });
  }
}
