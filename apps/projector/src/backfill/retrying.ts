import { errorTable, isArqonError } from '@arqonbus/errors';
import { EpisodeStoreError } from '@arqonbus/storage/episodes';
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Backoff } from '../consume/backoff.js';

const minDelayMs = 50;
const maxDelayMs = 5_000;

/** True where the same may succeed later: the database or the bus is away, or a server lags behind another. */
export function isTransient(error: unknown): boolean {
  if (error instanceof EpisodeStoreError) return error.failure === 'transient';
  return isArqonError(error) && (errorTable[error.code].retryable || error.code === 'WINDOW_UNBOUNDED');
}

/** Delays between tries or looks, doubling up to a last one. */
export function createBackoff(minMs: number, maxMs: number): Backoff {
  return new Backoff(minMs, maxMs, () => randomInt(1_000) / 1_000);
}

/** Tries again after transient failures, for ever. Rejects with any other failure, and when aborted. */
export async function retrying<Result>(signal: AbortSignal, failed: (error: unknown) => void, work: () => Promise<Result>): Promise<Result> {
  const backoff = createBackoff(minDelayMs, maxDelayMs);
  for (;;) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
      failed(error);
      await delay(backoff.next(), undefined, { signal });
    }
  }
}
