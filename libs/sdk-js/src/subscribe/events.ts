import type { Position } from './topic-position.js';

/**
 * Why delivery was interrupted:
 * - `MISSED`: the SDK saw that an event is missing and fetches it;
 * - `CLIENT_QUEUE_FULL`: the application reads too slowly, the SDK stopped taking and fetches the rest later;
 * - `SLOW_READER`: the server stopped sending for the same reason and goes on by pages;
 * - `RECONNECTED`: the connection was lost;
 * - `EPOCH_CHANGED`: the topic began anew, what came last in the old one is not known;
 * - `HISTORY_TRIMMED`, `LIMIT`: history no longer holds, or does not give, what was missed.
 */
export type GapReason = 'MISSED' | 'CLIENT_QUEUE_FULL' | 'SLOW_READER' | 'RECONNECTED' | 'EPOCH_CHANGED' | 'HISTORY_TRIMMED' | 'LIMIT' | (string & {});

/** Delivery of a topic was interrupted. */
export interface GapEvent {
  readonly topic: string;
  /** Last position delivered. */
  readonly after: Position;
  /** Position that precedes the next delivery. */
  readonly resumesAt: Position;
  readonly reason: GapReason;
  /** True when events between the two are lost to this reader; false when they still come, in order. */
  readonly lost: boolean;
}

/** Delivery of a topic goes on, and nothing is missing since the last `gap` that told of a loss. */
export interface RecoveredEvent {
  readonly topic: string;
  /** Why it had to recover. */
  readonly reason: GapReason;
  /** Events delivered from history on the way, own ones included. */
  readonly replayedCount: number;
}
