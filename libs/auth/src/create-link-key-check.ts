import { createHash, timingSafeEqual } from 'node:crypto';
import { readBearerHeader } from './read-bearer.js';

/** Shortest link key, in characters. */
export const linkKeyMinimumCount = 32;

/**
 * Makes the check of a Shield's credential at the Spine's link door: true when the `Authorization` header is
 * `Bearer <key>` with one of the keys. Several keys let a rotation overlap (M19). Digests of equal length are
 * compared in constant time, so neither the key's content nor its length shows in the answer's time.
 * Raises RangeError when there is no key or one is shorter than 32 characters.
 */
export function createLinkKeyCheck(key: string | readonly string[]): (authorization: string | undefined) => boolean {
  const keys = typeof key === 'string' ? [key] : key;
  if (keys.length === 0 || keys.some((one) => one.length < linkKeyMinimumCount)) {
    throw new RangeError(`a link key needs at least ${linkKeyMinimumCount} characters`);
  }
  const digests = keys.map(digest);
  return (authorization) => {
    const offered = digest((authorization === undefined ? undefined : readBearerHeader(authorization)) ?? '');
    // Every key is compared, so that the time does not tell which one matched.
    return digests.map((known) => timingSafeEqual(known, offered)).includes(true);
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
