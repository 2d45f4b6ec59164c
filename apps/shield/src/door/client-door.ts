import { closeCodes, type CloseRow } from '@arqonbus/errors';
import type { TransportHandlers } from '@arqonbus/transport';
import type { FanOut } from '../fan-out/fan-out.js';
import type { Uplink } from '../link/uplink.js';
import type { SessionTable } from '../session-table.js';
import type { ClientRecord, ClientSocket, Session } from '../session.js';
import type { ShieldCounters } from '../shield-counters.js';
import type { ConnectionLimits } from './connection-limits.js';
import type { FloodPenalties } from './flood-penalties.js';
import type { UpgradeGate } from './upgrade-gate.js';

/** Above it the Spine is behind: a turn does not end, so that nobody may send more than CONGESTED_BUDGET_BYTES until it is. */
const CONGESTED_BYTES = 8_388_608;
const CONGESTED_BUDGET_BYTES = 262_144;
/** Frames kept for a session whose first welcome is on its way. */
const EARLY_CAP_BYTES = 65_536;
const EARLY_FRAME_COST_BYTES = 32;
/** Counted for each frame beside its bytes, by role, so that empty ones are not free; the Spine counts the same. */
const FRAME_COST_BYTES = 256;
const SERVICE_FRAME_COST_BYTES = 64;
/** A session may pass its budget by this much while the turn has not lasted longer than this, in milliseconds. */
const BURST_FACTOR = 4;
const BURST_MS = 12;

export interface ClientDoorParts {
  readonly gate: UpgradeGate;
  readonly limits: ConnectionLimits;
  readonly penalties: FloodPenalties;
  readonly sessions: SessionTable;
  readonly fanOut: FanOut;
  readonly uplink: Uplink;
  readonly counters: ShieldCounters;
  readonly maxFrameBytes: number;
  readonly bytesPerTurn: number;
  /** The same for the role service. */
  readonly serviceBytesPerTurn: number;
  readonly nowMs: () => number;
  handshakeEnded(seconds: number): void;
  /** A fault within the upgrade; for the log. */
  upgradeFailed(error: unknown): void;
}

/** The client listener's callbacks: sockets become sessions, frames go up the link. */
export class ClientDoor implements TransportHandlers<ClientRecord> {
  readonly #parts: ClientDoorParts;
  readonly upgrade: TransportHandlers<ClientRecord>['upgrade'];
  #turn = 1;
  #isTurnEnding = false;
  #turnStartedMs = 0;

  constructor(parts: ClientDoorParts) {
    this.#parts = parts;
    this.upgrade = (request) => parts.gate.decide(request);
  }

  open(socket: ClientSocket): void {
    const { limits, sessions, fanOut, counters, nowMs } = this.#parts;
    const session = socket.data;
    limits.hold(socket.remoteAddress);
    counters.acceptedCount += 1;
    if (session.kind === 'refused') {
      socket.close(session.code, session.reason);
      return;
    }
    this.#parts.handshakeEnded((nowMs() - session.startedMs) / 1_000);
    session.socket = socket;
    sessions.add(session);
    fanOut.opened(socket);
    openSession(this.#parts.uplink, session);
  }

  message(socket: ClientSocket, bytes: Uint8Array, isBinary: boolean): void {
    const { counters, uplink, maxFrameBytes } = this.#parts;
    const session = socket.data;
    if (session.kind === 'refused' || !socket.isOpen) return;
    counters.framesInCount += 1;
    counters.bytesInCount += bytes.length;
    if (!isBinary) closeWith(socket, closeCodes.malformed);
    else if (bytes.length > maxFrameBytes) {
      counters.rejected.too_large += 1;
      closeWith(socket, closeCodes.tooLarge);
    } else if (!this.#fitsBudget(session, bytes.length)) {
      counters.rejected.rate_limited += 1;
      this.#parts.penalties.note(session.client);
      closeWith(socket, closeCodes.tooFast);
    } else if (session.phase === 'live') uplink.inbound(session.id, bytes);
    else if (session.phase === 'opening') this.#keepEarly(socket, session, bytes);
  }

  dropped(socket: ClientSocket, bytes: Uint8Array): void {
    if (socket.data.kind === 'session') this.#parts.fanOut.slowReaders.dropped(socket.data, bytes);
  }

  drain(socket: ClientSocket): void {
    if (socket.data.kind === 'session') this.#parts.fanOut.slowReaders.drained(socket.data);
  }

  close(socket: ClientSocket): void {
    const { limits, sessions, fanOut, uplink } = this.#parts;
    limits.release(socket.remoteAddress);
    const session = socket.data;
    if (session.kind === 'refused') return;
    session.socket = undefined;
    fanOut.closed(session);
    if (sessions.remove(session)) uplink.message({ body: { case: 'closeSession', value: { session: BigInt(session.id) } } });
  }

  upgradeFailed(error: unknown): void {
    this.#parts.upgradeFailed(error);
  }

  /** The engine may read one fast socket for long without ending the turn; its budget ends with the turn, not with time. */
  #fitsBudget(session: Session, frameBytes: number): boolean {
    const { uplink, bytesPerTurn, serviceBytesPerTurn } = this.#parts;
    if (session.turn !== this.#turn) {
      session.turn = this.#turn;
      session.turnBytes = 0;
    }
    const costBytes = frameBytes + (session.isService ? SERVICE_FRAME_COST_BYTES : FRAME_COST_BYTES);
    session.turnBytes += costBytes;
    if (!this.#isTurnEnding) {
      this.#isTurnEnding = true;
      this.#turnStartedMs = performance.now();
      setImmediate(() => {
        this.#isTurnEnding = false;
        if (uplink.bufferedBytes <= CONGESTED_BYTES) this.#turn += 1;
      });
    }
    // A single frame up to the limit passes even when the link is congested.
    if (uplink.bufferedBytes > CONGESTED_BYTES) return session.turnBytes <= Math.max(CONGESTED_BUDGET_BYTES, costBytes);
    const budget = session.isService ? serviceBytesPerTurn : bytesPerTurn;
    if (session.turnBytes <= budget) return true;
    // A burst that is dealt with quickly delays nobody.
    return session.turnBytes <= budget * BURST_FACTOR && performance.now() - this.#turnStartedMs < BURST_MS;
  }

  #keepEarly(socket: ClientSocket, session: Session, bytes: Uint8Array): void {
    if (session.wasOpened) {
      // The client sends it again upon the second welcome.
      this.#parts.counters.framesIgnoredCount += 1;
      return;
    }
    if (session.earlyBytes + bytes.length + EARLY_FRAME_COST_BYTES > EARLY_CAP_BYTES) {
      this.#parts.counters.rejected.rate_limited += 1;
      closeWith(socket, closeCodes.tooFast);
      return;
    }
    session.early.push(new Uint8Array(bytes));
    session.earlyBytes += bytes.length + EARLY_FRAME_COST_BYTES;
  }
}

/** Tells the Spine of a session, again after a new link. */
export function openSession(uplink: Uplink, session: Session): void {
  const { id, token, wasOpened, remoteAddress } = session;
  uplink.message({ body: { case: 'openSession', value: { session: BigInt(id), token, reopened: wasOpened, remoteAddress } } });
}

function closeWith(socket: ClientSocket, row: CloseRow): void {
  socket.close(row.code, row.reason);
}
