import { FrameReader, type BatchView, type FrameLimits } from '@arqonbus/envelope';
import { closeCodes } from '@arqonbus/errors';
import { DeferredFrames } from './deferred-frames.js';
import type { FanOut } from './fan-out.js';
import type { Publisher } from './publish.js';
import type { Session } from './session.js';

/** Carries out a batch of commands. */
export interface CommandRunner {
  run(session: Session, bytes: Uint8Array, view: BatchView): void;
}

export interface IntakeLimits extends FrameLimits {
  readonly maxFrameBytes: number;
  /** Bytes that one session may send within one turn, by role; the engine reads a fast socket without returning to the loop. */
  readonly maxBytesPerTurn: number;
  readonly maxServiceBytesPerTurn: number;
}

/** Plain integers that the metrics read at scrape time. */
export interface IntakeCounters {
  frames: number;
  bytes: number;
  malformedFrames: number;
  floods: number;
  /** Frames that waited for a later turn. */
  deferredFrames: number;
}

/** What a frame costs beside its bytes, so that very many empty ones are bounded too. */
const frameCostBytes = 256;
const serviceFrameCostBytes = 64;

const framesPerClock = 16;
/** Handling this much may take a millisecond. */
const bytesPerClock = 16_384;

/** A turn that has lasted this long leaves what a session sends beyond its share to the next ones. */
const sliceMs = 5;
/** What each session may send in a turn without waiting, costs of frames included. */
const shareBytes = 65_536;
/** Copies of frames that wait, of all sessions; beyond it they are dealt with at once, and the sockets wait. */
const maxDeferredBytes = 67_108_864;

/** A session may pass its budget by this much while the turn has not lasted longer than this. */
const burstFactor = 4;
const burstMs = 12;

/** Where frames enter: validated whole before anything happens, then batch by batch. */
export class Intake {
  readonly counters: IntakeCounters = { frames: 0, bytes: 0, malformedFrames: 0, floods: 0, deferredFrames: 0 };
  private readonly reader: FrameReader;
  private clockMs = 0;
  private clockTurn = 0;
  private framesSinceClock = 0;
  private bytesSinceClock = 0;
  private readonly deferred: DeferredFrames;
  private turnStartedMs = 0;

  constructor(
    private readonly limits: IntakeLimits, private readonly publisher: Publisher, private readonly commands: CommandRunner,
    private readonly fanOut: FanOut, private readonly nowMs: () => number,
  ) {
    this.reader = new FrameReader(limits);
    this.deferred = new DeferredFrames({ maxBytes: maxDeferredBytes, sliceMs, nowMs, handle: (session, frame) => { this.handleDeferred(session, frame); } });
  }

  /** One frame of a session; `bytes` belongs to the engine and is not kept. */
  handle(session: Session, bytes: Uint8Array, start: number, end: number): void {
    if (session.isClosed) return;
    const size = end - start;
    this.counters.frames += 1;
    this.counters.bytes += size;
    if (size > this.limits.maxFrameBytes) {
      session.port.close(closeCodes.tooLarge, closeCodes.tooLarge.reason);
      return;
    }
    // Every frame ends its turn, an empty one too: the clock and the session's budget are those of a turn.
    this.fanOut.schedule();
    const nowMs = this.readClock(size);
    if (!this.withinTurn(session, size)) return;
    if (this.mustWait(session, size, nowMs)) {
      this.counters.deferredFrames += 1;
      this.deferred.add(session, bytes.slice(start, end));
      return;
    }
    this.take(session, bytes, start, end, nowMs);
  }

  /** Does something once every frame that the session sent so far is dealt with. */
  afterFramesOf(session: Session, work: () => void): void {
    this.deferred.afterwards(session, work);
  }

  /** Deals with every frame that the session sent so far, now. */
  finishFramesOf(session: Session): void {
    this.deferred.finish(session);
  }

  private handleDeferred(session: Session, frame: Uint8Array): void {
    this.fanOut.schedule();
    const nowMs = this.readClock(frame.length);
    this.enterTurn(session);
    this.take(session, frame, 0, frame.length, nowMs);
  }

  /** A session that has had its share of a long turn waits, and behind its frames that wait each further one; a service, which is trusted, does not. */
  private mustWait(session: Session, size: number, nowMs: number): boolean {
    const isBehind = session.waiting !== undefined;
    if (!isBehind && (session.isService || session.turnBytes <= shareBytes || nowMs - this.turnStartedMs < sliceMs)) return false;
    if (this.deferred.hasRoomFor(size)) return true;
    this.deferred.finish(session);
    return false;
  }

  private take(session: Session, bytes: Uint8Array, start: number, end: number, nowMs: number): void {
    const reader = this.reader;
    if (!reader.read(bytes, start, end)) {
      this.refuseFrame(session);
      return;
    }
    for (let index = 0; index < reader.batchCount && !session.isClosed; index += 1) {
      const view = reader.batch(index);
      if (!this.publisher.admit(session, bytes, view, nowMs)) continue;
      if (view.kind === 'commands') this.commands.run(session, bytes, view);
      else this.publisher.publish(session, bytes, view, nowMs);
    }
    this.fanOut.flushIfOverdue(nowMs);
  }

  /** The time at the start of the turn or a few frames ago: reading the clock costs as much as reading a small frame. */
  private readClock(size: number): number {
    this.framesSinceClock += 1;
    this.bytesSinceClock += size;
    const isNewTurn = this.clockTurn !== this.fanOut.turn;
    if (isNewTurn || this.framesSinceClock >= framesPerClock || this.bytesSinceClock >= bytesPerClock) {
      this.clockTurn = this.fanOut.turn;
      this.framesSinceClock = 0;
      this.bytesSinceClock = 0;
      this.clockMs = this.nowMs();
      if (isNewTurn) this.turnStartedMs = this.clockMs;
    }
    return this.clockMs;
  }

  /** Begins a session's account of the turn; what still waits of earlier ones counts. */
  private enterTurn(session: Session): void {
    if (session.turn === this.fanOut.turn) return;
    session.turn = this.fanOut.turn;
    session.turnBytes = session.waiting === undefined ? 0 : session.waiting.bytes + (session.waiting.frames.length - session.waiting.next) * frameCostBytes;
    session.refusalsInTurn = 0;
    session.commandsInTurn = 0;
  }

  private withinTurn(session: Session, size: number): boolean {
    this.enterTurn(session);
    session.turnBytes += size + (session.isService ? serviceFrameCostBytes : frameCostBytes);
    const budget = session.isService ? this.limits.maxServiceBytesPerTurn : this.limits.maxBytesPerTurn;
    if (session.turnBytes <= budget) return true;
    // A burst that is dealt with quickly delays nobody.
    if (session.turnBytes <= budget * burstFactor && this.nowMs() - this.turnStartedMs < burstMs) return true;
    this.counters.floods += 1;
    session.port.close(closeCodes.tooFast, closeCodes.tooFast.reason);
    return false;
  }

  private refuseFrame(session: Session): void {
    const { code, field, envelopeIndex, requestId, run } = this.reader.refusal;
    this.counters.malformedFrames += 1;
    session.refuse({ code, field, index: Math.max(0, envelopeIndex), requestId, run });
    if (!session.strike(this.nowMs())) return;
    session.flush();
    session.port.close(closeCodes.malformed, 'too many malformed frames');
  }
}
