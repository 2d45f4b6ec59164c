import type { StampedBatch } from '../message.js';
import type { HistoryWindow } from '../wire/command-writer.js';

/** A part of a batch that belongs to a replay: envelopes `from` up to, not including, `end`. */
export interface ReplayPart {
  readonly batch: StampedBatch;
  readonly from: number;
  readonly end: number;
}

/**
 * Picks the batches of one strict replay out of what a session receives. They carry no request id, so a batch belongs to the
 * replay when it lies in the window and follows what came before without a hole; batches of a resume that do so are the same
 * events. Pure.
 */
export class ReplayReader {
  /** Sequence of the last event taken; undefined before the first. */
  last: bigint | undefined;
  /** Events taken. */
  count = 0;
  epoch: bigint;
  /** Last sequence of the window that was seen and does not follow what came before. */
  private beyondHole = 0n;
  private parts: ReplayPart[] = [];

  constructor(
    private readonly window: HistoryWindow,
    /** First sequence wanted; 0n when it is not known. */
    private readonly firstSequence: bigint,
  ) {
    this.epoch = window.epoch;
  }

  /** True when a batch belongs to the replay. */
  take(batch: StampedBatch): boolean {
    const { window } = this;
    if (batch.room !== window.room || batch.channel !== window.channel || batch.recipient !== window.recipient) return false;
    const { epoch, sequence, prev, timeUs } = batch.stamp;
    const count = batch.spans.length / 2;
    const last = sequence + BigInt(count - 1);
    const isInWindow = last >= this.firstSequence && (window.toSequence === 0n || sequence <= window.toSequence)
      && timeUs >= window.fromTimeUs && (window.toTimeUs === 0n || timeUs <= window.toTimeUs);
    if (!isInWindow || (this.epoch !== 0n && epoch !== this.epoch)) return false;
    const before = this.last ?? this.firstSequence - 1n;
    if (last <= before) return true;
    if (before >= 0n && prev > before) {
      this.beyondHole = last;
      return false;
    }
    const from = sequence > before ? 0 : Number(before - sequence + 1n);
    const beyond = window.toSequence === 0n ? 0n : last - window.toSequence;
    const end = beyond > 0n ? count - Number(beyond) : count;
    this.last = sequence + BigInt(end - 1);
    this.epoch = epoch;
    this.count += end - from;
    this.parts.push({ batch, from, end });
    return true;
  }

  /** What was taken since the last call. */
  shift(): ReplayPart[] {
    const { parts } = this;
    this.parts = [];
    return parts;
  }

  /** True when events of the window arrived behind a hole that nothing filled. */
  hasHole(): boolean {
    return this.beyondHole > (this.last ?? 0n);
  }
}
