import type { StoreEvents } from '@arqonbus/storage';

/** How to prove who we are; at most one way. */
export type NatsCredentials =
  | { readonly kind: 'user'; readonly user: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string }
  /** Seed of an nkey, as text. */
  | { readonly kind: 'nkey'; readonly seed: string };

/** Certificates as PEM text. */
export interface NatsTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface NatsStoreOptions {
  /** `host:port` each; one that answers is used, another one when it goes away (D16). */
  readonly servers: readonly string[];
  /** Absent: without credentials. */
  readonly credentials?: NatsCredentials;
  /** Absent: TLS only where the server asks for it; present: always, with verification. */
  readonly tls?: NatsTls;
  /** Name of this connection in the server's monitoring. Default `arqonbus`. */
  readonly clientName?: string;
  /** Copies of new streams; above 1 an acknowledgement is worth QUORUM. Default 1. */
  readonly replicasCount?: number;
  /** The operator's word that the servers run with `sync_interval: always`, which no client can ask for: acknowledgements are worth FSYNC. */
  readonly declaredSync?: 'always';
  /** Milliseconds for one request. Default 5,000. */
  readonly requestTimeoutMs?: number;
  /** Milliseconds for a connection. Default 5,000. */
  readonly connectTimeoutMs?: number;
  /** Bytes of one stream (a tenant's topics of one retention class), which the server reserves. Default 1 GiB. */
  readonly maxStreamBytes?: number;
  /** Bytes of one tenant's records. Default 64 MiB. */
  readonly maxRecordBytes?: number;
  /** Milliseconds in which the server knows a run that is sent again. Default 120,000. */
  readonly duplicateWindowMs?: number;
  /** Runs of one group that may be in work at once (D20). Default 1,024. */
  readonly maxGroupPendingCount?: number;
  /** Consumers of one stream, those of groups included (D20). Default 10,000. */
  readonly maxConsumersCount?: number;
  readonly events?: StoreEvents;
  /** Microseconds of now, for epochs of new logs. Default the system's clock. */
  readonly nowUs?: () => number;
}

export type NatsSettings = Required<Omit<NatsStoreOptions, 'credentials' | 'tls' | 'declaredSync' | 'events'>> & { readonly isSyncDeclared: boolean };

export function settingsOf(options: NatsStoreOptions): NatsSettings {
  return {
    servers: options.servers,
    clientName: options.clientName ?? 'arqonbus',
    replicasCount: options.replicasCount ?? 1,
    isSyncDeclared: options.declaredSync === 'always',
    requestTimeoutMs: options.requestTimeoutMs ?? 5_000,
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    maxStreamBytes: options.maxStreamBytes ?? 1_073_741_824,
    maxRecordBytes: options.maxRecordBytes ?? 67_108_864,
    duplicateWindowMs: options.duplicateWindowMs ?? 120_000,
    maxGroupPendingCount: options.maxGroupPendingCount ?? 1_024,
    maxConsumersCount: options.maxConsumersCount ?? 10_000,
    nowUs: options.nowUs ?? ((): number => Date.now() * 1_000),
  };
}
