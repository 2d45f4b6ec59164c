import { sameIdentity, type Claims, type TokenVerifier } from '@arqonbus/auth';
import { closeCodes } from '@arqonbus/errors';
import { readShieldFrame, type ShieldMessageBody } from '@arqonbus/link';
import type { Logger } from '@arqonbus/telemetry';
import type { TransportHandlers, TransportServer, TransportSocket, UpgradeDecision, UpgradeRequest } from '@arqonbus/transport';
import type { FanOut, Intake, Recoveries, Session, Sessions, Subscriptions, Topic } from '../routing/index.js';
import { Link, LinkPort, type LinkSeat } from './link.js';
import { resumeTopic, type ResumeParts } from './resume-topic.js';

const subprotocol = 'arqon.link.v1';
const protocolVersion = 1;
const everyLinkTopic = 'all';
/** Bytes of frames kept for a session whose token is still being verified. */
const maxWaitingBytes = 1_048_576;

/** A session on its way: frames that came before its token was verified. */
interface Opening {
  readonly done: Promise<void>;
  frames: Uint8Array[];
  bytes: number;
  isCancelled: boolean;
}

export interface LinkDoorParts extends ResumeParts {
  readonly verifier: TokenVerifier;
  readonly sessions: Sessions;
  readonly subscriptions: Subscriptions;
  readonly recoveries: Recoveries;
  readonly fanOut: FanOut;
  readonly intake: Intake;
  readonly logger: Logger;
  readonly linkKeyMatches: (authorization: string) => boolean;
  readonly welcome: { readonly spineId: string; readonly version: string; readonly heartbeatMs: number; readonly maxFrameBytes: number; readonly maxSessionBufferBytes: number };
  readonly maxLinkBufferBytes: number;
  readonly isDraining: () => boolean;
}

/** The door for Shields: each link carries all sessions of one Shield. */
export class LinkDoor implements TransportHandlers<LinkSeat> {
  readonly links = new Set<Link>();
  readonly counters = { accepted: 0, refused: 0, lagging: 0 };
  private server: TransportServer | undefined;
  private readonly queued = new Set<Link>();
  private readonly openings = new Map<Link, Map<number, Opening>>();

  constructor(private readonly parts: LinkDoorParts) {}

  attach(server: TransportServer): void {
    this.server = server;
  }

  publish(engineTopic: string, bytes: Uint8Array): void {
    this.server?.publish(engineTopic, bytes);
  }

  /** One message to every link. */
  publishToAll(message: Uint8Array): void {
    this.flushQueued();
    this.server?.publish(everyLinkTopic, message);
  }

  flushQueued(): void {
    if (this.queued.size === 0) return;
    for (const link of this.queued) link.flush();
    this.queued.clear();
  }

  /** A link that does not take what it is sent would grow without bound: it is cut, its Shield resumes. */
  enforceBounds(): void {
    for (const link of this.links) {
      if (link.socket.bufferedBytes <= this.parts.maxLinkBufferBytes) continue;
      this.parts.logger.error({ shield: link.shieldId, buffered_bytes: link.socket.bufferedBytes }, 'link does not keep up; cut, its Shield will resume');
      link.socket.terminate();
    }
  }

  upgrade(request: UpgradeRequest): UpgradeDecision<LinkSeat> {
    const protocols = request.header('sec-websocket-protocol').split(',').map((name) => name.trim());
    if (!protocols.includes(subprotocol)) return this.refuse(400, `offer the subprotocol ${subprotocol}`);

    if (!this.parts.linkKeyMatches(request.header('authorization'))) {
      this.parts.logger.warn({ remote: request.remoteAddress }, 'link key refused');
      return this.refuse(401, 'a valid link key is needed', { 'www-authenticate': 'Bearer' });
    }
    if (this.parts.isDraining()) return this.refuse(503, 'draining', { 'retry-after': '1' });
    return { accept: true, data: { link: undefined }, subprotocol };
  }

  open(socket: TransportSocket<LinkSeat>): void {
    const link = new Link(socket, (queued) => {
      this.queued.add(queued);
      this.parts.fanOut.schedule();
    });
    this.counters.accepted += 1;
    socket.data.link = link;
    socket.subscribe(everyLinkTopic);
    this.links.add(link);
    this.openings.set(link, new Map());
  }

