import { ArqonError, isArqonError } from '@arqonbus/errors';
import { isClosedError } from '../closed-error.js';
import type { CommandClient } from '../command-client.js';
import { dateOf } from '../wire/reply-reader.js';
import type { TokenSource } from './token-source.js';

/** What comes of a refresh that nobody awaits. */
export interface RefreshOutcome {
  refreshed(expiresAt: Date): void;
  revoked(error: ArqonError): void;
  failed(error: ArqonError): void;
}

const firstRetryMs = 500;
const maxRetryMs = 10_000;

/** Replaces the session's token without a new connection. One refresh at a time. */
export class TokenRefresher {
  private pending: Promise<Date> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private retryMs = firstRetryMs;

  constructor(
    private readonly tokens: TokenSource,
    private readonly commands: CommandClient,
    private readonly timeoutMs: number,
    private readonly outcome: RefreshOutcome,
  ) {}

  /** Fetches a token and hands it to the server; resolves with the new end. */
  refresh(): Promise<Date> {
    this.pending ??= this.exchange().finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  /** The server says that the token ends soon. A failure to fetch is tried again; at the token's end the server closes with 4401. */
  expiring(): void {
    clearTimeout(this.timer);
    this.refresh().then(
      () => {
        this.retryMs = firstRetryMs;
      },
      (error: unknown) => this.failed(error),
    );
  }

  /** Gives up trying: the next connection fetches a token anyway. */
  stop(): void {
    clearTimeout(this.timer);
    this.retryMs = firstRetryMs;
  }

  private failed(error: unknown): void {
    if (isClosedError(error)) return;
    const known = isArqonError(error) ? error : new ArqonError('UNAUTHENTICATED', { message: 'getToken failed.', cause: error });
    this.outcome.failed(known);
    if (isArqonError(error)) return;
    this.timer = setTimeout(() => this.expiring(), this.retryMs);
    this.retryMs = Math.min(maxRetryMs, this.retryMs * 2);
  }

  private async exchange(): Promise<Date> {
    const outcome = await this.tokens.fetch();
    if (outcome.kind === 'failed') throw outcome.cause;
    if (outcome.kind === 'revoked') {
      const error = new ArqonError('UNAUTHENTICATED', { message: 'getToken gave no token: access was revoked.' });
      this.outcome.revoked(error);
      throw error;
    }
    const expiresAt = await this.commands.send({
      build: () => ({ kind: 'refreshToken', token: outcome.token }),
      read: (body) => (body.kind === 'tokenRefreshed' ? dateOf(body.expiresAtUs) : undefined),
    }, { timeoutMs: this.timeoutMs });
    this.outcome.refreshed(expiresAt);
    return expiresAt;
  }
}
