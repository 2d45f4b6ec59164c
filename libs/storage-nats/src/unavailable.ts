import { ArqonError, isArqonError } from '@arqonbus/errors';

/** Whatever the client library raises, as the ports say it: STORE_UNAVAILABLE, the cause kept for logs. */
export function unavailable(what: string, cause?: unknown): ArqonError {
  if (isArqonError(cause)) return cause;
  const detail = cause instanceof Error ? `: ${cause.message}` : '';
  return new ArqonError('STORE_UNAVAILABLE', { message: `nats: ${what}${detail}`, ...(cause === undefined ? {} : { cause }) });
}

/** Runs `work`; every failure is STORE_UNAVAILABLE. */
export async function orUnavailable<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unavailable(what, error);
  }
}

/** Resolves to undefined and tells nobody: for work whose failure the next request meets as well. */
export function ignoreFailure(work: Promise<unknown>): void {
  work.then(undefined, (error: unknown) => error);
}

/** Rejects with STORE_UNAVAILABLE when `work` takes longer; it goes on. */
export async function withinMs<T>(what: string, timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => { reject(unavailable(`${what} within ${timeoutMs} ms`)); }, timeoutMs);
  });
  return Promise.race([work, late]).finally(() => { clearTimeout(timer); });
}
