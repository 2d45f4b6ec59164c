import { envelopeRanges, readStampedBatch } from '@arqonbus/envelope';

/** Where a page leaves one topic. */
export interface PagePosition {
  /** Bytes of the batch's routing fields, as `encodeRouting` writes them. */
  readonly routing: Uint8Array;
  readonly epoch: number;
  /** Sequence of the last event of the batch. */
  readonly sequence: number;
}

/** Positions after each stamped batch at the front of a page; a batch of another kind (a reply, a signal) ends the list. */
export function readPagePositions(frame: Uint8Array): PagePosition[] {
  const positions: PagePosition[] = [];
  let at = 0;
  while (at < frame.length) {
    const batch = tryReadBatch(frame, at);
    if (batch === undefined) break;
    const eventCount = envelopeRanges(frame, batch.envelopesStart, batch.envelopesEnd).length;
    positions.push({ routing: batch.routing, epoch: batch.epoch, sequence: batch.sequence + Math.max(eventCount, 1) - 1 });
    at = batch.end;
  }
  return positions;
}

function tryReadBatch(frame: Uint8Array, at: number): ReturnType<typeof readStampedBatch> | undefined {
  try {
    return readStampedBatch(frame, at);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
