import type { ArqonError } from '@arqonbus/errors';
import type { BusSettings } from './bus-options.js';
import { ClosedError } from './closed-error.js';
import { CommandClient } from './command-client.js';
import { dispatchFrame, type FrameHandler } from './dispatch.js';
import { Emitter } from './emitter.js';
import { GroupRegistry } from './group/group-registry.js';
import { SessionLink, type ConnectionState, type LinkOwner } from './link/session-link.js';
import type { OpenSocket } from './link/socket.js';
import type { TokenSource } from './link/token-source.js';
import { TokenRefresher } from './link/token-refresher.js';
import type { Respond, StampedBatch } from './message.js';
import { Publisher } from './publish/publisher.js';
import { RequestTable } from './request-table.js';
import { SeenPositions } from './seen-positions.js';
import type { GapEvent, RecoveredEvent } from './subscribe/events.js';
import { FeedRegistry } from './subscribe/feed-registry.js';
import type { ServerError, ServerSignal, SessionLimits, Welcome } from './wire/control-reader.js';
import type { InboundBatch } from './wire/frame-reader.js';
import { IdSource } from './wire/id-source.js';
import type { ServerReply } from './wire/reply-reader.js';

/** Events of a Bus. */
export interface BusEvents {
  /** The connection's state changed; `error` is what closed the Bus when the application did not. */
  state: { readonly state: ConnectionState; readonly previous: ConnectionState; readonly error: ArqonError | undefined };
  gap: GapEvent;
  recovered: RecoveredEvent;
  /** A refusal or failure that no promise reports, such as of a publish without acknowledgement. */
  error: ArqonError;
  /** The session has a fresh token. */
  token: { readonly expiresAt: Date };
}

/** What the platform gives. */
export interface Platform {
  readonly open: OpenSocket;
  /** Calls back when the network came back, where the platform tells. */
  readonly onOnline?: (wake: () => void) => () => void;
}

/** Takes replayed batches that no reply claims in their frame; true for one that it took. */
export interface BatchTaker {
  take(batch: StampedBatch): boolean;
}

const maxOwnSessions = 64;
const drainGraceMs = 2_000;

/** The parts of a Bus and what passes between them. */
export class SessionCore implements LinkOwner, FrameHandler {
  readonly ids = new IdSource();
  readonly events = new Emitter<BusEvents>();
  readonly link: SessionLink;
  readonly commands: CommandClient;
  readonly publisher: Publisher;
  readonly feeds = new FeedRegistry();
  /** Strict replays under way. */
  readonly replays = new Set<BatchTaker>();
  readonly groups = new GroupRegistry();
  readonly seen = new SeenPositions();
  readonly requests: RequestTable;
  readonly refresher: TokenRefresher;
  /** What ends each subscription. */
  readonly closers = new Set<(error: unknown) => void>();
  readonly ready: Promise<void>;
  clientId = '';
  session = 0n;
  limits: SessionLimits | undefined;
  closedBy: ClosedError | undefined;
  private readonly ownSessions = new Set<bigint>();
  private settleReady: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  private state: ConnectionState = 'connecting';
  private serverDrain: ReturnType<typeof setTimeout> | undefined;
  private offOnline: (() => void) | undefined;

  constructor(readonly settings: BusSettings, platform: Platform, tokens: TokenSource, respond: Respond) {
    const now = (): number => performance.now();
    const sendFrame = (frame: Uint8Array): boolean => this.link.send(frame);
    const reconnect = { ...settings.reconnect, handshakeTimeoutMs: settings.connectTimeoutMs };
    this.link = new SessionLink({ url: settings.url, open: platform.open, tokens, reconnect, random: Math.random, now }, this);
    this.commands = new CommandClient(this.ids, sendFrame);
    this.publisher = new Publisher({
      sendFrame,
      bufferedBytes: () => this.link.bufferedBytes(),
      barrier: (passed) => this.barrier(passed),
      unclaimedError: (error) => this.events.emit('error', error),
      taken: ({ room, channel, recipient }, epoch, last) => {
        if (recipient === '') this.seen.record(room, channel, epoch, last);
      },
    }, this.ids, settings, now);
    this.requests = new RequestTable({ topic: '', schema: undefined, respond }, settings.maxPendingPublishes);
    this.refresher = new TokenRefresher(tokens, this.commands, settings.commandTimeoutMs, {
      refreshed: (expiresAt) => this.events.emit('token', { expiresAt }),
      revoked: (error) => this.link.stop(error),
      failed: (error) => this.events.emit('error', error),
    });
    this.ready = new Promise((resolve, reject) => {
      this.settleReady = { resolve, reject };
    });
    this.offOnline = platform.onOnline?.(() => this.link.wake());
  }

