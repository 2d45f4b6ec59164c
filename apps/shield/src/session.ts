import { randomFillSync } from 'node:crypto';
import type { TransportSocket } from '@arqonbus/transport';
import { createSlowReader, type SlowReader } from './fan-out/slow-reader.js';

/** A client's socket. */
export type ClientSocket = TransportSocket<ClientRecord>;

/** A browser whose token was refused: upgraded so that it can see a close code, then closed; nothing is read. */
export interface RefusedClient {
  readonly kind: 'refused';
  readonly code: number;
  readonly reason: string;
}

/**
 * - `opening`: the welcome of the current link has not been forwarded; frames of the client are not either.
 * - `live`: frames go to the Spine.
 * - `ended`: no longer in the table; its socket closes or is closed.
 */
export type SessionPhase = 'opening' | 'live' | 'ended';

/** What changes the phase (docs/state_machines/session.md). */
export type SessionEvent = 'welcomed' | 'link_lost' | 'removed';

/** Which event leads where; what is not here leaves the phase as it is. */
export const sessionTransitions: Readonly<Record<SessionPhase, Readonly<Partial<Record<SessionEvent, SessionPhase>>>>> = {
  opening: { welcomed: 'live', removed: 'ended' },
  live: { link_lost: 'opening', removed: 'ended' },
  ended: {},
};

/** Lets an event happen to a session; false when it means nothing in its phase. */
export function stepSession(session: Session, event: SessionEvent): boolean {
  const next = sessionTransitions[session.phase][event];
  if (next === undefined) return false;
  session.phase = next;
  return true;
}

/** What the Shield keeps of a session: no domain state, no closures, no timers. */
export interface Session {
  readonly kind: 'session';
  /** 1 to 2^53 - 1, random. */
  readonly id: number;
  readonly tenant: string;
  /** Tenant and client of the token: whose penalty a flood is. */
  readonly client: string;
  readonly remoteAddress: string;
  /** Of the role service: a larger budget per turn. */
  readonly isService: boolean;
  readonly startedMs: number;
  /** The latest token that the Spine accepted. */
  token: string;
  phase: SessionPhase;
  /** A welcome was forwarded on some link, so the next OpenSession is a reopening. */
  wasOpened: boolean;
  /** Undefined before the open and after the close callback. */
  socket: ClientSocket | undefined;
  /** Turn that `turnBytes` belongs to. */
  turn: number;
  turnBytes: number;
  /** Live topics and room-wide subscriptions by number, each with the publish serial from which on it holds. */
  topics: Map<number, number>;
  rooms: Map<number, number>;
  slow: SlowReader | undefined;
  /** A page of a catch-up is on its way to the client. */
  isCreditDue: boolean;
  /** What the client sent before its first welcome. */
  early: Uint8Array[];
  earlyBytes: number;
}

/** What a socket carries. */
export type ClientRecord = Session | RefusedClient;

/** Creates the record of an accepted client; the session opens with its socket. */
export function createSession(options: Pick<Session, 'id' | 'tenant' | 'client' | 'token' | 'remoteAddress' | 'isService' | 'startedMs'>): Session {
  return {
    kind: 'session',
    ...options,
    phase: 'opening',
    wasOpened: false,
    socket: undefined,
    turn: 0,
    turnBytes: 0,
    topics: new Map(),
    rooms: new Map(),
    slow: undefined,
    isCreditDue: false,
    early: [],
    earlyBytes: 0,
  };
}

/** The session's slow-reader state, made at its first loss. */
export function slowReaderOf(session: Session): SlowReader {
  session.slow ??= createSlowReader();
  return session.slow;
}

const idMask = (1n << 53n) - 1n;

/** A random session id; `isTaken` guards against the one in 2^53. */
export function createSessionId(isTaken: (id: number) => boolean): number {
  const words = new BigUint64Array(1);
  for (;;) {
    randomFillSync(words);
    const id = Number(words[0] & idMask);
    if (id !== 0 && !isTaken(id)) return id;
  }
}
