import type { JsonObject } from '@bufbuild/protobuf';

interface EpisodeChangeInit {
  /** ULID; `newEpisodeId` makes one. */
  readonly episodeId: string;
  /** When it happened: a Date, or microseconds since 1970-01-01 UTC. Default: now, later than every default before it. */
  readonly sourceTs?: Date | bigint | undefined;
  /** UUIDv7 or ULID; by default a new UUIDv7. The same id again is the same event. */
  readonly eventId?: string | undefined;
}

/** An episode as it is now: its full state, since what an event leaves out it takes away, the summary too; one that was `summarized` is no part of that state and stays. */
export interface EpisodeStateInit extends EpisodeChangeInit {
  readonly type: 'created' | 'updated';
  /** URI of the content, which itself never travels: at most 2,048 bytes, and no `data:`. */
  readonly contentRef: string;
  /** At most 8,192 bytes. */
  readonly summary?: string | undefined;
  /** At most 64 of 128 bytes. */
  readonly tags?: readonly string[] | undefined;
  /** URI of the embedding, at most 2,048 bytes. */
  readonly embeddingRef?: string | undefined;
  /** At most 16,384 bytes as JSON, 8 levels deep. */
  readonly metadata?: JsonObject | undefined;
}

/** The end of an episode. */
export interface EpisodeDeletionInit extends EpisodeChangeInit {
  readonly type: 'deleted';
}

/** A summary told apart from the state, and nothing else. It is shown until a newer state has one of its own, or the episode is deleted. */
export interface EpisodeSummaryInit extends EpisodeChangeInit {
  readonly type: 'summarized';
  readonly summary: string;
}

/** What happened to an episode. */
export type EpisodeInit = EpisodeStateInit | EpisodeDeletionInit | EpisodeSummaryInit;
