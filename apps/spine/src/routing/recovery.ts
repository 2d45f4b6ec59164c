import { closeCodes } from '@arqonbus/errors';
import type { FanOut } from './fan-out.js';
import type { Cursor, Recovery } from './recovery-state.js';
import type { ServerMessages } from './server-messages.js';
import type { Session } from './session.js';
import type { Topic } from './topic.js';

export interface RecoveryOptions {
  /** Milliseconds after which a session that has not caught up is closed with 4008. */
  readonly catchUpMs: number;
  readonly pageBytes: number;
  readonly pageEvents: number;
}

/**
 * Brings sessions back to the live topics: pages of history at the session's own pace, one in
 * flight, then the seam. The seam has no gap and no duplicate because the pending frame leaves
 * before the last look at history, and nothing can be accepted between that look and `finish`.
 */
export class Recoveries {
  constructor(
    private readonly options: RecoveryOptions, private readonly fanOut: FanOut, private readonly messages: ServerMessages,
    private readonly nowMs: () => number,
  ) {}

  /** Sessions that recover now. */
  readonly active = new Set<Session>();

  start(session: Session, recovery: Recovery): void {
    session.recoveries ??= [];
    session.recoveries.push(recovery);
    this.active.add(session);
    this.pump(session);
  }

  /** The last page has left the session's buffer. */
  credit(session: Session): void {
    if (session.isClosed) return;
    session.awaitsCredit = false;
    session.release();
    this.pump(session);
  }

  /** Closes sessions that did not catch up in time; called about once a second. */
  enforceDeadlines(): void {
    const before = this.nowMs() - this.options.catchUpMs;
    for (const session of this.active) {
      const first = session.recoveries?.[0];
      if (session.isClosed || first === undefined) this.active.delete(session);
      else if (first.startedMs <= before) session.port.close(closeCodes.slowConsumer, closeCodes.slowConsumer.reason);
    }
  }

  /** The session left a topic, or it is gone. */
  forget(session: Session, topic: Topic): void {
    for (const recovery of session.recoveries ?? []) recovery.cursors = recovery.cursors.filter((c) => c.topic !== topic);
  }

  private pump(session: Session): void {
    while (!session.isClosed) {
      const recovery = session.recoveries?.[0];
      if (recovery === undefined) {
        this.active.delete(session);
        return;
      }
      const cursor = this.firstBehind(recovery);
      if (cursor === undefined && recovery.prologue.length === 0) {
        session.recoveries?.shift();
        recovery.finish();
        continue;
      }
      if (session.awaitsCredit) return;
      session.awaitsCredit = true;
      session.flush();
      if (!session.port.sendPage(this.nextPage(recovery, cursor))) return;
    }
  }

  private firstBehind(recovery: Recovery): Cursor | undefined {
    for (const cursor of recovery.cursors) {
      this.fanOut.flushTopic(cursor.topic);
      const history = cursor.topic.history;
      if (cursor.epoch !== history.epoch || cursor.sequence < history.lastSequence) return cursor;
    }
    return undefined;
  }

  private nextPage(recovery: Recovery, cursor: Cursor | undefined): Uint8Array {
    const parts = recovery.prologue;
    recovery.prologue = [];
    if (cursor !== undefined) {
      const gap = this.skipLost(cursor);
      if (gap !== undefined) parts.push(gap);
      const page = cursor.topic.history.read({
        fromSequence: cursor.sequence + 1, maxEvents: this.options.pageEvents, maxBytes: this.options.pageBytes,
      });
      cursor.sequence = page.nextSequence === 0 ? cursor.topic.history.lastSequence : page.nextSequence - 1;
      parts.push(page.bytes);
    }
    return Buffer.concat(parts);
  }

  /** Moves a cursor over what history no longer holds and tells it. */
  private skipLost(cursor: Cursor): Uint8Array | undefined {
    const { topic } = cursor;
    const { epoch, firstSequence } = topic.history;
    const isOtherEpoch = cursor.epoch !== epoch;
    if (!isOtherEpoch && cursor.sequence + 1 >= firstSequence) return undefined;
    const after = { epoch: cursor.epoch, sequence: cursor.sequence };
    cursor.epoch = epoch;
    cursor.sequence = firstSequence - 1;
    return this.gap(topic, after, { epoch, sequence: cursor.sequence }, isOtherEpoch ? 'EPOCH_CHANGED' : 'HISTORY_TRIMMED');
  }

  /** Signal.gap: nothing is lost when both positions are equal. */
  gap(topic: Topic, after: Mark, resumesAt: Mark, reason: string): Uint8Array {
    const { roomName: room, channel, recipient } = topic;
    return this.messages.signal(
      { case: 'gap', value: { room, channel, after: position(channel, after), resumesAt: position(channel, resumesAt), reason } },
      { room, channel, recipient },
    );
  }
}

/** Epoch and sequence of a place in a topic. */
export interface Mark {
  readonly epoch: number;
  readonly sequence: number;
}

function position(channel: string, mark: Mark): { channel: string; epoch: bigint; sequence: bigint } {
  return { channel, epoch: BigInt(mark.epoch), sequence: BigInt(mark.sequence) };
}
