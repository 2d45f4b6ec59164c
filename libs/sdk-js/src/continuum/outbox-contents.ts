import { ArqonError, type ErrorCode } from '@arqonbus/errors';
import type { OutboxBounds, OutboxEvent, RefusedEvent } from './outbox.js';

const defaultMaxEvents = 10_000;
const defaultMaxBytes = 67_108_864;

/** What an outbox holds, within its bounds. */
export class OutboxContents {
  private readonly pending = new Map<string, OutboxEvent>();
  private readonly refused = new Map<string, RefusedEvent>();
  private readonly maxEvents: number;
  private readonly maxBytes: number;
  /** Of events that are being written and will be pending. */
  private readonly reserved = new Map<string, number>();
  private reservedBytes = 0;
  private pendingBytes = 0;
  private refusedBytes = 0;

  /** Raises ArqonError INVALID_ARGUMENT for a bound that is no positive integer. */
  constructor(bounds: OutboxBounds) {
    this.maxEvents = positive(bounds.maxEvents ?? defaultMaxEvents, 'maxEvents');
    this.maxBytes = positive(bounds.maxBytes ?? defaultMaxBytes, 'maxBytes');
  }

  get pendingCount(): number {
    return this.pending.size;
  }

  get refusedCount(): number {
    return this.refused.size;
  }

  /** Bytes of all payloads. */
  get byteLength(): number {
    return this.pendingBytes + this.refusedBytes;
  }

  isPending(id: string): boolean {
    return this.pending.has(id);
  }

  isRefused(id: string): boolean {
    return this.refused.has(id);
  }

  /** Makes room for an event that is about to be written. Raises ArqonError LIMIT when there is none. */
  reserve(event: OutboxEvent): void {
    const eventsCount = this.pending.size + this.reserved.size + 1;
    const bytes = this.pendingBytes + this.reservedBytes + event.payload.length;
    if (eventsCount > this.maxEvents || bytes > this.maxBytes) {
      throw new ArqonError('LIMIT', { field: 'outbox', message: `The outbox is full: ${String(this.pending.size)} events wait for the bus.` });
    }
    this.reserved.set(event.id, event.payload.length);
    this.reservedBytes += event.payload.length;
  }

  /** Gives back the room of an event that could not be written. */
  release(id: string): void {
    this.reservedBytes -= this.reserved.get(id) ?? 0;
    this.reserved.delete(id);
  }

  /** Puts an event behind all others; whether there is room is not asked. */
  put(event: OutboxEvent): void {
    this.release(event.id);
    if (this.isPending(event.id) || this.isRefused(event.id)) return;
    this.pending.set(event.id, event);
    this.pendingBytes += event.payload.length;
  }

  oldest(maxCount: number): OutboxEvent[] {
    const found: OutboxEvent[] = [];
    for (const event of this.pending.values()) {
      if (found.length >= maxCount) break;
      found.push(event);
    }
    return found;
  }

  allPending(): IterableIterator<OutboxEvent> {
    return this.pending.values();
  }

  allRefused(): RefusedEvent[] {
    return [...this.refused.values()];
  }

  /** Forgets an event; false when it was not there. */
  remove(id: string): boolean {
    const pending = this.pending.get(id);
    const refused = this.refused.get(id);
    this.pendingBytes -= pending?.payload.length ?? 0;
    this.refusedBytes -= refused?.payload.length ?? 0;
    this.pending.delete(id);
    this.refused.delete(id);
    return pending !== undefined || refused !== undefined;
  }

  /** Moves a pending event to the refused ones, as many as there may be. */
  refuse(id: string, code: ErrorCode): void {
    const event = this.pending.get(id);
    if (event === undefined) return;
    this.remove(id);
    this.refused.set(id, { id, payload: event.payload, code });
    this.refusedBytes += event.payload.length;
  }

  /** The oldest refused events beyond their bounds. */
  excessRefused(): RefusedEvent[] {
    let count = this.refused.size;
    let bytes = this.refusedBytes;
    const found: RefusedEvent[] = [];
    for (const oldest of this.refused.values()) {
      if (count <= this.maxEvents && bytes <= this.maxBytes) break;
      count -= 1;
      bytes -= oldest.payload.length;
      found.push(oldest);
    }
    return found;
  }

  /** Moves a refused event behind the pending ones; false when it was not refused. */
  readmit(id: string): boolean {
    const event = this.refused.get(id);
    if (event === undefined) return false;
    this.remove(id);
    this.put({ id, payload: event.payload });
    return true;
  }
}

function positive(value: number, field: string): number {
  if (!Number.isSafeInteger(value) || value < 1) throw new ArqonError('INVALID_ARGUMENT', { field, message: `${field} is a positive integer.` });
  return value;
}
