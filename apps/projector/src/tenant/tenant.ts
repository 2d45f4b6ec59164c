import type { PartitionClaim } from '@arqonbus/storage/episodes';
import { Backoff } from '../consume/backoff.js';
import { WakeUp } from '../consume/wake-up.js';
import type { ProjectorParts } from '../projector-parts.js';
import type { TenantHealth } from './tenant-health.js';
import { TenantProjection } from './tenant-projection.js';

const reconnectMinMs = 500;
const reconnectMaxMs = 10_000;

/** One tenant: connects as it, and connects anew when a connection ended for good, whatever becomes of other tenants. */
export class Tenant {
  projection: TenantProjection | undefined;
  private isStopped = false;
  private connecting = new AbortController();
  private readonly wakeUp = new WakeUp();
  private readonly backoff: Backoff;
  private running: Promise<void> = Promise.resolve();

  constructor(readonly tenantId: string, private readonly parts: ProjectorParts, readonly health: TenantHealth) {
    this.backoff = new Backoff(reconnectMinMs, reconnectMaxMs, parts.random);
  }

  start(): void {
    this.running = this.run();
  }

  claimLost(claim: PartitionClaim): void {
    if (claim.tenantId === this.tenantId) this.projection?.claimLost(claim);
  }

  /** Gives everything back and closes the connection. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.connecting.abort();
    this.wakeUp.signal();
    await this.running;
  }

  private async run(): Promise<void> {
    const { logger, readiness } = this.parts;
    while (!this.isStopped) {
      try {
        await this.connectOnce();
      } catch (error) {
        if (!this.isStopped) logger.warn({ tenant: this.tenantId, error }, 'no connection for the tenant, trying again');
      }
      this.health.isBusUp = false;
      readiness.update();
      if (!this.isStopped) await this.wakeUp.wait(this.backoff.next());
    }
  }

  /** Connects, and projects until the connection ends for good or the tenant is stopped. */
  private async connectOnce(): Promise<void> {
    const { parts, tenantId, health } = this;
    const bus = await parts.connect(tenantId, this.connecting.signal);
    // From now on the connection outlives the stop, until everything is given back.
    this.connecting = new AbortController();
    bus.on('error', (error) => { parts.logger.warn({ tenant: tenantId, error }, 'the bus tells of a failure'); });
    const projection = new TenantProjection(tenantId, bus, parts, health);
    this.projection = projection;
    try {
      await projection.start();
      this.backoff.reset();
      bus.on('state', ({ state }) => {
        health.isBusUp = state === 'open';
        parts.readiness.update();
        if (state === 'closed') this.wakeUp.signal();
      });
      parts.readiness.update();
      while (bus.state !== 'closed' && !this.isStopped) await this.wakeUp.wait();
    } finally {
      await projection.stop();
      this.projection = undefined;
      await bus.close();
    }
  }
}
