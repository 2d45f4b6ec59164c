import type { Claims } from './claims.js';

/** Bounded cache of positive verdicts by token hash; the least recently used entry leaves first. */
export class VerdictCache {
  readonly #entries = new Map<string, Claims>();
  readonly #capacityCount: number;

  /** `capacityCount` 0 keeps nothing. */
  constructor(capacityCount: number) {
    this.#capacityCount = capacityCount;
  }

  get sizeCount(): number {
    return this.#entries.size;
  }

  /** The claims unless the token has expired at `nowMs`; an expired entry is forgotten. */
  find(tokenHash: string, nowMs: number): Claims | undefined {
    const claims = this.#entries.get(tokenHash);
    if (claims === undefined) return undefined;
    this.#entries.delete(tokenHash);
    if (claims.expiresAtMs <= nowMs) return undefined;
    // Inserted again at the end: a Map iterates in insertion order, so the first key is the least recently used.
    this.#entries.set(tokenHash, claims);
    return claims;
  }

  keep(claims: Claims): void {
    if (this.#capacityCount === 0) return;
    this.#entries.delete(claims.tokenHash);
    if (this.#entries.size >= this.#capacityCount) {
      const oldest = this.#entries.keys().next();
      if (oldest.done !== true) this.#entries.delete(oldest.value);
    }
    this.#entries.set(claims.tokenHash, claims);
  }

  clear(): void {
    this.#entries.clear();
  }
}
