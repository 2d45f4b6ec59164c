import type { Session } from './session.js';
import type { WaitingFrames } from './waiting-frames.js';

/** Bytes of one session that are dealt with before another one's. */
const shareBytes = 32_768;

/**
 * Frames of sessions that have had their share of a turn: they wait for later turns, in order, so that one session's burst does not hold up what
 * others sent. Sessions take turns. What waits is bounded by each session's budget and by `maxBytes` in all.
 */
export class DeferredFrames {
  /** Bytes that wait, of all sessions. */
  bytes = 0;
  private readonly sessions: Session[] = [];
  private isScheduled = false;

  constructor(
    private readonly options: {
      readonly maxBytes: number;
      /** Milliseconds that a turn may spend on them. */
      readonly sliceMs: number;
      readonly nowMs: () => number;
      readonly handle: (session: Session, frame: Uint8Array) => void;
    },
  ) {}

  hasRoomFor(bytes: number): boolean {
    return this.bytes + bytes <= this.options.maxBytes;
  }

  /** Keeps a copy of a frame until a later turn. */
  add(session: Session, frame: Uint8Array): void {
    if (session.waiting === undefined) {
      session.waiting = { frames: [], next: 0, bytes: 0, afterwards: undefined };
      this.sessions.push(session);
    }
    session.waiting.frames.push(frame);
    session.waiting.bytes += frame.length;
    this.bytes += frame.length;
    this.schedule();
  }

  /** Does something once no frame of the session waits: at once when none does. */
  afterwards(session: Session, work: () => void): void {
    if (session.waiting === undefined) work();
    else session.waiting.afterwards = work;
  }

  /** Deals with all that waits of a session, now. */
  finish(session: Session): void {
    const { waiting } = session;
    if (waiting === undefined) return;
    // A session whose frame is being dealt with has left the list for the while.
    const index = this.sessions.indexOf(session);
    if (index >= 0) this.sessions.splice(index, 1);
    this.take(session, waiting, Number.POSITIVE_INFINITY);
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.run();
    });
  }

  private run(): void {
    const { nowMs, sliceMs } = this.options;
    const endMs = nowMs() + sliceMs;
    for (let session = this.sessions.shift(); session !== undefined; session = this.sessions.shift()) {
      if (session.waiting !== undefined && !this.take(session, session.waiting, shareBytes)) this.sessions.push(session);
      if (nowMs() >= endMs) break;
    }
    if (this.sessions.length > 0) this.schedule();
  }

  /** Deals with at least one frame and at most about `bytes`; true when none is left. */
  private take(session: Session, waiting: WaitingFrames, bytes: number): boolean {
    for (let taken = 0; taken < bytes && waiting.next < waiting.frames.length && !session.isClosed;) {
      const frame = waiting.frames[waiting.next];
      waiting.next += 1;
      waiting.bytes -= frame.length;
      this.bytes -= frame.length;
      taken += frame.length;
      this.options.handle(session, frame);
    }
    // A frame had the rest dealt with.
    if (session.waiting !== waiting) return true;
    if (!session.isClosed && waiting.next < waiting.frames.length) return false;
    // A session that was closed meanwhile is heard no more.
    this.bytes -= waiting.bytes;
    session.waiting = undefined;
    waiting.afterwards?.();
    return true;
  }
}
