import type { TokenVerifier } from '@arqonbus/auth';
import { closeCodes } from '@arqonbus/errors';
import { SpineFrameBuilder } from '@arqonbus/link';
import type { AdminServer, AuditLog, Logger, Readiness } from '@arqonbus/telemetry';
import type { TransportKind, TransportServer } from '@arqonbus/transport';
import type { Bus, DurableStore, SpineSettings } from './bus.js';
import type { Timers } from './routing/index.js';
import type { LinkDoor, ServiceDoor } from './transport/index.js';

/** What runs once the Spine listens. */
export interface RunningParts {
  readonly servers: readonly [TransportServer, TransportServer];
  readonly service: ServiceDoor;
  readonly links: LinkDoor;
  readonly timers: Timers;
  readonly admin: AdminServer;
  readonly kind: TransportKind;
}

export interface LifecycleParts {
  readonly settings: SpineSettings;
  readonly bus: Bus;
  readonly audit: AuditLog;
  readonly readiness: Readiness;
  readonly logger: Logger;
  readonly verifier: TokenVerifier;
  readonly durable?: DurableStore | undefined;
  readonly closers: readonly (() => Promise<void> | void)[];
}

export interface SpinePorts {
  readonly servicePort: number;
  readonly linkPort: number;
  readonly adminPort: number;
}

/** From listening to the end: readiness, status, drain. */
export interface Lifecycle {
  readonly audit: AuditLog;
  begin(running: RunningParts): void;
  ports(): SpinePorts;
  describe(): object;
  isDraining(): boolean;
  /** Set by the entry point: what an operator's drain does. */
  onStopRequested: (() => void) | undefined;
  requestStop(): void;
  /** Stops intake, lets sessions leave, closes; resolves when nothing is left. */
  drain(): Promise<void>;
}

const pollMs = 25;
/** Readiness follows the keys, and links their bound, within this time. */
const watchMs = 100;

export function createLifecycle(parts: LifecycleParts): Lifecycle {
  return new SpineLifecycle(parts);
}

class SpineLifecycle implements Lifecycle {
  onStopRequested: (() => void) | undefined;
  readonly audit: AuditLog;
  private running: RunningParts | undefined;
  private draining = false;
  private readonly startedMs = Date.now();
  private watch: NodeJS.Timeout | undefined;

  constructor(private readonly parts: LifecycleParts) {
    this.audit = parts.audit;
  }

  begin(running: RunningParts): void {
    this.running = running;
    running.timers.start();
    this.watch = setInterval(() => {
      this.checkKeys();
      running.links.enforceBounds();
    }, watchMs);
    this.checkKeys();
    this.parts.readiness.clear('starting');
  }

  ports(): SpinePorts {
    const running = this.started();
    return { servicePort: running.servers[0].port, linkPort: running.servers[1].port, adminPort: running.admin.port };
  }

  describe(): object {
    const { bus, readiness, settings } = this.parts;
    const running = this.running;
    return {
      node: settings['node.id'], state: readiness.state, reasons: readiness.reasons, uptime_ms: Date.now() - this.startedMs,
      transport: running?.kind, sessions: bus.sessions.count, links: running?.links.links.size, tenants: bus.directory.tenantCount,
      published_events: bus.publisher.counters.events, refused_runs: bus.publisher.counters.refusedRuns,
      malformed_frames: bus.intake.counters.malformedFrames, recovering_sessions: bus.recoveries.active.size,
      memory_bytes: process.memoryUsage.rss(), store: this.describeStore(),
    };
  }

  private describeStore(): object {
    const { durable, bus } = this.parts;
    if (durable === undefined) return { name: 'memory', durability: 'MEMORY', up: true, reason: 'history is in memory' };
    const { store, gate } = durable;
    return {
      name: store.name, durability: store.durability, up: gate.isUp, reason: gate.isUp ? store.durabilityReason : gate.reason,
      topics: bus.durable?.openCount ?? 0, losses: gate.lossesCount,
    };
  }

  isDraining(): boolean {
    return this.draining;
  }

  requestStop(): void {
    this.onStopRequested?.();
  }

  async drain(): Promise<void> {
    const running = this.started();
    const { settings, bus, readiness, logger } = this.parts;
    this.draining = true;
    readiness.set('draining', 'not_ready');
    for (const server of running.servers) server.stopListening();
    bus.fanOut.flushAll();
    this.announceDrain(running);
    const deadlineMs = Date.now() + settings['drain.timeout_ms'];
    while ((bus.sessions.count > 0 || hasWaiting(bus)) && Date.now() < deadlineMs) await delay(pollMs);
    bus.fanOut.flushAll();
    if (bus.sessions.count > 0) logger.info({ sessions: bus.sessions.count }, 'closing the sessions that are left');
    for (const session of [...bus.sessions.all()]) session.port.close(closeCodes.unavailable, 'draining');
    running.links.flushQueued();
    // Close frames leave with the loop's next turns.
    const closedBy = Date.now() + 500;
    while (bus.sessions.count > 0 && Date.now() < closedBy) await delay(pollMs);
    clearInterval(this.watch);
    running.timers.stop();
    this.parts.verifier.close();
    for (const server of running.servers) await server.close();
    await running.admin.close();
    for (const close of this.parts.closers) await close();
  }

  /** Clients hear the window; Shields too, and keep their clients. */
  private announceDrain(running: RunningParts): void {
    const { settings, bus } = this.parts;
    const reconnectAfterMsMin = settings['drain.reconnect_min_ms'];
    const reconnectAfterMsMax = Math.max(reconnectAfterMsMin, settings['drain.reconnect_max_ms']);
    running.service.publishToAll(bus.messages.signal({ case: 'draining', value: { reconnectAfterMsMin, reconnectAfterMsMax } }));
    const builder = new SpineFrameBuilder();
    builder.appendMessage({ body: { case: 'draining', value: { reconnectAfterMsMin, reconnectAfterMsMax } } });
    const message = builder.take();
    if (message !== undefined) running.links.publishToAll(message);
  }

  /** Without keys nobody new can come in; sessions that are open go on. */
  private checkKeys(): void {
    if (this.parts.verifier.keysReachable()) this.parts.readiness.clear('keys_unreachable');
    else this.parts.readiness.set('keys_unreachable', 'not_ready');
  }

  private started(): RunningParts {
    if (this.running === undefined) throw new Error('the Spine has not begun to listen');
    return this.running;
  }
}

/** Whether runs wait for the store: their publishers are to hear what became of them. */
function hasWaiting(bus: Bus): boolean {
  return (bus.durable?.waiting.bytes ?? 0) > 0;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}
