import type { ProjectionEntry } from './projection-entry.js';
import type { BatchPart } from './batch-part.js';
import type { QueueBudget } from './queue-budget.js';
import type { StreamPosition } from './stream-position.js';
import { later, type SourcePosition } from '@arqonbus/storage/episodes';

/** Events of one partition that wait, in the order of the topic. What is taken still counts in the budget until it is given back to that. */
export class PartitionQueue {
  private entries: ProjectionEntry[] = [];
  bytesCount = 0;
  /** When the first one came, by the clock of the process. */
  sinceMs = 0;
  /** Last place that was offered, or where the partition began. */
  offered: SourcePosition | undefined;

  constructor(start: SourcePosition | undefined, private readonly budget: QueueBudget, private readonly stream: StreamPosition) {
    this.offered = start;
  }

  get length(): number {
    return this.entries.length;
  }

  /** Bus time of the first one, microseconds; undefined when none waits. */
  get oldestTimeUs(): number | undefined {
    return this.entries.length === 0 ? undefined : this.entries[0].record.timeUs;
  }

  /** Everything of the partition up to here is in the queue or was taken. */
  get reachedTo(): SourcePosition | undefined {
    return later(this.offered, this.stream.current);
  }

  add(entry: ProjectionEntry, nowMs: number): void {
    if (this.entries.length === 0) this.sinceMs = nowMs;
    const bytes = entry.record.payload.length;
    this.entries.push(entry);
    this.bytesCount += bytes;
    this.budget.take(bytes);
    this.offered = entry.record.position;
  }

  /** Takes from the front; undefined when there is neither an event nor a place to move to. */
  take(limits: { readonly maxEvents: number; readonly maxBytes: number }, nowMs: number): BatchPart | undefined {
    const { entries } = this;
    let count = 0;
    let bytes = 0;
    while (count < entries.length && count < limits.maxEvents) {
      const next = entries[count].record.payload.length;
      if (count > 0 && bytes + next > limits.maxBytes) break;
      bytes += next;
      count += 1;
    }
    const isAll = count === entries.length;
    const taken = isAll ? entries : entries.slice(0, count);
    this.entries = isAll ? [] : entries.slice(count);
    this.bytesCount -= bytes;
    this.sinceMs = nowMs;
    const upTo = isAll ? this.reachedTo : taken[count - 1].record.position;
    return upTo === undefined ? undefined : { entries: taken, upTo };
  }

  /** Puts what was taken and not written back to the front. */
  putBack(parts: readonly BatchPart[]): void {
    const returned = parts.flatMap((part) => part.entries);
    for (const { record } of returned) this.bytesCount += record.payload.length;
    this.entries = [...returned, ...this.entries];
  }

  /** Forgets what waits. */
  clear(): void {
    this.budget.give(this.entries.length, this.bytesCount);
    this.entries = [];
    this.bytesCount = 0;
  }
}
