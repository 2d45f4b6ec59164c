import { ArqonError } from '@arqonbus/errors';

/** Callbacks that wait for a live window to move. */
export class WindowWaiters {
  private readonly waiting = new Set<() => void>();

  /** @throws ArqonError STORE_UNAVAILABLE, by the promise, after `maxMs`. */
  until(isThere: () => boolean, maxMs: number): Promise<void> {
    if (isThere()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        this.waiting.delete(look);
        settle();
      };
      const look = (): void => {
        if (isThere()) end(resolve);
      };
      const timer = setTimeout(() => { end(() => { reject(new ArqonError('STORE_UNAVAILABLE', { field: 'room', retryAfterMs: 500 })); }); }, maxMs);
      timer.unref();
      this.waiting.add(look);
    });
  }

  moved(): void {
    for (const look of [...this.waiting]) look();
  }
}
