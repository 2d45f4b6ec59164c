import type { Topic } from './topic.js';

/** Where a session stands in a topic that it does not follow live. */
export interface Cursor {
  readonly topic: Topic;
  epoch: number;
  sequence: number;
}

/** Why a session is off the live topics, and what ends that. Recoveries of a session run one after another. */
export interface Recovery {
  cursors: Cursor[];
  /** Signals that go out before the first page. */
  prologue: Uint8Array[];
  readonly startedMs: number;
  /** Every cursor is at its head: subscribe and answer, within this very turn. */
  readonly finish: () => void;
}