  message(socket: TransportSocket<LinkSeat>, bytes: Uint8Array, isBinary: boolean): void {
    const { link } = socket.data;
    if (link === undefined) return;
    try {
      if (!isBinary) throw new TypeError('text message on a link');
      readShieldFrame(bytes, {
        inbound: (session, data, start, end) => { this.inbound(link, session, data, start, end); },
        message: (body) => { this.handle(link, body); },
      });
    } catch (error) {
      this.parts.logger.error({ error, shield: link.shieldId }, 'link message refused; link closed');
      socket.close(closeCodes.malformed.code, closeCodes.malformed.reason);
    }
  }

  dropped(socket: TransportSocket<LinkSeat>): void {
    // Dropping is off on links; should it happen, the stream has a hole and must start anew.
    setImmediate(() => { socket.terminate(); });
  }

  drain(): void {
    // The bound is enforced by the timers.
  }

  close(socket: TransportSocket<LinkSeat>): void {
    const { link } = socket.data;
    if (link === undefined) return;
    this.links.delete(link);
    this.queued.delete(link);
    for (const opening of this.openings.get(link)?.values() ?? []) opening.isCancelled = true;
    this.openings.delete(link);
    for (const id of [...link.sessions.keys()]) this.finishSession(link, id);
    this.parts.logger.warn({ shield: link.shieldId }, 'link lost');
  }

  upgradeFailed(error: unknown): void {
    this.parts.logger.error({ error }, 'link upgrade failed');
  }

  topicOpened(topic: Topic): void {
    for (const link of this.links) link.topicOpened(topic);
  }

  topicClosed(topic: Topic): void {
    for (const link of this.links) link.topicClosed(topic);
  }

  topicReset(topic: Topic): void {
    for (const link of this.links) link.topicReset(topic);
  }

  private inbound(link: Link, id: number, bytes: Uint8Array, start: number, end: number): void {
    const session = link.sessions.get(id);
    if (session !== undefined) {
      this.parts.intake.handle(session, bytes, start, end);
      return;
    }
    const opening = this.openings.get(link)?.get(id);
    if (opening === undefined || opening.isCancelled) return;
    opening.bytes += end - start;
    if (opening.bytes > maxWaitingBytes) {
      opening.isCancelled = true;
      this.kick(link, id, closeCodes.tooFast.code, closeCodes.tooFast.reason);
      return;
    }
    opening.frames.push(bytes.slice(start, end));
  }

  private handle(link: Link, body: ShieldMessageBody): void {
    switch (body.case) {
      case 'hello': this.greet(link, body.value.protocol, body.value.shieldId); return;
      case 'openSession': this.openSession(link, Number(body.value.session), body.value.token, body.value.reopened); return;
      case 'closeSession': this.leave(link, Number(body.value.session)); return;
      case 'sessionLagging': this.lagging(link, Number(body.value.session), body.value.positions); return;
      case 'sessionCredit': {
        const session = link.sessions.get(Number(body.value.session));
        if (session !== undefined) this.parts.recoveries.credit(session);
        return;
      }
      case 'resumeTopic': {
        const { value } = body;
        this.afterOpenings(link, value.sessions.map(Number), () => { resumeTopic(this.parts, value, this.sessionsOf(link, value.sessions)); });
        return;
      }
      case 'resumeDone':
        this.afterOpenings(link, [...(this.openings.get(link)?.keys() ?? [])], () => { this.followInboxes(link); });
        return;
    }
  }

  private greet(link: Link, protocol: number, shieldId: string): void {
    if (protocol !== protocolVersion) {
      this.parts.logger.error({ shield: shieldId, protocol }, 'link protocol not supported');
      link.socket.close(closeCodes.forbidden.code, `link protocol ${String(protocolVersion)} is spoken here`);
      return;
    }
    link.shieldId = shieldId;
    link.hasGreeted = true;
    this.parts.logger.info({ shield: shieldId }, 'link up');
    link.queue({ body: { case: 'welcome', value: { protocol: protocolVersion, ...this.parts.welcome } } });
  }

  private openSession(link: Link, id: number, token: string, reopened: boolean): void {
    const openings = this.openings.get(link);
    if (openings === undefined || !link.hasGreeted) return;
    const done = this.verifyAndOpen(link, id, token, reopened).catch((error: unknown) => { this.giveUp(link, [id], error); });
    const opening: Opening = { done, frames: [], bytes: 0, isCancelled: false };
    openings.set(id, opening);
  }

