export { createContinuum, type Continuum, type ContinuumEvents, type ContinuumOptions, type Publication } from './continuum/continuum.js';
export type { EpisodeBus, EpisodeBusSource, OwnedEpisodeBus } from './continuum/bus-source.js';
export type { EpisodeDeletionInit, EpisodeInit, EpisodeStateInit, EpisodeSummaryInit } from './continuum/episode-init.js';
export { newEpisodeId } from './continuum/id-texts.js';
export { memoryOutbox } from './continuum/memory-outbox.js';
export type { Outbox, OutboxBounds, OutboxEvent, RefusedEvent } from './continuum/outbox.js';
export { fileOutbox, type FileOutboxOptions } from './node/file-outbox.js';
