import type { TopicKey } from '@arqonbus/tenancy';
import type { DurabilityName, Retention } from './retention.js';

/** Who numbers a run: two clients never share a producer, and runs of one producer and topic are counted from 1. */
export interface RunProducer {
  /** Client id. */
  readonly owner: string;
  /** Upper and lower half of the producer number. */
  readonly hi: number;
  readonly lo: number;
  readonly run: number;
}

/** A run on its way into a log. */
export interface RunRecord {
  /** Undefined for a run without acknowledgement, which is never a duplicate. */
  readonly producer: RunProducer | undefined;
  /** Events, 1 to 4,096. */
  readonly count: number;
  /** From encodeRunBody; opaque to adapters. */
  readonly body: Uint8Array;
}

/** A run as a log holds it. */
export interface CommittedRun extends RunRecord {
  /** Of the first event; event i has `sequence + i`. */
  readonly sequence: number;
  /** The topic's preceding sequence; 0 for the first of an epoch. */
  readonly prev: number;
  /** Never below that of the run before. */
  readonly timeUs: number;
}

/** What became of a run (docs/protocol.md, Acknowledging); the refusals consume nothing. */
export type LogAppendResult =
  | { readonly outcome: 'accepted'; readonly sequence: number; readonly count: number }
  /** Taken before; sequence 0 when it is no longer known where. */
  | { readonly outcome: 'duplicate'; readonly sequence: number; readonly count: number }
  | { readonly outcome: 'out_of_order' | 'producer_unknown' };

/** What a log holds now. */
export interface LogHead {
  /** Microseconds of the log's creation by the store's clock, rising; a new one whenever loss cannot be ruled out. */
  readonly epoch: number;
  /** Sequence of the last event, 0 when there was none. */
  readonly lastSequence: number;
  /** Sequence of the oldest event held; above `lastSequence` when none is. */
  readonly firstSequence: number;
}

/** Part of a log, bounds inclusive; undefined means unbounded. */
export interface LogWindow {
  readonly fromSequence?: number;
  readonly toSequence?: number;
  readonly fromTimeUs?: number;
  readonly toTimeUs?: number;
  /** Bounds of the answer, in whole runs; one run is always returned even if it alone is larger. */
  readonly maxEvents: number;
  readonly maxBytes: number;
}

export interface LogPage extends LogHead {
  /** Whole runs that touch the window, oldest first; erased events are tombstones in them. */
  readonly runs: readonly CommittedRun[];
  /** False when the answer's bounds cut it short: go on behind the last run. */
  readonly isComplete: boolean;
}

/**
 * The log of one topic. All promises reject with ArqonError STORE_UNAVAILABLE when the store cannot be reached in time; what then
 * became of an `append` is unknown, and sending the same numbered runs again settles it.
 */
export interface TopicLog {
  readonly key: TopicKey;
  /** The newest head this process has heard of; no I/O. */
  readonly head: LogHead;
  /** Asks the store. */
  readHead(): Promise<LogHead>;
  /**
   * Checks producers, numbers, sets the time (never below the last) and keeps the runs, in order, as one group commit. A refused run refuses
   * alone. Resolves when the store's durability is reached. The caller waits for it before the next.
   */
  append(runs: readonly RunRecord[], nowUs: number): Promise<readonly LogAppendResult[]>;
  read(window: LogWindow): Promise<LogPage>;
  /**
   * Replaces the run that holds `sequence` by `rewrite(run)`, a body with the same number of events, and destroys the old body. Resolves to
   * false when no run holds it.
   */
  erase(sequence: number, rewrite: (run: CommittedRun) => Uint8Array): Promise<boolean>;
  /** Forgets runs and producers and begins a new epoch, above the last one. */
  reset(nowUs: number): Promise<LogHead>;
  /** Drops what is older than the retention allows; whole runs. */
  trim(nowUs: number): Promise<void>;
  /** Ends this process's use of it; the log stays. */
  close(): void;
}

export interface OpenLogOptions {
  readonly retention: Retention;
  /** Milliseconds after which an idle producer is forgotten. */
  readonly producerIdleMs: number;
}

/** A run that one member of a group works on. */
export interface GroupRun {
  readonly run: CommittedRun;
  readonly epoch: number;
  /** Times that it was handed out before, by any Spine. */
  readonly deliveriesBefore: number;
}

/** A consumer group of one topic, shared by all Spines of the store: each run is with one Spine at a time. */
export interface GroupLog {
  /** Up to `maxRuns` runs that nobody has, or whose lease has run out; empty when there are none within `waitMs`. */
  take(maxRuns: number, waitMs: number): Promise<readonly GroupRun[]>;
  /** Done with: it is not handed out again. */
  acknowledge(run: GroupRun): Promise<void>;
  /** Another full lease for runs in work. */
  extend(runs: readonly GroupRun[]): Promise<void>;
  /** Back to the group at once. */
  release(run: GroupRun): Promise<void>;
  close(): Promise<void>;
}

export interface OpenGroupOptions {
  /** Milliseconds after which a run that was not acknowledged or extended is handed out again. */
  readonly leaseMs: number;
  /** Name of this Spine. */
  readonly consumer: string;
}

/** The store came or went; `reason` is for logs. */
export interface StoreEvents {
  up(): void;
  down(reason: string): void;
}

/** Keeps topics durably: numbers runs, holds them within bounds, remembers producers (port; D1, D4). */
export interface HistoryStore {
  readonly name: 'memory' | 'embedded' | 'redis' | 'jetstream';
  /** Whether several Spines may use it at once. */
  readonly isShared: boolean;
  /** Whether each run's sequence is the one behind the last event; else they rise with gaps of up to 4,096 per message of the engine. */
  readonly isDense: boolean;
  /** What an accepted run is worth, as far as the adapter could verify it. */
  readonly durability: DurabilityName;
  /** One line for people: which settings of the store decided the durability. */
  readonly durabilityReason: string;
  readonly isUp: boolean;
  /** Opens the topic's log and creates it where there is none. */
  openLog(key: TopicKey, options: OpenLogOptions): Promise<TopicLog>;
  /** Channels of a room that have a log, at most `maxCount`. */
  listChannels(tenant: string, room: string, maxCount: number): Promise<readonly string[]>;
  /** Opens a group of the topic; a new one begins at the log's end. */
  openGroup(log: TopicLog, group: string, options: OpenGroupOptions): Promise<GroupLog>;
  close(): Promise<void>;
}

/** What a follower of a topic hears, in sequence order, each run once. */
export interface LogFollower {
  /** Runs accepted by any Spine, this one included, before or after the answer to their `append`. */
  committed(runs: readonly CommittedRun[]): void;
  /** The log began a new epoch, or runs were lost to retention before they could be read: go on behind `head`. */
  restarted(head: LogHead): void;
  /** The run that holds this sequence was rewritten by `erase` on any Spine: copies in memory must go. Told at least once, within a second. */
  erased(sequence: number): void;
}

export interface Following {
  stop(): void;
}

/** Carries accepted runs between Spines (port). The log is the truth and the announcement a hint: what was missed is read within a second. */
export interface Backplane {
  /** `committed` begins with the first run above `afterSequence` (0: from the log's beginning), whether it is there already or still to come. */
  follow(log: TopicLog, afterSequence: number, follower: LogFollower): Following;
  /** Tells of channels of a room that came into being on any Spine, known ones perhaps again. */
  watchRoom(tenant: string, room: string, onChannel: (channel: string) => void): Following;
  close(): Promise<void>;
}
