export type {
  AppendOutcome, EventOrigin, HistoryPage, LiveHistory, HistoryWindow, OpenTopicOptions, RunToAppend, Tail, TopicHistory,
} from './live-history.js';
export type { DurabilityName, Retention } from './retention.js';
export { MemoryLiveHistory, type MemoryHistoryOptions } from './memory-live-history.js';
export type {
  Backplane, CommittedRun, Following, GroupLog, GroupRun, HistoryStore, LogAppendResult, LogFollower, LogHead, LogPage, LogWindow, OpenGroupOptions,
  OpenLogOptions, RunProducer, RunRecord, StoreEvents, TopicLog,
} from './topic-log.js';
export { decodeRunBody, encodeRunBody, type RunBody } from './run-body.js';
export { erasedEventType, isTombstone, tombstoneBody } from './tombstone.js';
export { MemoryHistoryStore, openMemoryStore, type MemoryStoreOptions } from './memory-history-store.js';
export { LocalBackplane } from './local-backplane.js';
export { LocalGroups } from './local-groups.js';
export { LocalGroup, type LocalGroupParts } from './local-group.js';
export { MemoryGroupPlaces, type GroupChange, type GroupPlace, type GroupPlaces, type OpenDelivery } from './group-places.js';
export { encodeLogPage, readLogPage, stampRun } from './log-page.js';
