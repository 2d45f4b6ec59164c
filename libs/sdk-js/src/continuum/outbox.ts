import type { ErrorCode } from '@arqonbus/errors';

/** An event that waits to be sent. */
export interface OutboxEvent {
  /** The 16 bytes of its event id as lower-case UUID text; what tells it from others. */
  readonly id: string;
  /** The encoded `continuum.episode.v1.EpisodeEvent`. */
  readonly payload: Uint8Array;
}

/** An event that the bus refused for good. */
export interface RefusedEvent extends OutboxEvent {
  /** Why. */
  readonly code: ErrorCode;
}

/**
 * Keeps events between a local write and the bus. `memoryOutbox` and `fileOutbox` are two; a program that commits events in one transaction with
 * its own rows brings its own. One Continuum uses it, and closes it. Any method may reject; the event is then taken as not kept, not removed or
 * not moved, and a sender tries again.
 */
export interface Outbox {
  /**
   * Keeps an event behind all others; resolves once it is as safe as this outbox makes it. An id that is pending already changes nothing, one that
   * was refused is readmitted. Rejects with ArqonError LIMIT when it is full.
   */
  append(event: OutboxEvent): Promise<void>;
  /** The oldest events that are neither removed nor refused, at most so many, in the order of `append`. */
  pending(maxCount: number): Promise<readonly OutboxEvent[]>;
  /** Forgets events, pending or refused; unknown ids change nothing. */
  remove(ids: readonly string[]): Promise<void>;
  /** Moves a pending event to the refused ones. These are bounded; resolves with those that fell out, oldest first. */
  refuse(id: string, code: ErrorCode): Promise<readonly RefusedEvent[]>;
  /** Refused events, oldest first. */
  refused(): Promise<readonly RefusedEvent[]>;
  /** Moves refused events behind the pending ones; unknown ids change nothing. */
  readmit(ids: readonly string[]): Promise<void>;
  /** Ends it; resolves when what was begun is done. */
  close(): Promise<void>;
}

/** Bounds of an outbox. */
export interface OutboxBounds {
  /** Events that may be pending; default 10,000. As many may be refused. */
  readonly maxEvents?: number | undefined;
  /** Bytes of their payloads; default 67,108,864. As many may be refused. */
  readonly maxBytes?: number | undefined;
}
