import type { ErrorCode } from '@arqonbus/errors';
import { ClosedError } from '../closed-error.js';
import type { Outbox, OutboxBounds, OutboxEvent, RefusedEvent } from './outbox.js';
import { OutboxContents } from './outbox-contents.js';

/** An outbox in memory. What it holds ends with the process. */
class MemoryOutbox implements Outbox {
  private contents: OutboxContents;
  private isClosed = false;

  constructor(private readonly bounds: OutboxBounds) {
    this.contents = new OutboxContents(bounds);
  }

  async append(event: OutboxEvent): Promise<void> {
    const contents = this.open();
    if (contents.isPending(event.id) || contents.readmit(event.id)) return;
    contents.reserve(event);
    contents.put(event);
  }

  async pending(maxCount: number): Promise<readonly OutboxEvent[]> {
    return this.open().oldest(maxCount);
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.open().remove(id);
  }

  async refuse(id: string, code: ErrorCode): Promise<readonly RefusedEvent[]> {
    const contents = this.open();
    contents.refuse(id, code);
    const fallen = contents.excessRefused();
    for (const event of fallen) contents.remove(event.id);
    return fallen;
  }

  async refused(): Promise<readonly RefusedEvent[]> {
    return this.open().allRefused();
  }

  async readmit(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.open().readmit(id);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.contents = new OutboxContents(this.bounds);
  }

  private open(): OutboxContents {
    if (this.isClosed) throw new ClosedError('The outbox is closed.');
    return this.contents;
  }
}

/** Makes an outbox in memory, for what may be lost with the process. Raises ArqonError INVALID_ARGUMENT for a bound that is no positive integer. */
export function memoryOutbox(bounds: OutboxBounds = {}): Outbox {
  return new MemoryOutbox(bounds);
}
