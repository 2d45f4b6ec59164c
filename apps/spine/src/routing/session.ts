import type { Claims } from '@arqonbus/auth';
import { encodeSender } from '@arqonbus/envelope';
import { closeCodes, type CloseRow } from '@arqonbus/errors';
import type { RateBucket } from './rate-bucket.js';
import type { Recovery } from './recovery-state.js';
import type { Refusal } from './refusal.js';
import type { Room, Tenant, Topic } from './topic.js';
import type { WaitingFrames } from './waiting-frames.js';

/** Bytes of replies and acknowledgements kept for a session that does not read. */
const maxHeldBytes = 1_048_576;
/** Bytes of replies and acknowledgements that one turn may cause; above it the session asks too much. */
const maxOutboxBytes = 4_194_304;
/** One frame to a session; more entries leave as several. */
const maxFrameBytes = 524_288;
/** Refusals that one turn may cause: each costs far more than the batch that it refuses. */
const maxRefusalsPerTurn = 256;

/** Malformed frames that a session may send within a minute before it is closed (F17). */
const maxStrikes = 16;
const strikeWindowMs = 60_000;

/** How frames reach a session: its own socket, or the link of its Shield. One per session. */
export interface SessionPort {
  /** Hands over one frame, in order with everything else; false when it was lost, which ends the session. */
  send(frame: Uint8Array): boolean;
  /** As `send`, for a page of a recovery: `onCredit` of the session follows when it has left. */
  sendPage(frame: Uint8Array): boolean;
  subscribe(topic: Topic): void;
  unsubscribe(topic: Topic): void;
  subscribeRoom(room: Room): void;
  unsubscribeRoom(room: Room): void;
  /** What is sent and subscribed within reaches the other end as a whole or, when the way to it breaks, not at all. */
  together(work: () => void): void;
  close(row: CloseRow, reason: string): void;
  /** The session has a new token. */
  tokenChanged(token: string): void;
}

/** What the router offers to a session's own methods. */
export interface SessionOwner {
  /** The session has something to send at the end of the turn. */
  markDirty(session: Session): void;
  /** Encodes an Error envelope into a `Frame.batches` entry. */
  encodeRefusal(refusal: Refusal): Uint8Array;
}

/** One authenticated connection. Small on purpose: there may be very many. */
export class Session {
  readonly sender: Uint8Array;
  claims: Claims;
  /** Role of the claims in force: no rate limit. */
  isService: boolean;
  isClosed = false;
  /** Subscriptions; false while the session is off the live topic and recovers. */
  topics: Map<Topic, boolean> | undefined;
  rooms: Map<Room, boolean> | undefined;
  /** Topics that the claims in force allow publishing to. */
  publishable: Set<Topic> | undefined;
  lastTopic: Topic | undefined;
  recoveries: Recovery[] | undefined;
  /** A page is on its way. */
  awaitsCredit = false;
  bucket: RateBucket | undefined;
  /** Bytes received within the turn `turn`. */
  turn = 0;
  turnBytes = 0;
  /** Frames that wait for a later turn. */
  waiting: WaitingFrames | undefined;
  refusalsInTurn = 0;
  /** Steps that content inspection took for the session in the turn `inspectionTurn`. */
  inspectionSteps = 0;
  inspectionTurn = -1;
  commandsInTurn = 0;
  private strikes = 0;
  private strikesSinceMs = 0;
  expiryAnnounced = false;
  /** Second at which the end of its token is looked at next. */
  expirySecond = 0;
  /** Milliseconds at which the session ends with its token. */
  endsAtMs = 0;
  private outbox: Uint8Array[] | undefined;
  private outboxBytes = 0;
  private isHeld = false;
  private waitingForRoom: Set<() => void> | undefined;

  constructor(
    readonly id: number, readonly tenant: Tenant, claims: Claims, readonly port: SessionPort, private readonly owner: SessionOwner,
  ) {
    this.claims = claims;
    this.isService = claims.roles.has('service');
    this.sender = encodeSender(claims.subject, id);
  }

  /** New claims of the same identity. */
  take(claims: Claims): void {
    this.claims = claims;
    this.isService = claims.roles.has('service');
    this.publishable = undefined;
    this.lastTopic = undefined;
    this.expiryAnnounced = false;
  }

  get clientId(): string {
    return this.claims.subject;
  }

  /** Queues one `Frame.batches` entry for the end of the turn. */
  queue(entry: Uint8Array): void {
    if (this.isClosed) return;
    this.outboxBytes += entry.length;
    if (this.outbox === undefined) {
      this.outbox = [entry];
      this.owner.markDirty(this);
    } else this.outbox.push(entry);
    if (this.isHeld && this.outboxBytes > maxHeldBytes) this.port.close(closeCodes.slowConsumer, closeCodes.slowConsumer.reason);
    else if (this.outboxBytes > maxOutboxBytes) this.port.close(closeCodes.tooFast, closeCodes.tooFast.reason);
  }

  /** Sends what is queued: one frame, or several when it is much. */
  flush(): void {
    const entries = this.outbox;
    if (entries === undefined || this.isHeld) return;
    this.outbox = undefined;
    this.outboxBytes = 0;
    let from = 0;
    let bytes = 0;
    for (let index = 0; index < entries.length && !this.isClosed; index += 1) {
      const size = entries[index].length;
      if (index > from && bytes + size > maxFrameBytes) {
        this.port.send(Buffer.concat(entries.slice(from, index)));
        from = index;
        bytes = 0;
      }
      bytes += size;
    }
    if (!this.isClosed) this.port.send(entries.length === 1 ? entries[0] : Buffer.concat(entries.slice(from)));
  }

  /** The session's buffer is full: what is queued stays here, within a bound, until `release`. */
  hold(): void {
    this.isHeld = true;
  }

  /** True from the loss of a live frame until there is room again. */
  get isLagging(): boolean {
    return this.isHeld;
  }

  release(): void {
    this.isHeld = false;
    this.flush();
    const waiting = this.waitingForRoom;
    this.waitingForRoom = undefined;
    // After whoever let it go: a recovery takes the room first.
    for (const wake of waiting ?? []) queueMicrotask(wake);
  }

  /** Resolves when there may be room for a page again, and after `atMostMs` in any case: look at `awaitsCredit` again. */
  nextRoom(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.waitingForRoom?.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, atMostMs).unref();
      this.waitingForRoom ??= new Set();
      this.waitingForRoom.add(wake);
    });
  }

  /** Counts one malformed frame or forged reply; true when they have become too many within a minute. */
  strike(nowMs: number): boolean {
    if (nowMs - this.strikesSinceMs > strikeWindowMs) {
      this.strikesSinceMs = nowMs;
      this.strikes = 0;
    }
    this.strikes += 1;
    return this.strikes > maxStrikes;
  }

  refuse(refusal: Refusal): void {
    this.refusalsInTurn += 1;
    if (this.refusalsInTurn > maxRefusalsPerTurn) {
      this.port.close(closeCodes.tooFast, closeCodes.tooFast.reason);
      return;
    }
    this.queue(this.owner.encodeRefusal(refusal));
  }
}
