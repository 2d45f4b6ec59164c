import type { GetToken } from './link/token-source.js';

/** Options of `connect` on every platform. */
export interface BusOptions {
  /** URL of a Shield, `wss://…`. A token in it is refused by the server. */
  readonly url: string;
  /** Fetches a token: called at each connect and before a token ends. '' or null means revoked and closes; a rejection is tried again. */
  readonly getToken?: GetToken | undefined;
  /** A fixed token, for tools and tests. One of `token` and `getToken` is needed. */
  readonly token?: string | undefined;
  /** True: subscriptions also deliver what this Bus published. Default false. */
  readonly echo?: boolean | undefined;
  readonly reconnect?: {
    /** First upper bound of the random delay; default 250. */
    readonly minDelayMs?: number | undefined;
    /** Last upper bound; default 20,000. */
    readonly maxDelayMs?: number | undefined;
    /** Attempts in a row before the Bus closes; default unlimited. */
    readonly maxAttempts?: number | undefined;
  } | undefined;
  /** How long `connect` tries before it rejects, and how long one attempt may take; default 20,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long commands and requests wait by default, reconnects included; default 30,000. */
  readonly commandTimeoutMs?: number | undefined;
  /** Messages that one subscription may queue; default 65,536. Above it the subscription stops taking and fetches the rest later. */
  readonly maxQueuedMessages?: number | undefined;
  /** How long a run that the store is not available for is sent again before it rejects with STORE_UNAVAILABLE; default 30,000. */
  readonly storeRetryMs?: number | undefined;
  /** True: acknowledged publishes to a topic depend on what this Bus has seen in the topic's room, as `publish` with `causal`. Default false. */
  readonly causal?: boolean | undefined;
  /** Publishes that may be unsettled; default 65,536. Above it `publish` rejects with RATE_LIMITED. */
  readonly maxPendingPublishes?: number | undefined;
  /** Closes the Bus when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** A label for the application's own use; it stays local. */
  readonly name?: string | undefined;
}

/** Options with every default filled in. */
export interface BusSettings {
  readonly url: string;
  readonly echo: boolean;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
  readonly maxQueuedMessages: number;
  readonly maxPendingPublishes: number;
  readonly storeRetryMs: number;
  readonly causal: boolean;
  readonly name: string;
  readonly reconnect: { readonly minDelayMs: number; readonly maxDelayMs: number; readonly maxAttempts: number };
}

/** Fills in the defaults. */
export function settingsOf(options: BusOptions): BusSettings {
  const { reconnect = {} } = options;
  return {
    url: options.url,
    echo: options.echo ?? false,
    connectTimeoutMs: options.connectTimeoutMs ?? 20_000,
    commandTimeoutMs: options.commandTimeoutMs ?? 30_000,
    maxQueuedMessages: options.maxQueuedMessages ?? 65_536,
    maxPendingPublishes: options.maxPendingPublishes ?? 65_536,
    storeRetryMs: options.storeRetryMs ?? 30_000,
    causal: options.causal ?? false,
    name: options.name ?? '',
    reconnect: {
      minDelayMs: reconnect.minDelayMs ?? 250,
      maxDelayMs: reconnect.maxDelayMs ?? 20_000,
      maxAttempts: reconnect.maxAttempts ?? Number.MAX_SAFE_INTEGER,
    },
  };
}
