import { closeCodes } from '@arqonbus/errors';
import { encodeLogPage, type TopicLog } from '@arqonbus/storage';
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
  /** Whether stamps tell of content inspection where history keeps it (E24). */
  readonly exposesInspection: boolean;
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
      if (this.mustPrepare(session, recovery)) return;
      const cursor = this.firstBehind(recovery);
      if (cursor === undefined && recovery.prologue.length === 0) {
        session.recoveries?.shift();
        recovery.finish();
        continue;
      }
      if (session.awaitsCredit) return;
      session.awaitsCredit = true;
      session.flush();
      const page = this.nextPage(recovery, cursor);
      if (page instanceof Promise) {
        this.sendLater(session, recovery, page);
        return;
      }
      if (!session.port.sendPage(page)) return;
    }
  }

  /** True while the recovery waits for its topics. */
  private mustPrepare(session: Session, recovery: Recovery): boolean {
    if (recovery.isPreparing === true) return true;
    const { prepare } = recovery;
    recovery.prepare = undefined;
    const preparing = prepare?.();
    if (preparing === undefined) {
      try {
        this.plan(recovery);
        return false;
      } catch (error) {
        this.fail(session, recovery, error);
        return true;
      }
    }
    recovery.isPreparing = true;
    preparing.then(() => {
      recovery.isPreparing = false;
      if (session.isClosed) return;
      try {
        this.plan(recovery);
        this.pump(session);
      } catch (error) {
        this.fail(session, recovery, error);
      }
    }, (error: unknown) => { this.fail(session, recovery, error); });
    return true;
  }

  private plan(recovery: Recovery): void {
    const { plan } = recovery;
    recovery.plan = undefined;
    if (plan !== undefined) recovery.cursors = plan();
  }

  /** A page that the store still has to give. */
  private sendLater(session: Session, recovery: Recovery, page: Promise<Uint8Array>): void {
    page.then((bytes) => {
      if (session.isClosed) return;
      session.flush();
      session.port.sendPage(bytes);
    }, (error: unknown) => {
      session.awaitsCredit = false;
      this.fail(session, recovery, error);
    });
  }

  /** The recovery ends without its subscription: the client is told, and asks again. */
  private fail(session: Session, recovery: Recovery, error: unknown): void {
    recovery.isPreparing = false;
    if (session.isClosed) return;
    session.recoveries = session.recoveries?.filter((other) => other !== recovery);
    if (recovery.fail === undefined) {
      session.port.close(closeCodes.unavailable, 'history is not available');
      return;
    }
    recovery.fail(error);
    this.pump(session);
  }

  private firstBehind(recovery: Recovery): Cursor | undefined {
    for (const cursor of recovery.cursors) {
      this.fanOut.flushTopic(cursor.topic);
      const history = cursor.topic.history;
      if (cursor.epoch !== history.epoch || cursor.sequence !== history.lastSequence) return cursor;
    }
    return undefined;
  }

  private nextPage(recovery: Recovery, cursor: Cursor | undefined): Uint8Array | Promise<Uint8Array> {
    const parts = recovery.prologue;
    recovery.prologue = [];
    if (cursor !== undefined) {
      const log = cursor.topic.durable?.openLog;
      const { epoch, heldAfter } = cursor.topic.history;
      if (log !== undefined && cursor.epoch === epoch && cursor.sequence < heldAfter) return this.storedPage(parts, cursor, log);
      const gap = this.skipLost(cursor);
      if (gap !== undefined) parts.push(gap);
      const page = cursor.topic.history.read({
        fromSequence: cursor.sequence + 1, maxEvents: this.options.pageEvents, maxBytes: this.options.pageBytes,
        withInspection: this.options.exposesInspection,
      });
      cursor.sequence = page.nextSequence === 0 ? cursor.topic.history.lastSequence : page.nextSequence - 1;
      parts.push(page.bytes);
    }
    return Buffer.concat(parts);
  }

  /** Moves a cursor over what history no longer holds and tells it. */
  private skipLost(cursor: Cursor): Uint8Array | undefined {
    const { topic } = cursor;
    const { epoch, heldAfter, lastSequence } = topic.history;
    const isOtherEpoch = cursor.epoch !== epoch;
    // Beyond the top: the topic's end is not what it was when the session got there.
    const isBeyond = !isOtherEpoch && cursor.sequence > lastSequence;
    if (!isOtherEpoch && !isBeyond && cursor.sequence >= heldAfter) return undefined;
    const after = { epoch: cursor.epoch, sequence: cursor.sequence };
    cursor.epoch = epoch;
    if (isBeyond) cursor.sequence = lastSequence;
    else cursor.sequence = isOtherEpoch && topic.durable?.openLog !== undefined ? 0 : heldAfter;
    cursor.isLost = true;
    return this.gap(topic, after, { epoch, sequence: cursor.sequence }, isOtherEpoch || isBeyond ? 'EPOCH_CHANGED' : 'HISTORY_TRIMMED');
  }

  /**
   * A page from the store, at most up to where the live window begins: while it is read the window keeps what comes, and the session is
   * subscribed in the turn in which it got all that the window holds.
   */
  private async storedPage(parts: Uint8Array[], cursor: Cursor, log: TopicLog): Promise<Uint8Array> {
    const { topic, epoch, sequence } = cursor;
    const { heldAfter } = topic.history;
    const { pageEvents: maxEvents, pageBytes: maxBytes, exposesInspection: withInspection } = this.options;
    const window = { fromSequence: sequence + 1, toSequence: heldAfter, maxEvents, maxBytes, withInspection };
    const page = await log.read(window);
    // A new epoch shows in the live window before long; the position is looked at again then.
    if (page.epoch !== epoch || topic.history.epoch !== epoch) return Buffer.concat(parts);
    const first = page.runs[0];
    const resumesAt = first?.prev ?? (page.isComplete ? heldAfter : sequence);
    if (resumesAt > sequence) {
      cursor.isLost = true;
      parts.push(this.gap(topic, { epoch, sequence }, { epoch, sequence: resumesAt }, 'HISTORY_TRIMMED'));
    }
    const encoded = encodeLogPage(page, window);
    cursor.sequence = encoded.nextSequence === 0 ? heldAfter : encoded.nextSequence - 1;
    parts.push(encoded.bytes);
    return Buffer.concat(parts);
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
