import type { StampedBatch } from './message.js';
import { readError, readSignal, type ServerError, type ServerSignal } from './wire/control-reader.js';
import { envelopeBody, findParts } from './wire/envelope-reader.js';
import { readFrame, type InboundBatch } from './wire/frame-reader.js';
import { readReply, type ServerReply } from './wire/reply-reader.js';

/** Takes the parts of a frame, in their order. */
export interface FrameHandler {
  /** Events of a topic or inbox, or a head (no events). */
  delivered(batch: StampedBatch): void;
  /** Leased tasks of a group. */
  leased(batch: StampedBatch): void;
  /** `page` holds the batches of a history reply, and is empty for every other. */
  replied(reply: ServerReply, page: readonly StampedBatch[]): void;
  refused(error: ServerError, batch: InboundBatch): void;
  signalled(signal: ServerSignal): void;
}

const noPage: readonly StampedBatch[] = [];

/**
 * Takes a received frame apart. Replayed batches that a history reply follows in the same frame belong to that reply alone;
 * all others are deliveries. Raises ArqonError MALFORMED_FRAME.
 */
export function dispatchFrame(bytes: Uint8Array, handler: FrameHandler): void {
  let replayed: StampedBatch[] = [];
  const deliverReplayed = (): void => {
    const batches = replayed;
    if (batches.length === 0) return;
    replayed = [];
    for (const batch of batches) handler.delivered(batch);
  };
  for (const batch of readFrame(bytes)) {
    if (isStamped(batch)) {
      if (batch.stamp.task !== undefined) handler.leased(batch);
      else if (batch.stamp.replayed && batch.spans.length > 0) replayed.push(batch);
      else {
        deliverReplayed();
        handler.delivered(batch);
      }
      continue;
    }
    for (let at = 0; at < batch.spans.length; at += 2) {
      const parts = findParts(bytes, batch.spans[at], batch.spans[at + 1]);
      if (parts.body === envelopeBody.reply) {
        const reply = readReply(bytes, parts.bodyAt, parts.bodyEnd);
        if (reply.body.kind !== 'history') deliverReplayed();
        handler.replied(reply, replayed.length === 0 ? noPage : replayed);
        replayed = [];
        continue;
      }
      deliverReplayed();
      if (parts.body === envelopeBody.signal) handler.signalled(readSignal(bytes, parts.bodyAt, parts.bodyEnd));
      else if (parts.body === envelopeBody.error) handler.refused(readError(bytes, parts.bodyAt, parts.bodyEnd), batch);
    }
  }
  deliverReplayed();
}

function isStamped(batch: InboundBatch): batch is StampedBatch {
  return batch.stamp !== undefined;
}
