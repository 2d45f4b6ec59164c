import { ArqonError } from '@arqonbus/errors';

/** How long to wait for an answer. */
export interface WaitOptions {
  /** Gives up waiting; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Gives up after this many milliseconds with ArqonError TIMEOUT. */
  readonly timeoutMs?: number | undefined;
}

/** A promise that also ends by time-out or abort. `begin` returns what to do when it ended so, and is not called when it was aborted before. */
export function withDeadline<Value>(
  options: WaitOptions,
  begin: (resolve: (value: Value) => void, reject: (error: unknown) => void) => () => void,
): Promise<Value> {
  const { signal, timeoutMs } = options;
  return new Promise<Value>((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(asError(signal.reason));
      return;
    }
    let giveUp: () => void = () => undefined;
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => end(new ArqonError('TIMEOUT')), timeoutMs);
    const aborted = (): void => end(signal?.reason);
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
    };
    const end = (error: unknown): void => {
      finish();
      // First the reason: giving up may settle the same promise with a poorer one.
      reject(asError(error));
      giveUp();
    };
    signal?.addEventListener('abort', aborted);
    giveUp = begin(
      (value) => {
        finish();
        resolve(value);
      },
      (error) => {
        finish();
        reject(asError(error));
      },
    );
  });
}

/** An abort reason may be anything; a rejection is an Error, so that it has a stack. */
export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason), { cause: reason });
}
