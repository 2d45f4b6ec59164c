import type { Topic } from './topic.js';

/** Where a session stands in a topic that it does not follow live. */
export interface Cursor {
  readonly topic: Topic;
  epoch: number;
  sequence: number;
  /** History no longer held something behind the position. */
  isLost?: boolean;
}

/** Why a session is off the live topics, and what ends that. Recoveries of a session run one after another. */
export interface Recovery {
  /** What has to be there first (topics whose log is being opened); called once, when the recovery's turn has come. */
  prepare?: (() => Promise<void> | undefined) | undefined;
  /** The cursors, where only `prepare` makes them known; called once, behind it. */
  plan?: (() => Cursor[]) | undefined;
  isPreparing?: boolean;
  cursors: Cursor[];
  /** Signals that go out before the first page. */
  prologue: Uint8Array[];
  readonly startedMs: number;
  /** Every cursor is at its head: subscribe and answer, within this very turn. */
  readonly finish: () => void;
  /** The store failed; without it the session is closed with 4503, and resumes. */
  readonly fail?: (error: unknown) => void;
}
