import type { TopicState } from './topic-table.js';

/** One engine publish; `topic` is undefined for a heartbeat. */
export interface PublishEntry {
  readonly serial: number;
  readonly topic: TopicState | undefined;
  /** Sequence of the event before the first one of the frame. */
  readonly prevSequence: number;
  /** Sequence of its last event. */
  readonly lastSequence: number;
  readonly bytes: Uint8Array;
}

/**
 * The publishes that the engine may not have flushed yet. It flushes at the ends of a loop turn, and
 * its order relative to an immediate is not known; so entries live for two full rotations, one per turn.
 */
export class PublishLog {
  /** Serial of the next entry. */
  nextSerial = 1;
  /** Rotations so far. */
  generation = 0;
  #older: PublishEntry[] = [];
  #old: PublishEntry[] = [];
  #now: PublishEntry[] = [];

  get isEmpty(): boolean {
    return this.#now.length === 0 && this.#old.length === 0 && this.#older.length === 0;
  }

  append(topic: TopicState | undefined, prevSequence: number, lastSequence: number, bytes: Uint8Array): PublishEntry {
    const entry: PublishEntry = { serial: this.nextSerial, topic, prevSequence, lastSequence, bytes };
    this.nextSerial += 1;
    this.#now.push(entry);
    return entry;
  }

  rotate(): void {
    this.generation += 1;
    this.#older = this.#old;
    this.#old = this.#now;
    this.#now = [];
  }

  /** Oldest entry with these bytes that `accepts` takes. */
  find(bytes: Uint8Array, accepts: (entry: PublishEntry) => boolean): PublishEntry | undefined {
    for (const entries of [this.#older, this.#old, this.#now]) {
      for (const entry of entries) {
        if (entry.bytes.length === bytes.length && accepts(entry) && Buffer.compare(entry.bytes, bytes) === 0) return entry;
      }
    }
    return undefined;
  }

  /** Entries with serials in [first, end), oldest first. */
  *range(first: number, end: number): Generator<PublishEntry> {
    for (const entries of [this.#older, this.#old, this.#now]) {
      for (const entry of entries) if (entry.serial >= first && entry.serial < end) yield entry;
    }
  }
}
