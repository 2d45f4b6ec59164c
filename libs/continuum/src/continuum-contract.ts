import { DeadLetterSchema, EpisodeEventSchema } from '@arqonbus/proto';

/** Rooms of the Continuum contract and the types of their events (I1, I5). */
export const continuumTopics = {
  episodes: { room: 'continuum.episode.v1', type: EpisodeEventSchema.typeName },
  deadLetters: { room: 'continuum.episode.dlq.v1', type: DeadLetterSchema.typeName },
} as const;

/** Bounds of an episode's fields; proto/continuum/episode/v1/episode.proto states them. Each bounds bytes of UTF-8 unless its name says otherwise. */
export const episodeLimits = {
  eventBytes: 65_536,
  contentRefBytes: 2_048,
  embeddingRefBytes: 2_048,
  summaryBytes: 8_192,
  tagsCount: 64,
  tagBytes: 128,
  metadataBytes: 16_384,
  metadataLevels: 8,
  /** How far a source time may be ahead of the time of the bus, in milliseconds: a row with a time far ahead could never be changed again. */
  sourceTsAheadMs: 3_600_000,
} as const;
