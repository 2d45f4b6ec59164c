/** Bounds of the delay before a reconnect, in milliseconds. */
export interface BackoffBounds {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
}

/** A window that the server named in Signal.draining. */
export interface ReconnectWindow {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Delay before attempt `attempt` (from 0): full jitter, that is, evenly random between 0 and
 * `minDelayMs * 2^attempt`, bounded by `maxDelayMs`, so that clients that fell together do not return together.
 */
export function backoffDelayMs(attempt: number, bounds: BackoffBounds, random: () => number): number {
  return random() * Math.min(bounds.maxDelayMs, bounds.minDelayMs * 2 ** Math.min(attempt, 30));
}

/** Delay within the server's window, evenly random. */
export function windowDelayMs(window: ReconnectWindow, random: () => number): number {
  return window.minMs + random() * Math.max(0, window.maxMs - window.minMs);
}
