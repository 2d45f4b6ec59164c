import type { BatchView } from '@arqonbus/envelope';
import type { DurabilityName, Retention } from './retention.js';
import type { CommittedRun, LogHead } from './topic-log.js';

/**
 * A run on its way into a topic. The caller owns one and reuses it; the store reads the first part
 * and sets the second. No reference to `source` is kept after `append` returns.
 */
export interface RunToAppend {
  source: Uint8Array;
  view: BatchView;
  /** Batch fields 1 to 4: the topic's own, or with a recipient session. */
  routing: Uint8Array;
  /** Stamp fields 3 and 4, encoded once per session. */
  sender: Uint8Array;
  /** Stamp field 7 entries, and field 8 where the run's inspection is kept; empty without. */
  after: Uint8Array;
  /** Owner of the producer number: two clients never share one. */
  producerOwner: string;
  /** Number of the caller's turn: acknowledgements of a turn are handed to sockets at its end. */
  turn: number;
  /** Set by the store: sequence of the first event, the topic's preceding sequence, server time. */
  sequence: number;
  prev: number;
  timeUs: number;
  /** Set by the store for `duplicate`: events of the run as it was taken. */
  count: number;
}

/**
 * `accepted`: numbered and held. `duplicate`: taken before, sequence tells where (0 when no longer
 * known). The rest are refusals that consume nothing.
 */
export type AppendOutcome = 'accepted' | 'duplicate' | 'out_of_order' | 'producer_unknown' | 'too_many_unacknowledged';

/** A window of history, all bounds inclusive; undefined means unbounded. */
export interface HistoryWindow {
  readonly fromSequence?: number;
  readonly toSequence?: number;
  readonly fromTimeUs?: number;
  readonly toTimeUs?: number;
  /** Events per page, at least 1. */
  readonly maxEvents: number;
  /** Bytes per page; one run is always returned even if it alone is larger. */
  readonly maxBytes: number;
  /** Whether stamps tell of content inspection where that is kept; default: they do not (E24). */
  readonly withInspection?: boolean;
}

export interface HistoryPage {
  /** `Frame.batches` entries with `replayed` set: a Frame's bytes, maybe empty. */
  readonly bytes: Uint8Array;
  readonly events: number;
  /** Sequence of the last event in the page, or of the one before the window when it is empty. */
  readonly lastSequence: number;
  /** Where the next page starts; 0 when the window was read to its end. */
  readonly nextSequence: number;
}

/** History of one topic within one process. */
export interface TopicHistory {
  /** Microseconds of the topic's creation; a new one whenever loss cannot be ruled out. */
  readonly epoch: number;
  /** Stamp field 5, encoded. */
  readonly epochField: Uint8Array;
  /** Head: sequence of the last event, 0 when there was none. */
  readonly lastSequence: number;
  /** Sequence of the oldest event held; `lastSequence + 1` when none is. */
  readonly firstSequence: number;
  /** Everything above it, up to the head, is held: the sequence that precedes the oldest run held, or the head when none is. */
  readonly heldAfter: number;
  readonly eventCount: number;
  readonly byteCount: number;
  /** Checks the producer, numbers, sets the time (never below the last) and holds the run. */
  append(run: RunToAppend, nowUs: number): AppendOutcome;
  /** Holds a run that a log has numbered; its sequence is above the last one, its time never below. */
  commit(run: CommittedRun): void;
  /** Forgets everything and goes on behind the head of a log. */
  resetTo(head: LogHead): void;
  read(window: HistoryWindow): HistoryPage;
  /** Bytes of the runs accepted since the last `takeTail`, contiguous, with headroom before `start`; undefined when there are none. */
  takeTail(): Tail | undefined;
  /** Sequence of the last event taken by `takeTail`: what has been fanned out. */
  readonly takenSequence: number;
  /** Bytes in the tail. */
  readonly tailBytes: number;
  /** Looks for an event id among the newest `maxEvents` events and tells who sent it. */
  findSender(id: Uint8Array, idStart: number, maxEvents: number): EventOrigin | undefined;
  /**
   * Replaces an event by its tombstone (see tombstoneBody) and overwrites the bytes it stood in; what is pending is handed out before. False when
   * the event is not held.
   */
  erase(sequence: number): boolean;
  /**
   * Writes the run that begins at `sequence` anew, with other envelopes (contiguous entries, as many as before) and other fields behind the stamp's
   * `prev`: history keeps another form of it than subscribers got. What is pending is handed out before. False when no held run begins there.
   */
  replaceRun(sequence: number, envelopes: Uint8Array, after: Uint8Array): boolean;
  /**
   * Drops the run that holds an event, and those before it, and overwrites that run: its copy in a store was rewritten. What is pending is handed
   * out before.
   */
  dropThrough(sequence: number): void;
  /** Forgets everything and starts a new epoch. */
  reset(nowUs: number): void;
  /** Drops what is older than the retention allows, and producers idle for too long; called about once a minute. */
  sweep(nowUs: number): void;
}

/** Encoded runs that wait to be fanned out. */
export interface Tail {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Sequence that precedes the first run, and sequence of the last event. */
  readonly prev: number;
  readonly lastSequence: number;
}

/** Who published an event. */
export interface EventOrigin {
  readonly sender: string;
  readonly session: number;
}

export interface OpenTopicOptions {
  /** Batch fields 1 to 3, encoded once. */
  readonly routing: Uint8Array;
  readonly retention: Retention;
  /** Called before the tail's memory is sealed: the owner takes the tail now. */
  readonly onTailFull: () => void;
}

/** Numbers runs, keeps them within bounds and remembers producers (port; D1, D4). */
export interface LiveHistory {
  readonly durability: DurabilityName;
  /** Bytes held over all topics. */
  readonly byteCount: number;
  openTopic(options: OpenTopicOptions, nowUs: number): TopicHistory;
  /** The topic is gone; its memory is released. */
  closeTopic(topic: TopicHistory): void;
}
