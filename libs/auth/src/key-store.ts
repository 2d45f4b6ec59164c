import type { KeySource } from './key-source.js';
import { parseKeySet, type KeySet } from './parse-key-set.js';

/** Times of the store, in milliseconds. */
export interface KeyStoreTimes {
  /** Between two reads while all is well. */
  readonly refreshMs: number;
  /** First wait after a failed read; it doubles up to `retryMaxMs`, with jitter. */
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  /** Least time between two reads that unknown keys cause, so that forged tokens cannot flood the endpoint. */
  readonly cooldownMs: number;
  /** Bound of one read. */
  readonly timeoutMs: number;
  /** How long the last good keys outlive a failing source; 0 fails closed at once. */
  readonly keepStaleMs: number;
}

/** Holds the current keys of a source and keeps them fresh: one read at a time, one timer. */
export interface KeyStore {
  /** The keys to verify with, or undefined when there are none to be trusted now. */
  current(): KeySet | undefined;
  /** Resolves when a read is over: the one in flight, or a new one unless the cooldown forbids it. Never rejects. */
  refresh(): Promise<void>;
  /** Why the last read failed, or undefined when it succeeded. */
  readonly lastError: string | undefined;
  /** Stops timer and read; keys stay as they are. */
  close(): void;
}

/**
 * Starts reading at once. `onChange` runs whenever the set of trusted keys becomes another one, also when it becomes
 * none, before any token is verified with it.
 */
export function createKeyStore(source: KeySource, times: KeyStoreTimes, onChange: () => void): KeyStore {
  let keys: KeySet | undefined;
  let lastGoodAt = 0;
  let lastReadAt = -Infinity;
  let lastError: string | undefined = 'no key set was read yet';
  let failuresCount = 0;
  let reading: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let abort = new AbortController();
  let closed = false;

  function adopt(next: KeySet | undefined): void {
    if (next?.digest === keys?.digest) return;
    keys = next;
    onChange();
  }

  function dropStaleKeys(): void {
    if (lastError !== undefined && performance.now() - lastGoodAt >= times.keepStaleMs) adopt(undefined);
  }

  async function readOnce(): Promise<void> {
    abort = new AbortController();
    const bound = setTimeout(() => abort.abort(new Error(`no answer within ${times.timeoutMs} ms`)), times.timeoutMs).unref();
    try {
      const text = await source.read({ signal: abort.signal, holdsLast: keys !== undefined });
      if (text !== 'unchanged') adopt(parseKeySet(text));
      lastGoodAt = performance.now();
      lastError = undefined;
      failuresCount = 0;
    } catch (error) {
      if (closed) return;
      lastError = `${source.name}: ${describeFailure(error)}`;
      failuresCount += 1;
      dropStaleKeys();
    } finally {
      clearTimeout(bound);
    }
  }

  function nextWaitMs(): number {
    if (lastError === undefined) return times.refreshMs;
    const ceilingMs = Math.min(times.retryMaxMs, times.retryMinMs * 2 ** Math.min(failuresCount - 1, 20));
    return ceilingMs * (0.5 + Math.random() / 2);
  }

  function read(): Promise<void> {
    clearTimeout(timer);
    reading ??= readOnce().finally(() => {
      reading = undefined;
      lastReadAt = performance.now();
      if (closed) return;
      timer = setTimeout(() => void read(), nextWaitMs()).unref();
    });
    return reading;
  }

  void read();
  return {
    current() {
      dropStaleKeys();
      return keys;
    },
    async refresh() {
      if (reading !== undefined) return reading;
      if (closed || performance.now() - lastReadAt < times.cooldownMs) return;
      await read();
    },
    get lastError() {
      return lastError;
    },
    close() {
      closed = true;
      abort.abort();
      clearTimeout(timer);
    },
  };
}

/** Text of a failed read. `fetch` hides the reason in the cause. */
function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure';
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`;
}
