/** Which episode: one row of the projection. */
export interface EpisodeKey {
  readonly tenantId: string;
  readonly agentId: string;
  /** ULID, in capitals. */
  readonly episodeId: string;
}

/**
 * Place of an event in its episode's time: of two, the one with the later source time wins, and at the same time the one whose
 * 16 bytes of event id are greater. The same whatever order events arrive in.
 */
export interface Guard {
  /** Microseconds since 1970-01-01 UTC. */
  readonly sourceTsUs: number;
  /** The 16 bytes of a UUID or ULID as lower-case UUID text: compares as they do. */
  readonly eventId: string;
}

/** The state of an episode: what the payload of one created or updated says, whole. */
export interface EpisodeContent {
  readonly contentRef: string;
  /** Undefined where the payload has none: then a summarized event's is shown, if there is one. */
  readonly summary: string | undefined;
  /** Sorted, each once. */
  readonly tags: readonly string[];
  readonly embeddingRef: string | undefined;
  /** A JSON object with its keys in order, `{}` when there is none. */
  readonly metadataJson: string;
}

export type EpisodeChangeKind = 'created' | 'updated' | 'deleted' | 'summarized';

/** One event that passed validation. */
export interface EpisodeChange {
  readonly kind: EpisodeChangeKind;
  readonly key: EpisodeKey;
  readonly guard: Guard;
  /** Of created and updated alone. */
  readonly content: EpisodeContent | undefined;
  /** Of summarized alone. */
  readonly summary: string | undefined;
}

/**
 * One row of the projection, a tombstone where `isDeleted`. Two registers with a guard each: the state, of created, updated and deleted, and the summary,
 * of summarized and deleted. Which summary is shown follows from both: `visibleSummary`. A tombstone shows neither content nor summary, but keeps the
 * summary of a `summarized` newer than itself: a `created` that revives the episode later must find it, as it would had it come first.
 */
export interface EpisodeRow {
  readonly key: EpisodeKey;
  /** Undefined while only a summary is known. */
  readonly stateGuard: Guard | undefined;
  readonly isDeleted: boolean;
  readonly content: EpisodeContent | undefined;
  /** Of the newest summarized or deleted. */
  readonly summaryGuard: Guard | undefined;
  /** Undefined where none was told since the newest deleted. */
  readonly summary: string | undefined;
}

/** What an event did. A `stale` one came too late: only a deleted may still clear a summary that is older. A duplicate was seen before, by its event id. */
export type ProjectionOutcome = 'inserted' | 'updated' | 'deleted' | 'revived' | 'summarized' | 'stale' | 'duplicate';
