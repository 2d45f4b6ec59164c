import { closeCodes } from '@arqonbus/errors';
import type { LinkWelcome } from '@arqonbus/proto';
import type { Logger, Readiness } from '@arqonbus/telemetry';
import { openSession } from '../door/client-door.js';
import type { FloodPenalties } from '../door/flood-penalties.js';
import type { FanOut } from '../fan-out/fan-out.js';
import type { SessionTable } from '../session-table.js';
import type { Session } from '../session.js';
import type { ShieldCounters } from '../shield-counters.js';
import { Backlog } from './backlog.js';
import type { LinkFlow } from './link-flow.js';
import { moveIntoPlan } from './move-into-plan.js';
import type { SpineLinkEvents, SpineNotice } from './spine-link.js';
import type { Uplink } from './uplink.js';

const SWEEP_MS = 1_000;

export interface LinkSessionsParts {
  readonly sessions: SessionTable;
  readonly fanOut: FanOut;
  readonly penalties: FloodPenalties;
  readonly uplink: Uplink;
  readonly counters: ShieldCounters;
  readonly readiness: Pick<Readiness, 'set' | 'clear'>;
  readonly logger: Logger;
  /** Stops and resumes reading from the link, and ends it for a fault. */
  readonly flow: LinkFlow;
  /** How long clients stay without a link. */
  readonly graceMs: number;
  /** How long a session may wait for its welcome while the link is up. */
  readonly welcomeTimeoutMs: number;
  readonly nowMs: () => number;
}

/** What the link's life and messages do to the sessions: open, resume, deliver, kick, and give up after the grace time. */
export class LinkSessions implements SpineLinkEvents {
  spineId = '';
  readonly #parts: LinkSessionsParts;
  #isUp = false;
  #upSinceMs = 0;
  #graceTimer: NodeJS.Timeout | undefined;
  #heartbeatTimer: NodeJS.Timeout | undefined;
  readonly #sweepTimer: NodeJS.Timeout;
  readonly #backlog: Backlog;