  /** The Spine verifies again what the Shield verified: a broken Shield cannot invent tenants. */
  private async verifyAndOpen(link: Link, id: number, token: string, reopened: boolean): Promise<void> {
    const verdict = await this.parts.verifier.verify(token);
    if (verdict.ok) await this.parts.sessions.inboxReady(verdict.claims);
    const openings = this.openings.get(link);
    const opening = openings?.get(id);
    if (opening === undefined || openings === undefined) return;
    openings.delete(id);
    if (opening.isCancelled) return;
    if (!verdict.ok) {
      const row = verdict.reason === 'keys_unreachable' ? closeCodes.unavailable : closeCodes.unauthenticated;
      this.parts.logger.warn({ shield: link.shieldId, detail: verdict.detail }, 'session refused');
      this.kick(link, id, row.code, row.reason);
      return;
    }
    if (reopened) this.leaveOldLink(link, id, verdict.claims);
    const session = this.parts.sessions.open(id, verdict.claims, new LinkPort(link, id, (kicked) => { this.closeSession(link, kicked); }), { reopened });
    if (session === undefined) {
      this.kick(link, id, closeCodes.unavailable.code, closeCodes.unavailable.reason);
      return;
    }
    link.sessions.set(id, session);
    for (const frame of opening.frames) this.parts.intake.handle(session, frame, 0, frame.length);
  }

  /** A Shield may come back before the loss of its old link shows: its session moves, when it is the same bearer's. */
  private leaveOldLink(link: Link, id: number, claims: Claims): void {
    for (const other of this.links) {
      const before = other === link ? undefined : other.sessions.get(id);
      if (before !== undefined && sameIdentity(before.claims, claims)) this.finishSession(other, id);
    }
  }

  private afterOpenings(link: Link, ids: readonly number[], work: () => void): void {
    const openings = this.openings.get(link);
    const pending = ids.flatMap((id) => openings?.get(id)?.done ?? []);
    Promise.all(pending).then(() => {
      if (this.links.has(link)) work();
    }).catch((error: unknown) => { this.giveUp(link, ids, error); });
  }

  /** A fault of ours: sessions that would go on without what they follow are closed, and come back. */
  private giveUp(link: Link, ids: readonly number[], error: unknown): void {
    this.parts.logger.error({ error, shield: link.shieldId, sessions: ids.length }, 'sessions could not be resumed; closed, their clients will reconnect');
    for (const id of ids) {
      this.openings.get(link)?.delete(id);
      this.closeSession(link, id);
      this.kick(link, id, closeCodes.unavailable.code, closeCodes.unavailable.reason);
    }
  }

  /** The client is gone: what it sent before goes on. */
  private leave(link: Link, id: number): void {
    const session = link.sessions.get(id);
    if (session === undefined) this.closeSession(link, id);
    else this.parts.intake.afterFramesOf(session, () => { this.closeSession(link, id); });
  }

  /** The same where the session must be gone now. */
  private finishSession(link: Link, id: number): void {
    const session = link.sessions.get(id);
    if (session !== undefined) this.parts.intake.finishFramesOf(session);
    this.closeSession(link, id);
  }

  private closeSession(link: Link, id: number): void {
    const opening = this.openings.get(link)?.get(id);
    if (opening !== undefined) opening.isCancelled = true;
    const session = link.sessions.get(id);
    if (session === undefined) return;
    session.flush();
    link.sessions.delete(id);
    this.parts.sessions.close(session);
  }

  private lagging(link: Link, id: number, positions: readonly { readonly topic: number; readonly sequence: bigint }[]): void {
    const session = link.sessions.get(id);
    if (session === undefined || session.isLagging) return;
    this.counters.lagging += 1;
    const told = new Map(positions.map((position) => [position.topic, Number(position.sequence)]));
    this.parts.subscriptions.recover(session, this.parts.subscriptions.detach(session, (topic) => told.get(topic.number)));
  }

  /** Reopened sessions whose inbox had no position follow it from its beginning. */
  private followInboxes(link: Link): void {
    for (const session of link.sessions.values()) this.parts.subscriptions.followInbox(session);
  }

  private sessionsOf(link: Link, ids: readonly bigint[]): Session[] {
    return ids.flatMap((id) => link.sessions.get(Number(id)) ?? []);
  }

  private kick(link: Link, id: number, code: number, reason: string): void {
    link.queue({ body: { case: 'kickSession', value: { session: BigInt(id), code, reason } } });
  }

  private refuse(status: number, body: string, headers: Readonly<Record<string, string>> = {}): UpgradeDecision<LinkSeat> {
    this.counters.refused += 1;
    return { accept: false, status, body, headers };
  }
}
