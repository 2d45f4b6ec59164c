import { FrameReader, type BatchView, type FrameLimits } from '@arqonbus/envelope';
import { closeCodes } from '@arqonbus/errors';
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
}

/** What a frame costs beside its bytes, so that very many empty ones are bounded too. */
const frameCostBytes = 256;
const serviceFrameCostBytes = 64;

const framesPerClock = 16;

/** A session may pass its budget by this much while the turn has not lasted longer than this. */
const burstFactor = 4;
const burstMs = 12;

/** Where frames enter: validated whole before anything happens, then batch by batch. */
export class Intake {
  readonly counters: IntakeCounters = { frames: 0, bytes: 0, malformedFrames: 0, floods: 0 };
  private readonly reader: FrameReader;
  private clockMs = 0;
  private clockTurn = 0;
  private framesSinceClock = 0;
  private turnStartedMs = 0;

  constructor(
    private readonly limits: IntakeLimits, private readonly publisher: Publisher, private readonly commands: CommandRunner,
    private readonly fanOut: FanOut, private readonly nowMs: () => number,
  ) {
    this.reader = new FrameReader(limits);
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
    const nowMs = this.readClock();
    if (!this.withinTurn(session, size)) return;
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

  /** The time at the start of the turn or a few frames ago: reading the clock costs as much as reading a frame. */
  private readClock(): number {
    this.framesSinceClock += 1;
    const isNewTurn = this.clockTurn !== this.fanOut.turn;
    if (isNewTurn || this.framesSinceClock >= framesPerClock) {
      this.clockTurn = this.fanOut.turn;
      this.framesSinceClock = 0;
      this.clockMs = this.nowMs();
      if (isNewTurn) this.turnStartedMs = this.clockMs;
    }
    return this.clockMs;
  }

  private withinTurn(session: Session, size: number): boolean {
    if (session.turn !== this.fanOut.turn) {
      session.turn = this.fanOut.turn;
      session.turnBytes = 0;
      session.refusalsInTurn = 0;
      session.commandsInTurn = 0;
    }
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
