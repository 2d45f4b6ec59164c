import type { ErrorCode } from '@arqonbus/errors';

/** What a batch holds; one kind per batch. `empty` never passes the reader. */
export type BatchKind = 'events' | 'commands' | 'replies' | 'empty';

/**
 * What the reader found in one batch. A pooled record: valid until the reader's next `read`. Offsets are into the
 * bytes given to `read`; a start of -1 means absent or empty.
 */
export class BatchView {
  kind: BatchKind = 'empty';
  /** Content of the Batch message. */
  start = 0;
  end = 0;
  /** UTF-8 of at most 128 bytes; the grammar of names is the caller's to check. */
  roomStart = -1;
  roomEnd = -1;
  channelStart = -1;
  channelEnd = -1;
  recipientStart = -1;
  recipientEnd = -1;
  /** 0 when absent; NaN at 2^53 and above, so that it equals no session. */
  recipientSession = 0;
  ack = false;
  /** Upper and lower half of the producer, both 0 when absent. */
  producerHi = 0;
  producerLo = 0;
  /** 0 when absent, at most 2^53 - 1. */
  run = 0;
  /** Number of positions in `after`; `readPositions` gives them. */
  afterCount = 0;
  envelopeCount = 0;
  /** From the first entry of `envelopes` to the end of the last, tags included. */
  envelopesStart = -1;
  envelopesEnd = -1;
  /** False when other fields stand between the entries; then only `copyEnvelopes` tells them apart. */
  envelopesContiguous = true;
  /** Bytes of all entries, tags included. */
  envelopesBytes = 0;
  /** The 16 bytes of the first envelope's id. */
  firstIdStart = -1;
  /** traceparent of the first envelope. */
  traceparentStart = -1;
  traceparentEnd = -1;
  /** Set when this batch alone is refused (by limit or for its routing); the others of the frame stand. */
  refusalCode: ErrorCode | undefined = undefined;
  refusalField = '';
  /** Index of the envelope that is refused, 0 when the whole batch is. */
  refusalIndex = 0;

  /** Back to the state of an absent batch whose content is `[start, end)`. */
  reset(start: number, end: number): void {
    this.kind = 'empty';
    this.start = start;
    this.end = end;
    this.roomStart = this.roomEnd = -1;
    this.channelStart = this.channelEnd = -1;
    this.recipientStart = this.recipientEnd = -1;
    this.recipientSession = 0;
    this.ack = false;
    this.producerHi = this.producerLo = 0;
    this.run = 0;
    this.afterCount = 0;
    this.envelopeCount = 0;
    this.envelopesStart = this.envelopesEnd = -1;
    this.envelopesContiguous = true;
    this.envelopesBytes = 0;
    this.firstIdStart = -1;
    this.traceparentStart = this.traceparentEnd = -1;
    this.refusalCode = undefined;
    this.refusalField = '';
    this.refusalIndex = 0;
  }

  /** A copy with bytes of its own, the batch's alone, that outlives the reader's next `read`. */
  detach(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly view: BatchView } {
    const view = Object.assign(new BatchView(), this);
    for (const field of offsetFields) if (view[field] >= 0) view[field] -= this.start;
    return { bytes: bytes.slice(this.start, this.end), view };
  }

  /** Notes why this batch is refused; the first reason stays. */
  refuse(code: ErrorCode, field: string, index: number): void {
    if (this.refusalCode !== undefined) return;
    this.refusalCode = code;
    this.refusalField = field;
    this.refusalIndex = index;
  }
}

const offsetFields = [
  'start', 'end', 'roomStart', 'roomEnd', 'channelStart', 'channelEnd', 'recipientStart', 'recipientEnd', 'envelopesStart', 'envelopesEnd', 'firstIdStart',
  'traceparentStart', 'traceparentEnd',
] as const satisfies readonly (keyof BatchView)[];
