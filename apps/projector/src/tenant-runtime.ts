import type { Bus } from '@arqonbus/sdk';
import type { EpisodeStore, SourcePosition } from '@arqonbus/storage/episodes';
import type { Logger } from '@arqonbus/telemetry';

/** How far the projection of one tenant is behind its topic. */
export interface Lag {
  /** Undefined: the topic has nothing. */
  readonly head: SourcePosition | undefined;
  /** Up to where every partition is projected; undefined: nothing yet. */
  readonly projected: SourcePosition | undefined;
  /** Age of the oldest event that waits; 0 when none does. */
  readonly seconds: number;
}

/** What one instance knows of its tenant by itself. */
export interface KnownState {
  /** As the database said last. */
  readonly isPaused: boolean;
  readonly instance: string;
  /** Partitions that it works on, and how far it is. */
  readonly held: readonly { readonly partition: number; readonly position: SourcePosition | undefined }[];
}

/** What became of events outside of the live topic, for metrics. */
export interface RepairCounts {
  readonly events: number;
  readonly stale: number;
  readonly refused: number;
}

/** One tenant as control and backfill see it, for as long as one connection of it lasts: a new connection comes with a new one. */
export interface TenantRuntime {
  readonly tenantId: string;
  /** The tenant's own connection. */
  readonly bus: Bus;
  readonly store: EpisodeStore;
  readonly partitionsCount: number;
  readonly logger: Logger;
  readiness(): { readonly state: string; readonly reasons: readonly string[] };
  /** What this instance knows without the database. */
  known(): KnownState;
  lag(): Promise<Lag>;
  /** Pause or resume was stored; looked at now, rather than at the next round. A gap counts as noticed by resume alone. */
  controlChanged(isPaused: boolean): void;
  /** A backfill was stored. */
  backfillRequested(): void;
  /** Dead letters were stored, replayed or refused again. */
  deadLettersChanged(): void;
  /** A replay of dead letters ended. */
  countReplay(counts: { readonly replayed: number; readonly refused: number; readonly already: number }): void;
  /** A backfill ended on this instance. */
  countBackfill(outcome: 'done' | 'failed' | 'dry_run', counts: RepairCounts): void;
}

/** What works on a tenant beside its projection, for as long as one connection of it lasts. */
export interface TenantWork {
  /** Ends it. Never rejects. */
  stop(): Promise<void>;
}

/** Answers calls: `listenForCalls` of ./control. Rejects when it cannot follow the topic of calls. */
export type StartControl = (runtime: TenantRuntime) => Promise<TenantWork>;

/** Runs backfills: `startBackfills` of ./backfill. `wake` looks for one now, rather than at the next round. */
export type StartBackfills = (runtime: TenantRuntime) => TenantWork & { wake(): void };
