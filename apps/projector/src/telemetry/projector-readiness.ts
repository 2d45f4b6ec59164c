import type { ReadinessReason } from '@arqonbus/errors';
import type { Readiness } from '@arqonbus/telemetry';
import { reasonsOf, type TenantHealth } from '../tenant/tenant-health.js';

const tenantReasons = ['bus_unavailable', 'projection_paused', 'projection_gap', 'projection_lagging'] as const satisfies readonly ReadinessReason[];

/** Readiness of the process: what its tenants say, and whether the database answers. */
export class ProjectorReadiness {
  isStoreUp = false;

  constructor(private readonly readiness: Readiness, private readonly tenants: readonly TenantHealth[]) {
    readiness.set('store_unavailable', 'degraded');
  }

  storeChanged(isUp: boolean): void {
    if (isUp === this.isStoreUp) return;
    this.isStoreUp = isUp;
    if (isUp) this.readiness.clear('store_unavailable');
    else this.readiness.set('store_unavailable', 'degraded');
  }

  /** Takes over what the tenants say. */
  update(): void {
    const found = reasonsOf(this.tenants);
    for (const reason of tenantReasons) {
      const severity = found.get(reason);
      if (severity === undefined) this.readiness.clear(reason);
      else this.readiness.set(reason, severity);
    }
  }

  /** What is wrong with one tenant, and nothing of the others. */
  ofTenant(tenant: TenantHealth): { readonly state: string; readonly reasons: readonly string[] } {
    const reasons: ReadinessReason[] = [...(this.isStoreUp ? [] : ['store_unavailable' as const]), ...tenant.reasons()];
    return { state: reasons.length === 0 ? 'Ready' : tenant.isBusUp ? 'Degraded' : 'NotReady', reasons };
  }
}