  /** True for events of this Bus's own sessions that are hidden from the application. */
  isHidden(session: bigint): boolean {
    return !this.settings.echo && this.ownSessions.has(session);
  }

  /** Raises ClosedError once the Bus takes nothing new. */
  requireOpen(): void {
    if (this.closedBy !== undefined) throw this.closedBy;
    if (this.state === 'draining') throw new ClosedError('The bus is draining.');
  }

  received(bytes: Uint8Array): void {
    dispatchFrame(bytes, this);
  }

  delivered(batch: StampedBatch): void {
    if (batch.recipient !== '') this.requests.take(batch);
    let isOfReplay = false;
    if (batch.stamp.replayed && batch.spans.length > 0) for (const replay of this.replays) isOfReplay = replay.take(batch) || isOfReplay;
    this.feeds.dispatch(batch, isOfReplay);
  }

  leased(batch: StampedBatch): void {
    this.groups.dispatch(batch);
  }

  replied(reply: ServerReply, page: readonly StampedBatch[]): void {
    this.commands.answered(reply.requestKey, reply.body, page);
  }

  refused(error: ServerError, batch: InboundBatch): void {
    if (this.commands.refused(error)) return;
    if (error.field === 'subscription' && error.requestKey === '') {
      for (const feed of this.feeds.feedsOf(batch.room, batch.channel)) feed.questioned();
      this.groups.questioned(batch.room, batch.channel);
      return;
    }
    this.publisher.refused(batch, error);
    this.leaveWhenAcknowledged();
  }

  signalled(signal: ServerSignal): void {
    switch (signal.kind) {
      case 'published':
        this.publisher.acknowledged(signal);
        this.leaveWhenAcknowledged();
        break;
      case 'welcome':
        this.welcomed(signal);
        break;
      case 'gap':
        this.feeds.interrupted(signal);
        break;
      case 'tokenExpiring':
        this.refresher.expiring();
        break;
      case 'draining':
        this.drained(signal.minMs, signal.maxMs);
        break;
      case 'disconnect':
      case 'unknown':
        // The close code that follows a disconnect says what to do.
        break;
    }
  }

  connectionLost(): void {
    this.publisher.hold();
    clearTimeout(this.serverDrain);
    this.serverDrain = undefined;
    this.refresher.stop();
  }

  stateChanged(state: ConnectionState, error: ArqonError | undefined): void {
    const previous = this.state;
    this.state = state;
    if (state === 'closed') this.closed(error);
    this.events.emit('state', { state, previous, error });
  }

  private welcomed(welcome: Welcome): void {
    const isNew = this.link.welcomed(welcome.heartbeatMs);
    this.clientId = welcome.clientId;
    this.session = welcome.session;
    this.limits = welcome.limits;
    this.ownSessions.add(welcome.session);
    if (this.ownSessions.size > maxOwnSessions) this.ownSessions.delete([...this.ownSessions][0]);
    clearTimeout(this.serverDrain);
    this.serverDrain = undefined;
    this.commands.resend();
    if (isNew && this.link.connection > 1) for (const feed of this.feeds.all()) feed.reconnected();
    this.groups.welcomed();
    this.publisher.start(welcome.limits, welcome.incarnation);
    this.link.opened();
    this.settleReady?.resolve();
  }

  /** The server will close: what is in flight is awaited for a moment, the rest goes to the next connection. */
  private drained(minMs: number, maxMs: number): void {
    this.link.announced({ minMs, maxMs });
    this.publisher.hold();
    clearTimeout(this.serverDrain);
    this.serverDrain = setTimeout(() => this.link.leave(), drainGraceMs);
    this.leaveWhenAcknowledged();
  }

  private leaveWhenAcknowledged(): void {
    if (this.serverDrain === undefined || this.publisher.inFlightCount > 0) return;
    clearTimeout(this.serverDrain);
    this.serverDrain = undefined;
    this.link.leave();
  }

  private closed(error: ArqonError | undefined): void {
    this.connectionLost();
    this.offOnline?.();
    this.closedBy = new ClosedError(error === undefined ? 'The bus is closed.' : `The bus is closed: ${error.message}`, error);
    this.publisher.rejectAll(this.closedBy);
    this.commands.rejectAll(this.closedBy);
    this.requests.rejectAll(this.closedBy);
    for (const feed of this.feeds.all()) feed.close();
    this.groups.closed(error === undefined ? undefined : this.closedBy);
    for (const close of [...this.closers]) close(error === undefined ? undefined : this.closedBy);
    this.settleReady?.reject(error ?? this.closedBy);
  }

  private barrier(passed: () => void): void {
    const exchange = { build: () => ({ kind: 'ping' as const }), read: () => true };
    // A ping that fails with the connection needs no care: the next session begins with nothing in flight.
    this.commands.send(exchange, {}).then(passed, () => undefined);
  }
}

