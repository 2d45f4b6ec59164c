import type { Claims } from '@arqonbus/auth';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { closeCodes, isArqonError } from '@arqonbus/errors';
import type { LimitsSchema } from '@arqonbus/proto';
import type { Directory } from './directory.js';
import type { FanOut } from './fan-out.js';
import type { Recoveries } from './recovery.js';
import type { ServerMessages } from './server-messages.js';
import { Session, type SessionOwner, type SessionPort } from './session.js';
import type { Subscriptions } from './subscriptions.js';
import type { Tenant, Topic } from './topic.js';

export interface SessionSettings {
  readonly server: string;
  readonly heartbeatMs: number;
  /** Milliseconds before a token's end at which its session is told. */
  readonly expiryNoticeMs: number;
  readonly maxSessions: number;
  /** Limits that the welcome tells a session, by role. */
  readonly limitsFor: (session: Session) => MessageInitShape<typeof LimitsSchema>;
  readonly capabilities: readonly string[];
  /** Changes whenever this server may have forgotten producers; 0n where all history is in a store. */
  readonly incarnation: bigint;
}

const clockSkewMs = 30_000;
/** How long a session waits for the log of its inbox. */
const maxInboxWaitMs = 2_000;

/** All sessions of this Spine, however they are connected. */
export class Sessions {
  private readonly byId = new Map<number, Session>();
  /** What a session had beyond its subscriptions ends with it. */
  onClosed: (session: Session) => void = () => undefined;
  /** Ends what else new claims no longer cover; returns the topics concerned. */
  onRefreshed: (session: Session) => readonly Topic[] = () => [];
  /** Sessions of one client, by tenant and client id. */
  private readonly byClient = new Map<string, Session[]>();
  /** Sessions whose token is looked at in a given second. */
  private readonly expiry = new Map<number, Set<Session>>();
  private readonly owner: SessionOwner;
  private lastExpirySecond: number;

  constructor(
    private readonly settings: SessionSettings, private readonly directory: Directory, private readonly subscriptions: Subscriptions,
    private readonly messages: ServerMessages, private readonly recoveries: Recoveries, fanOut: FanOut, private readonly nowMs: () => number,
  ) {
    this.owner = { markDirty: (session) => { fanOut.markSession(session); }, encodeRefusal: (refusal) => messages.refusal(refusal) };
    this.lastExpirySecond = Math.floor(nowMs() / 1000);
  }

  get count(): number {
    return this.byId.size;
  }

  /** Whether one more session of the tenant fits this Spine's bounds. */
  hasPlaceFor(tenantId: string): boolean {
    return this.byId.size < this.settings.maxSessions && this.directory.hasPlaceFor(tenantId);
  }

  get(id: number): Session | undefined {
    return this.byId.get(id);
  }

  all(): IterableIterator<Session> {
    return this.byId.values();
  }

  /**
   * Opens a session for verified claims and welcomes it. Its inbox is followed from the start.
   * Undefined when the id is taken or there is no place.
   */
  open(id: number, claims: Claims, port: SessionPort, options: { readonly reopened: boolean } = { reopened: false }): Session | undefined {
    if (this.byId.has(id) || !this.hasPlaceFor(claims.tenantId)) return undefined;
    const tenant = this.directory.tenant(claims.tenantId);
    const session = new Session(id, tenant, claims, port, this.owner);
    tenant.sessionCount += 1;
    this.byId.set(id, session);
    const key = clientKey(claims.tenantId, claims.subject);
    const siblings = this.byClient.get(key);
    if (siblings === undefined) this.byClient.set(key, [session]);
    else siblings.push(session);
    session.endsAtMs = this.endOf(claims);
    this.watchExpiry(session);
    this.welcome(session);
    const inbox = this.inboxOf(tenant, session.clientId);
    // A reopened session resumes its inbox from where it was.
    if (inbox !== undefined && !options.reopened) this.subscriptions.addTopic(session, inbox);
    return session;
  }

  /** A client's inbox, if there is one: a durable one may hold what other Spines take, so it is opened. */
  private inboxOf(tenant: Tenant, clientId: string): Topic | undefined {
    const known = tenant.inboxes.get(clientId);
    if (known !== undefined || !this.directory.hasDurableInbox(tenant, clientId)) return known;
    try {
      return this.directory.openInbox(tenant, clientId);
    } catch (error) {
      // At the tenant's limit of topics: the session goes without, as it would with an inbox of memory.
      if (isArqonError(error)) return undefined;
      throw error;
    }
  }

