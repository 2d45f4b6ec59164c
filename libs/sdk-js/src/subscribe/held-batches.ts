import type { StampedBatch } from '../message.js';
import type { TopicPosition } from './topic-position.js';

const maxBatches = 4_096;
const maxBytes = 8_388_608;

/**
 * Live batches that arrived while what precedes them is fetched, so that fetching ends under constant traffic. Bounded: over
 * the bound all are dropped, and the next hole that shows is healed anew.
 */
export class HeldBatches {
  private held: { readonly batch: StampedBatch; readonly position: TopicPosition }[] = [];
  private bytes = 0;
  private isSpilled = false;

  add(batch: StampedBatch, position: TopicPosition): void {
    if (this.held.length >= maxBatches || this.bytes > maxBytes) {
      this.clear();
      this.isSpilled = true;
    }
    this.held.push({ batch, position });
    this.bytes += batch.bytes.length;
  }

  /** Hands out all in order of arrival until `take` refuses one; true when nothing is left and nothing was dropped. */
  drain(take: (batch: StampedBatch, position: TopicPosition) => boolean): boolean {
    const { held, isSpilled } = this;
    this.clear();
    return held.every((each) => take(each.batch, each.position)) && !isSpilled;
  }

  clear(): void {
    this.held = [];
    this.bytes = 0;
    this.isSpilled = false;
  }
}