  constructor(parts: LinkSessionsParts) {
    this.#parts = parts;
    this.#backlog = new Backlog({ flow: parts.flow, mustWait: (frameBytes) => parts.fanOut.mustWait(frameBytes) });
    parts.fanOut.slowReaders.onTurn = () => {
      if (this.#backlog.isEmpty) return;
      parts.fanOut.settle();
      this.#backlog.run();
    };
    this.#sweepTimer = setInterval(() => {
      this.#sweep();
    }, SWEEP_MS);
    this.#sweepTimer.unref();
    parts.readiness.set('link_down', 'not_ready');
  }

  stop(): void {
    clearTimeout(this.#graceTimer);
    clearInterval(this.#heartbeatTimer);
    clearInterval(this.#sweepTimer);
  }

  up(welcome: LinkWelcome): void {
    const { sessions, fanOut, uplink, readiness, logger, nowMs } = this.#parts;
    this.#isUp = true;
    this.#upSinceMs = nowMs();
    this.spineId = welcome.spineId;
    clearTimeout(this.#graceTimer);
    this.#graceTimer = undefined;
    moveIntoPlan(fanOut, sessions);
    fanOut.plan.prune((id) => sessions.has(id));
    for (const session of sessions.all()) openSession(uplink, session);
    for (const message of fanOut.plan.messages((id) => sessions.has(id))) uplink.message(message);
    uplink.message({ body: { case: 'resumeDone', value: {} } });
    uplink.flush();
    clearInterval(this.#heartbeatTimer);
    this.#heartbeatTimer = setInterval(() => {
      fanOut.heartbeat();
    }, Math.max(welcome.heartbeatMs, 100));
    readiness.clear('link_down');
    logger.info({ spine_id: welcome.spineId, sessions: sessions.size }, 'link up');
  }

  down(reason: string): void {
    const { sessions, uplink, readiness, logger, graceMs } = this.#parts;
    // What has arrived is carried out; the resumption repairs the rest.
    this.#backlog.runAll();
    this.#isUp = false;
    uplink.reset();
    for (const session of sessions.all()) sessions.markOpening(session);
    readiness.set('link_down', 'not_ready');
    logger.warn({ detail: reason, sessions: sessions.size, grace_ms: graceMs }, 'link down');
    this.#graceTimer ??= setTimeout(() => {
      logger.error({ sessions: sessions.size }, 'no link within the grace time');
      this.#closeAll();
    }, graceMs);
  }

  dialed(result: 'ok' | 'failed', detail: string): void {
    if (result === 'ok') this.#parts.counters.dialsOkCount += 1;
    else {
      this.#parts.counters.dialsFailedCount += 1;
      this.#parts.logger.debug({ detail }, 'dial failed');
    }
  }

  received(bytes: number): void {
    this.#parts.counters.linkBytesInCount += bytes;
    this.#parts.fanOut.settle();
  }

  deliverTopic(topic: number, _room: number, last: number, prev: number, bytes: Uint8Array, start: number, end: number): void {
    const { fanOut } = this.#parts;
    if (this.#backlog.isEmpty && !fanOut.mustWait(end - start)) fanOut.deliverTopic(topic, last, prev, bytes.subarray(start, end));
    else this.#backlog.add(end - start, () => { fanOut.deliverTopic(topic, last, prev, bytes.subarray(start, end)); });
  }

  deliverSession(id: number, page: boolean, bytes: Uint8Array, start: number, end: number): void {
    if (this.#backlog.isEmpty) this.#deliverSession(id, bytes.subarray(start, end), { page });
    else this.#backlog.add(0, () => { this.#deliverSession(id, bytes.subarray(start, end), { page }); });
  }

  message(body: SpineNotice): void {
    if (this.#backlog.isEmpty) this.#message(body);
    else this.#backlog.add(0, () => { this.#message(body); });
  }

  #deliverSession(id: number, frame: Uint8Array, options: { readonly page: boolean }): void {
    const session = this.#parts.sessions.get(id);
    if (session === undefined) return;
    if (session.phase === 'opening') this.#welcomed(session, frame);
    else this.#parts.fanOut.deliverSession(session, frame, options);
  }

  #message(body: SpineNotice): void {
    const { fanOut } = this.#parts;
    switch (body.case) {
      case 'describeTopic':
        fanOut.describe(body.value);
        return;
      case 'forgetTopic':
        fanOut.forget(body.value.topic);
        return;
      case 'draining':
        this.#parts.logger.info({ window_ms: [body.value.reconnectAfterMsMin, body.value.reconnectAfterMsMax] }, 'spine drains');
        return;
      default:
        this.#sessionMessage(body);
    }
  }

  #sessionMessage(body: Exclude<SpineNotice, { case: 'describeTopic' | 'forgetTopic' | 'draining' }>): void {
    const { sessions, fanOut } = this.#parts;
    const session = sessions.get(Number(body.value.session));
    // Its close is on the way to the Spine.
    if (session === undefined) return;
    switch (body.case) {
      case 'subscribe':
        if (body.value.room === 0) fanOut.subscribeTopic(session, body.value.topic);
        else fanOut.subscribeRoom(session, body.value.room);
        return;
      case 'unsubscribe':
        if (body.value.room === 0) fanOut.unsubscribeTopic(session, body.value.topic);
        else fanOut.unsubscribeRoom(session, body.value.room);
        return;
      case 'claimsChanged':
        session.token = body.value.token;
        return;
      case 'kickSession':
        // The Spine has forgotten it: no CloseSession.
        sessions.remove(session);
        if (body.value.code === closeCodes.tooFast.code) this.#parts.penalties.note(session.client);
        session.socket?.close(body.value.code, body.value.reason);
    }
  }

  /** The first session frame of a link is the welcome; what the client sent before its very first one follows it up. */
  #welcomed(session: Session, welcome: Uint8Array): void {
    const { sessions, fanOut, uplink } = this.#parts;
    const isFirst = !session.wasOpened;
    sessions.markLive(session);
    fanOut.deliverSession(session, welcome, { page: false });
    if (!isFirst) return;
    for (const frame of session.early) uplink.inbound(session.id, frame);
    session.early = [];
    session.earlyBytes = 0;
  }

  #sweep(): void {
    if (!this.#isUp) return;
    const { sessions, counters, welcomeTimeoutMs, nowMs } = this.#parts;
    const oldestMs = nowMs() - welcomeTimeoutMs;
    if (this.#upSinceMs > oldestMs) return;
    for (const session of sessions.opening()) {
      if (session.startedMs > oldestMs) continue;
      counters.rejected.timeout += 1;
      session.socket?.close(closeCodes.unavailable.code, closeCodes.unavailable.reason);
    }
  }

  #closeAll(): void {
    for (const session of [...this.#parts.sessions.all()]) session.socket?.close(closeCodes.unavailable.code, closeCodes.unavailable.reason);
  }
}
