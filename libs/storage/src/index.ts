export type {
  AppendOutcome, DurabilityName, EventOrigin, HistoryPage, HistoryStore, HistoryWindow, OpenTopicOptions, Retention, RunToAppend, Tail, TopicHistory,
} from './history-store.js';
export { MemoryHistoryStore, type MemoryHistoryOptions } from './history-store-memory.js';
