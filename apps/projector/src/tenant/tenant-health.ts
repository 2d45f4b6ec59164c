import type { ReadinessReason } from '@arqonbus/errors';
import type { ReadinessSeverity } from '@arqonbus/telemetry';

/** What is wrong with the projection of one tenant, beside the database, which all share. */
export class TenantHealth {
  isBusUp = false;
  isPaused = false;
  hasGap = false;
  isLagging = false;

  reasons(): readonly ReadinessReason[] {
    const reasons: ReadinessReason[] = [];
    if (!this.isBusUp) reasons.push('bus_unavailable');
    if (this.isPaused) reasons.push('projection_paused');
    if (this.hasGap) reasons.push('projection_gap');
    if (this.isLagging) reasons.push('projection_lagging');
    return reasons;
  }
}

/** The reasons of a process by those of its tenants. What is wrong with some of them degrades it; with no bus at all it does no work. */
export function reasonsOf(tenants: readonly TenantHealth[]): ReadonlyMap<ReadinessReason, ReadinessSeverity> {
  const found = new Map<ReadinessReason, ReadinessSeverity>();
  for (const tenant of tenants) {
    for (const reason of tenant.reasons()) found.set(reason, 'degraded');
  }
  if (tenants.every((tenant) => !tenant.isBusUp)) found.set('bus_unavailable', 'not_ready');
  return found;
}
