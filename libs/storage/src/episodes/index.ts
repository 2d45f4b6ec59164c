export {
  EpisodeStoreError, type BackfillCounts, type BackfillEnding, type BackfillJob, type BackfillStore, type BatchEntry, type BatchResult, type DeadLetterRow, type DeadLetterStore,
  type EpisodeBatch, type EpisodeFault, type EpisodeStore, type EpisodeStoreFailure, type PartitionClaim, type SourcePosition, type SourceRecord,
} from './episode-store.js';
export { earliest, isAfter, isSamePosition, later } from './positions.js';
export { effectBetween, effectOf, presenceOf, type RowEffect, type RowPresence } from './row-effect.js';
