import { readBearerHeader, type Claims, type TokenVerifier } from '@arqonbus/auth';
import { closeCodes, type CloseRow } from '@arqonbus/errors';
import type { Logger } from '@arqonbus/telemetry';
import type { TransportHandlers, TransportServer, TransportSocket, UpgradeDecision, UpgradeRequest } from '@arqonbus/transport';
import type { FanOut, Intake, Room, Session, SessionPort, Sessions, Subscriptions, Topic, Detached, Publication } from '../routing/index.js';

const subprotocol = 'arqon.v1';
/** Engine topic that every direct session follows for heartbeats and drain notices. */
const everyoneTopic = 'all';
/** Buffered bytes below which a session gets its next page. */
const creditBytes = 262_144;

/** What a socket of this door carries; `session` is set once it is open. */
interface Seat {
  readonly claims: Claims;
  session: Session | undefined;
}

/** How a session lost frames: from `serial` on, but for the publication whose engine call found the loss, unless that was lost too. */
interface Lag {
  readonly serial: number;
  passed: Publication | undefined;
}

/** A session on its own socket. */
class DirectPort implements SessionPort {
  constructor(private readonly socket: TransportSocket<Seat>, private readonly onCredit: (session: Session) => void) {}

  send(frame: Uint8Array): boolean {
    if (this.socket.send(frame) !== 'dropped') return true;
    // A reply or acknowledgement is lost: only a new connection, which asks again, can heal that.
    setImmediate(() => { this.close(closeCodes.slowConsumer, closeCodes.slowConsumer.reason); });
    return false;
  }

  sendPage(frame: Uint8Array): boolean {
    if (!this.send(frame)) return false;
    if (this.socket.bufferedBytes < creditBytes) setImmediate(() => { this.grantCredit(); });
    return true;
  }

  subscribe(topic: Topic): void {
    topic.subscribers.direct += 1;
    this.socket.subscribe(topic.engineTopic);
  }

  unsubscribe(topic: Topic): void {
    topic.subscribers.direct -= 1;
    this.socket.unsubscribe(topic.engineTopic);
  }

  subscribeRoom(room: Room): void {
    room.wide.direct += 1;
    this.socket.subscribe(room.engineTopic);
  }

  unsubscribeRoom(room: Room): void {
    room.wide.direct -= 1;
    this.socket.unsubscribe(room.engineTopic);
  }

  together(work: () => void): void {
    // The subscription is this socket's own: it ends with it.
    work();
  }

  close(row: CloseRow, reason: string): void {
    this.socket.close(row.code, reason);
  }

  tokenChanged(): void {
    // Only a Shield keeps tokens.
  }

  private grantCredit(): void {
    const { session } = this.socket.data;
    if (this.socket.isOpen && session !== undefined) this.onCredit(session);
  }
}

export interface ServiceDoorParts {
  readonly verifier: TokenVerifier;
  readonly sessions: Sessions;
  readonly subscriptions: Subscriptions;
  readonly recoveries: { credit(session: Session): void };
  readonly fanOut: FanOut;
  readonly intake: Intake;
  readonly logger: Logger;
  readonly newSessionId: () => number;
  readonly isDraining: () => boolean;
}

/** The door for services: arqon.v1 with a token, on the Spine itself. */
export class ServiceDoor implements TransportHandlers<Seat> {
  private server: TransportServer | undefined;
  readonly counters = { accepted: 0, refused: 0, dropped: 0 };
  /** Sessions that lost frames in this turn. */
  private readonly lags = new Map<Session, Lag>();

  private readonly onCredit = (session: Session): void => { this.parts.recoveries.credit(session); };

  constructor(private readonly parts: ServiceDoorParts) {}

  attach(server: TransportServer): void {
    this.server = server;
  }

  publish(engineTopic: string, bytes: Uint8Array): void {
    this.server?.publish(engineTopic, bytes);
  }

  /** One frame to every session of this door. */
  publishToAll(frame: Uint8Array): void {
    this.server?.publish(everyoneTopic, frame);
  }

