import type { PublishEntry } from './publish-log.js';

/** A loss that is still being measured: the engine may name earlier losses until its flush has ended. */
export interface Loss {
  /** Serial of the earliest publish known to be lost. */
  first: number;
  /** Publishes from this serial on were never meant for the session. */
  readonly end: number;
  /** The subscriptions that ended, with the serials from which on they held. */
  readonly topics: Map<number, number>;
  readonly rooms: Map<number, number>;
  /** Position per topic: the last sequence that the session was given. */
  readonly positions: Map<number, number>;
  /** A publish that the engine had queued behind the loss: unless the engine names it as lost too, the session got it. */
  queuedBehind: PublishEntry | undefined;
  /** Log generation at which the flush has surely ended. */
  readonly reportAt: number;
}

/** State of a session that lost live frames; it exists only until the session is back on all live topics. */
export interface SlowReader {
  loss: Loss | undefined;
  /** A loss was told, and the credit that lets the Spine begin with pages was not. */
  isReported: boolean;
  /** Position of each topic that the session reads by pages. */
  readonly topics: Map<number, number>;
  /** Room-wide subscriptions that are off. */
  readonly rooms: Set<number>;
  /** Session frames that wait for room in the engine's buffer. */
  held: Uint8Array[];
  heldBytes: number;
  /** Taken off the heartbeat as well. */
  isOffHeartbeat: boolean;
}

/** Creates the state of a session at its first loss. */
export function createSlowReader(): SlowReader {
  return { loss: undefined, isReported: false, topics: new Map(), rooms: new Set(), held: [], heldBytes: 0, isOffHeartbeat: false };
}

/** True when nothing of it matters any more. */
export function hasCaughtUp(slow: SlowReader): boolean {
  return slow.loss === undefined && !slow.isReported && slow.topics.size === 0 && slow.rooms.size === 0 && slow.held.length === 0 && !slow.isOffHeartbeat;
}
