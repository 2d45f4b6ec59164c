import type { AdminServer, Logger, Readiness } from '@arqonbus/telemetry';
import type { ProjectorMetrics } from './telemetry/projector-metrics.js';
import type { ProjectorReadiness } from './telemetry/projector-readiness.js';
import type { ProjectorParts } from './projector-parts.js';
import { OpeningStore } from './opening-store.js';
import { Tenant } from './tenant/tenant.js';
import type { TenantHealth } from './tenant/tenant-health.js';

export interface RunningProjectorParts extends Omit<ProjectorParts, 'unusable'> {
  readonly processReadiness: Readiness;
  readonly tenantHealth: ReadonlyMap<string, TenantHealth>;
  /** Opens the database of `store`; what is asked of that before fails as transient. */
  readonly openStore: () => Promise<void>;
  readonly closers: readonly (() => Promise<void> | void)[];
}

export interface ProjectorPorts {
  readonly adminPort: number;
}

/** The process from listening to the end: connects as every tenant, opens the database, projects, drains. Calls are answered before there is a database. */
export class RunningProjector {
  /** Set by the entry point: what an operator's drain does. */
  onStopRequested: (() => void) | undefined;
  /** Resolves with the error when the database can never be used as it is, or not with these settings. */
  readonly unusable: Promise<unknown>;
  private tellUnusable: (error: unknown) => void = () => undefined;
  private readonly startedMs = Date.now();
  private readonly opening: OpeningStore;
  private readonly tenants: readonly Tenant[];
  private admin: AdminServer | undefined;
  private began: Promise<void> = Promise.resolve();
  private readonly metrics: ProjectorMetrics;
  private readonly readiness: ProjectorReadiness;
  private readonly logger: Logger;

  constructor(private readonly parts: RunningProjectorParts) {
    this.metrics = parts.metrics;
    this.readiness = parts.readiness;
    this.logger = parts.logger;
    this.unusable = new Promise((resolve) => { this.tellUnusable = resolve; });
    const { settings, random } = parts;
    this.opening = new OpeningStore({
      open: parts.openStore, logger: parts.logger, random,
      minDelayMs: settings['projection.retry_min_ms'], maxDelayMs: settings['projection.retry_max_ms'],
    });
    const shared = { ...parts, unusable: (error: Error): void => { this.endAsUnusable(error); } };
    this.tenants = [...parts.tenantHealth].map(([tenantId, health]) => new Tenant(tenantId, shared, health));
    parts.store.onClaimLost((claim) => { for (const tenant of this.tenants) tenant.claimLost(claim); });
    this.metrics.observe({
      partitionsHeld: () => this.sum((tenant) => tenant.projection?.workers.size ?? 0),
      queuedEvents: () => this.sum((tenant) => tenant.projection?.budget.eventsCount ?? 0),
      oldestWaitingSeconds: () => this.oldestWaitingSeconds(),
      openDeadLetters: () => this.sum((tenant) => tenant.projection?.openDeadLetters ?? 0),
      tenantsConnected: () => this.sum((tenant) => Number(tenant.health.isBusUp)),
      tenantsPaused: () => this.sum((tenant) => Number(tenant.health.isPaused)),
      isStoreUp: () => this.readiness.isStoreUp,
      droppedLogLines: () => this.logger.droppedCount,
    });
  }

  /** Begins to work; resolves at once. */
  begin(admin: AdminServer): void {
    this.admin = admin;
    for (const tenant of this.tenants) tenant.start();
    this.began = this.open();
  }

  ports(): ProjectorPorts {
    return { adminPort: this.admin?.port ?? 0 };
  }

  requestStop(): void {
    this.onStopRequested?.();
  }

  describe(): object {
    const { settings, processReadiness } = this.parts;
    return {
      node: settings['node.id'], state: processReadiness.state, reasons: processReadiness.reasons, uptime_ms: Date.now() - this.startedMs,
      database: { kind: settings['database.kind'], up: this.readiness.isStoreUp }, tenants: this.tenants.length,
      tenants_connected: this.sum((tenant) => Number(tenant.health.isBusUp)), partitions_held: this.sum((tenant) => tenant.projection?.workers.size ?? 0),
      queued_events: this.sum((tenant) => tenant.projection?.budget.eventsCount ?? 0), events: this.metrics.outcomes, gaps: this.metrics.gapsCount,
      memory_bytes: process.memoryUsage.rss(),
    };
  }

  /** Writes what is in hand, gives all partitions back, closes. */
  async drain(): Promise<void> {
    this.parts.processReadiness.set('draining', 'not_ready');
    this.opening.giveUp();
    await Promise.all([this.began, ...this.tenants.map((tenant) => tenant.stop())]);
    await this.parts.store.close();
    await this.admin?.close();
    for (const close of this.parts.closers) await close();
  }

  private async open(): Promise<void> {
    try {
      if (!(await this.opening.open())) return;
    } catch (error) {
      this.endAsUnusable(error);
      return;
    }
    this.readiness.storeChanged(true);
    for (const tenant of this.tenants) tenant.projection?.storeOpened();
    this.parts.processReadiness.clear('starting');
  }

  private endAsUnusable(error: unknown): void {
    this.logger.critical({ error }, 'the database cannot be used');
    this.tellUnusable(error);
  }

  private sum(count: (tenant: Tenant) => number): number {
    return this.tenants.reduce((total, tenant) => total + count(tenant), 0);
  }

  private oldestWaitingSeconds(): number {
    const waiting = this.tenants.map((tenant) => tenant.projection?.oldestTimeUs()).filter((timeUs) => timeUs !== undefined);
    return waiting.length === 0 ? 0 : Math.max(0, this.parts.nowMs() * 1_000 - Math.min(...waiting)) / 1_000_000;
  }
}