  async upgrade(request: UpgradeRequest): Promise<UpgradeDecision<Seat>> {
    const protocols = request.header('sec-websocket-protocol').split(',').map((name) => name.trim());
    const authorization = request.header('authorization');
    const { remoteAddress } = request;
    if (!protocols.includes(subprotocol)) return this.refuse(400, `offer the subprotocol ${subprotocol}`);
    if (/[?&]?(token|access_token|jwt)=/i.test(request.query)) return this.refuse(400, 'a token in the URL is not accepted');
    if (this.parts.isDraining()) return this.refuse(503, 'draining', { 'retry-after': '1' });
    const token = readBearerHeader(authorization);
    const verdict = token === undefined ? undefined : await this.parts.verifier.verify(token);
    if (verdict?.ok === true) {
      if (!this.parts.sessions.hasPlaceFor(verdict.claims.tenantId)) return this.refuse(503, 'no free session', { 'retry-after': '5' });
      await this.parts.sessions.inboxReady(verdict.claims);
      return { accept: true, data: { claims: verdict.claims, session: undefined }, subprotocol };
    }
    this.parts.logger.warn({ remote: remoteAddress, detail: verdict?.detail ?? 'no token' }, 'token refused');
    if (verdict?.reason === 'keys_unreachable') return this.refuse(503, 'keys are not reachable', { 'retry-after': '1' });
    return this.refuse(401, 'a valid token is needed', { 'www-authenticate': 'Bearer' });
  }

  open(socket: TransportSocket<Seat>): void {
    this.counters.accepted += 1;
    socket.subscribe(everyoneTopic);
    const port = new DirectPort(socket, this.onCredit);
    const session = this.parts.sessions.open(this.parts.newSessionId(), socket.data.claims, port);
    socket.data.session = session;
    if (session === undefined) socket.close(closeCodes.unavailable.code, closeCodes.unavailable.reason);
  }

  message(socket: TransportSocket<Seat>, bytes: Uint8Array, isBinary: boolean): void {
    const { session } = socket.data;
    if (session === undefined) return;
    if (isBinary) this.parts.intake.handle(session, bytes, 0, bytes.length);
    else socket.close(closeCodes.malformed.code, 'text message');
  }

  /** The engine gave up on a slow socket: off the live topics at once, healed outside of this callback. */
  dropped(socket: TransportSocket<Seat>, bytes: Uint8Array): void {
    const { session } = socket.data;
    this.counters.dropped += 1;
    if (session === undefined || session.isClosed) return;
    const { fanOut, subscriptions } = this.parts;
    const serial = fanOut.serialOfLost(bytes);
    const lag = this.lags.get(session);
    if (lag !== undefined) {
      if (serial === lag.passed?.serial) lag.passed = undefined;
      return;
    }
    if (session.isLagging) return;
    if (serial === undefined) {
      setImmediate(() => { socket.close(closeCodes.slowConsumer.code, closeCodes.slowConsumer.reason); });
      return;
    }
    const during = fanOut.publishing;
    const passed = during === undefined || during.serial === serial || !subscriptions.followsLive(session, during.topic) ? undefined : during;
    this.lags.set(session, { serial, passed });
    const detached = subscriptions.detach(session, (topic) => fanOut.positionBefore(serial, topic));
    setImmediate(() => { this.heal(socket, session, detached); });
  }

  drain(socket: TransportSocket<Seat>): void {
    const { session } = socket.data;
    if (session?.awaitsCredit === true && socket.bufferedBytes < creditBytes) this.parts.recoveries.credit(session);
  }

  close(socket: TransportSocket<Seat>): void {
    const { session } = socket.data;
    if (session !== undefined) this.parts.intake.afterFramesOf(session, () => { this.parts.sessions.close(session); });
  }

  upgradeFailed(error: unknown): void {
    this.parts.logger.error({ error }, 'upgrade failed');
  }

  /**
   * The frame whose publish found the loss of earlier ones arrived itself. When the session lost
   * nothing of that topic before, it stands behind that frame; when it did, the frame came out of
   * order, which only a new connection heals.
   */
  private heal(socket: TransportSocket<Seat>, session: Session, detached: Detached): void {
    const lag = this.lags.get(session);
    this.lags.delete(session);
    const passed = lag?.passed;
    if (passed !== undefined) {
      const cursor = detached.cursors.find((candidate) => candidate.topic === passed.topic);
      if (cursor !== undefined && cursor.sequence !== passed.prev) {
        socket.close(closeCodes.slowConsumer.code, closeCodes.slowConsumer.reason);
        return;
      }
      if (cursor !== undefined) cursor.sequence = passed.last;
    }
    this.parts.subscriptions.recover(session, detached);
  }

  private refuse(status: number, body: string, headers: Readonly<Record<string, string>> = {}): UpgradeDecision<Seat> {
    this.counters.refused += 1;
    return { accept: false, status, body, headers };
  }
}
