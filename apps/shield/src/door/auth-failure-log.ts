import type { Logger } from '@arqonbus/telemetry';

const LINES_PER_SECOND_COUNT = 10;

/** Logs refused connections at warning level (F22), at most ten lines a second; the rest is counted into the next line. Never tokens. */
export class AuthFailureLog {
  readonly #logger: Logger;
  readonly #nowMs: () => number;
  #windowMs = Number.NEGATIVE_INFINITY;
  #lineCount = 0;
  #suppressedCount = 0;

  constructor(logger: Logger, nowMs: () => number) {
    this.#logger = logger;
    this.#nowMs = nowMs;
  }

  report(failure: { readonly reason: string; readonly detail: string; readonly remoteAddress: string }): void {
    const nowMs = this.#nowMs();
    if (nowMs - this.#windowMs >= 1_000) {
      this.#windowMs = nowMs;
      this.#lineCount = 0;
    }
    if (this.#lineCount >= LINES_PER_SECOND_COUNT) {
      this.#suppressedCount += 1;
      return;
    }
    this.#lineCount += 1;
    const suppressed = this.#suppressedCount === 0 ? {} : { suppressed_count: this.#suppressedCount };
    this.#suppressedCount = 0;
    this.#logger.warn({ reason: failure.reason, detail: failure.detail, remote_address: failure.remoteAddress, ...suppressed }, 'connection refused');
  }
}
