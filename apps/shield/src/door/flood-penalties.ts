const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** A client that behaved for so long starts anew. */
const FORGIVEN_AFTER_MS = 60_000;
/** Clients remembered; the oldest leave first. */
const CLIENTS_CAP_COUNT = 16_384;

interface Penalty {
  floodsCount: number;
  untilMs: number;
}

/**
 * Keeps a client away for a while that was closed for flooding and did it again: half a second, twice as long after each further flood, at most 30 s.
 * The first time it may come back at once.
 * Without it every new connection would start with a full allowance, and a flood would cost the others as much as before (G6, F16). Keyed by
 * tenant and client, so that a client never pays for another. Times come from the caller's monotonic clock.
 */
export class FloodPenalties {
  readonly #clients = new Map<string, Penalty>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The client was closed for flooding. Floods of its other connections within a penalty count once. */
  note(client: string): void {
    const nowMs = this.#nowMs();
    const known = this.#clients.get(client);
    if (known !== undefined && known.untilMs > nowMs) return;
    const isForgiven = known === undefined || nowMs - known.untilMs > FORGIVEN_AFTER_MS;
    const floodsCount = isForgiven ? 1 : known.floodsCount + 1;
    this.#clients.delete(client);
    const penaltyMs = floodsCount === 1 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (floodsCount - 2));
    this.#clients.set(client, { floodsCount, untilMs: nowMs + penaltyMs });
    if (this.#clients.size <= CLIENTS_CAP_COUNT) return;
    for (const oldest of this.#clients.keys()) {
      this.#clients.delete(oldest);
      break;
    }
  }

  /** Milliseconds until the client may connect; 0 when it may now. */
  remainingMs(client: string): number {
    const known = this.#clients.get(client);
    return known === undefined ? 0 : Math.max(0, Math.ceil(known.untilMs - this.#nowMs()));
  }
}