  /**
   * To be awaited before a session is opened: what is sent to its inbox by another Spine, from the welcome on, is heard only once the inbox's log is
   * open here. Resolves after a bound in any case: a store that is away must keep nobody out, publishing to the inbox is refused meanwhile.
   */
  async inboxReady({ tenantId, subject }: Claims): Promise<void> {
    if (!this.directory.hasPlaceFor(tenantId)) return;
    const log = this.inboxOf(this.directory.tenant(tenantId), subject)?.durable;
    if (log === undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, maxInboxWaitMs).unref();
      log.whenSettled(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  close(session: Session): void {
    if (this.byId.get(session.id) !== session) return;
    session.isClosed = true;
    this.byId.delete(session.id);
    session.tenant.sessionCount -= 1;
    const key = clientKey(session.tenant.id, session.clientId);
    const siblings = (this.byClient.get(key) ?? []).filter((sibling) => sibling !== session);
    if (siblings.length === 0) this.byClient.delete(key);
    else this.byClient.set(key, siblings);
    this.forgetExpiry(session);
    this.subscriptions.removeAll(session);
    this.onClosed(session);
    this.recoveries.active.delete(session);
    session.recoveries = undefined;
  }

  /** An inbox came into being: its client's sessions follow it before its first event. */
  attachInbox(inbox: Topic): void {
    if (inbox.place.kind !== 'inbox') return;
    for (const session of this.byClient.get(clientKey(inbox.tenant.id, inbox.place.clientId)) ?? []) this.subscriptions.addTopic(session, inbox);
  }

  /** New claims of the same identity: rights are decided anew, what they no longer cover ends. */
  refresh(session: Session, claims: Claims): void {
    session.take(claims);
    session.endsAtMs = this.endOf(claims);
    this.watchExpiry(session);
    const ended = this.subscriptions.revoke(session);
    for (const topic of [...ended.topics, ...this.onRefreshed(session)]) session.refuse({ code: 'NOT_PERMITTED', field: 'subscription', room: topic.roomName, channel: topic.channel });
    for (const room of ended.rooms) session.refuse({ code: 'NOT_PERMITTED', field: 'subscription', room: room.name });
  }

  /** Announces and enforces the ends of tokens; called about once a second. */
  enforceExpiry(): void {
    const nowSecond = Math.floor(this.nowMs() / 1000);
    for (let second = this.lastExpirySecond + 1; second <= nowSecond; second += 1) {
      const due = this.expiry.get(second) ?? [];
      this.expiry.delete(second);
      for (const session of due) this.checkExpiry(session);
    }
    this.lastExpirySecond = nowSecond;
  }

  /** A token taken within the clock skew after its end is good for that skew. */
  private endOf(claims: Claims): number {
    return claims.expiresAtMs > this.nowMs() ? claims.expiresAtMs : claims.expiresAtMs + clockSkewMs;
  }

  private checkExpiry(session: Session): void {
    const leftMs = session.endsAtMs - this.nowMs();
    if (leftMs <= 0) {
      session.port.close(closeCodes.unauthenticated, closeCodes.unauthenticated.reason);
      return;
    }
    if (leftMs <= this.settings.expiryNoticeMs && !session.expiryAnnounced) {
      session.expiryAnnounced = true;
      session.queue(this.messages.signal({ case: 'tokenExpiring', value: { expiresAtUs: BigInt(session.claims.expiresAtMs) * 1000n } }));
    }
    this.watchExpiry(session);
  }

  /** Looks at the session again when its notice or its end is due. */
  private watchExpiry(session: Session): void {
    const end = session.endsAtMs;
    const dueMs = session.expiryAnnounced ? end : Math.max(this.nowMs(), end - this.settings.expiryNoticeMs);
    const second = Math.max(this.lastExpirySecond + 1, Math.ceil(dueMs / 1000));
    this.forgetExpiry(session);
    session.expirySecond = second;
    const due = this.expiry.get(second);
    if (due === undefined) this.expiry.set(second, new Set([session]));
    else due.add(session);
  }

  /** A closed session must not be kept until its token would have ended. */
  private forgetExpiry(session: Session): void {
    const due = this.expiry.get(session.expirySecond);
    if (due?.delete(session) === true && due.size === 0) this.expiry.delete(session.expirySecond);
  }

  private welcome(session: Session): void {
    const { server, heartbeatMs, capabilities, limitsFor, incarnation } = this.settings;
    session.queue(this.messages.signal({
      case: 'welcome',
      value: {
        clientId: session.clientId, session: BigInt(session.id), protocol: 1, server, heartbeatMs, capabilities: [...capabilities], incarnation,
        expiresAtUs: BigInt(session.claims.expiresAtMs) * 1000n, limits: limitsFor(session),
      },
    }));
  }
}

/** A session id at random, never 0, exact as a JavaScript number. */
export function randomSessionId(random: () => number): number {
  return Math.floor(random() * (Number.MAX_SAFE_INTEGER - 1)) + 1;
}

function clientKey(tenantId: string, clientId: string): string {
  return `${tenantId}/${clientId}`;
}
