/** What asking for a token led to. `failed` may be tried again; `revoked` is final. */
export type TokenOutcome =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'failed'; readonly cause: unknown };

/** Fetches a token; an empty string or null means that access was revoked, a rejection that it may be tried again. */
export type GetToken = () => Promise<string | null | undefined> | string | null | undefined;

/** Asks the application for tokens, once at a time: callers that meet share one answer. */
export class TokenSource {
  private pending: Promise<TokenOutcome> | undefined;

  constructor(private readonly getToken: GetToken) {}

  fetch(): Promise<TokenOutcome> {
    this.pending ??= this.ask().finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  private async ask(): Promise<TokenOutcome> {
    try {
      const token = await this.getToken();
      return token ? { kind: 'token', token } : { kind: 'revoked' };
    } catch (cause) {
      return { kind: 'failed', cause };
    }
  }
}
