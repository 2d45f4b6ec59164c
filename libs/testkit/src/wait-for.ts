import { setTimeout as wait } from 'node:timers/promises';

export interface WaitForOptions {
  /** Default 15,000: it guards against hanging, on slow machines too. */
  readonly timeoutMs?: number;
  /** Between two looks. Default 10. */
  readonly intervalMs?: number;
  /** What is awaited, for the failure's text. */
  readonly what?: string;
}

/**
 * Resolves with the first value of `condition` that is neither false, null nor undefined. Rejects with Error when the time is over,
 * naming what was awaited and, when the last look threw, why (as cause). Between looks the event loop is free.
 */
export async function waitFor<T>(condition: () => T | Promise<T>, options: WaitForOptions = {}): Promise<Exclude<T, false | null | undefined>> {
  const { timeoutMs = 15_000, intervalMs = 10, what = 'a condition' } = options;
  const end = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      cause = undefined;
      if (isPresent(value)) return value;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= end) throw new Error(`waited ${timeoutMs} ms for ${what}`, cause === undefined ? undefined : { cause });
    await wait(intervalMs);
  }
}

function isPresent<T>(value: T): value is Exclude<T, false | null | undefined> {
  return value !== false && value !== null && value !== undefined;
}

/** Rejects with Error when the promise takes longer; the promise itself goes on. */
export async function within<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${timeoutMs} ms for ${what}`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
