export type { EpisodeChange, EpisodeChangeKind, EpisodeContent, EpisodeKey, EpisodeRow, Guard, ProjectionOutcome } from './episode.js';
export { compareGuards, projectChange, sameRow, visibleSummary, type Projection, type ProjectionMode } from './project-change.js';
export { canonicalJson } from './metadata-json.js';
export { readEpisode, type EpisodeReading, type EpisodeSource } from './read-episode.js';
export { partitionOfEvent } from './event-partition.js';
export { ScratchMemory } from './scratch-memory.js';
export { eventIdOf, isAgentId, isUlid, isUuid, ulidOf } from './episode-ids.js';
export { continuumTopics, episodeLimits } from './continuum-contract.js';
