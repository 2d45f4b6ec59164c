import type { GroupLog } from '@arqonbus/storage';
import type { Topic } from '../routing/index.js';

/** Who gets tasks: a session, as far as groups see it. */
export interface TaskReceiver {
  readonly isClosed: boolean;
  /** Its buffer is full: it gets no new tasks. */
  readonly isLagging: boolean;
  /** Queues one `Frame.batches` entry; may close the receiver. */
  queue(entry: Uint8Array): void;
}

/** Where the runs of groups come from: the store's groups for durable rooms, the live window for rooms in memory. */
export interface GroupSource {
  /**
   * Opens a group of the topic; a new one begins at the topic's head. Opened once at a time by this Spine, and closed when it has no members.
   * Rejects with ArqonError STORE_UNAVAILABLE, or GROUP_LIMIT when the topic holds its number of groups.
   */
  open(topic: Topic, group: string): Promise<GroupLog>;
}

/** An event that no member acknowledged in time, on its way to the dead-letter channel. */
export interface DeadLetter {
  /** Topic that the event came from. */
  readonly origin: Topic;
  /** Channel of the same room that it goes to. */
  readonly channel: string;
  /** Stamp fields 3 and 4: the event's sender, without a session. */
  readonly sender: Uint8Array;
  /** One `Batch.envelopes` entry, the event with headers that tell what happened. */
  readonly envelope: Uint8Array;
}

/** Publishes dead letters on behalf of the Spine. */
export interface DeadLetterSink {
  /** Resolves once the store took it; rejects with ArqonError, upon which it is tried again. */
  publish(letter: DeadLetter): Promise<void>;
}
