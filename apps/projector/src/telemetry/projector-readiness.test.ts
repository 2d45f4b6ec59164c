import { Readiness } from '@arqonbus/telemetry';
import { describe, expect, it } from 'vitest';
import { TenantHealth } from '../tenant/tenant-health.js';
import { ProjectorReadiness } from './projector-readiness.js';

function rig(): { readonly process: Readiness; readonly tenants: readonly [TenantHealth, TenantHealth]; readonly readiness: ProjectorReadiness } {
  const process = new Readiness(() => undefined);
  const tenants = [new TenantHealth(), new TenantHealth()] as const;
  const readiness = new ProjectorReadiness(process, tenants);
  process.clear('starting');
  readiness.storeChanged(true);
  for (const tenant of tenants) tenant.isBusUp = true;
  readiness.update();
  return { process, tenants, readiness };
}

describe('ProjectorReadiness', () => {
  it('is degraded by what one tenant lacks, and not ready without any bus', () => {
    const { process, tenants: [one, other], readiness } = rig();
    expect(process.state).toBe('Ready');
    one.isBusUp = false;
    readiness.update();
    expect([process.state, process.reasons]).toEqual(['Degraded', ['bus_unavailable']]);
    other.isBusUp = false;
    readiness.update();
    expect(process.state).toBe('NotReady');
  });

  it('tells one tenant nothing of another', () => {
    const { tenants: [one, other], readiness } = rig();
    other.isPaused = true;
    other.hasGap = true;
    other.isLagging = true;
    readiness.update();
    expect(readiness.ofTenant(one)).toEqual({ state: 'Ready', reasons: [] });
    expect(readiness.ofTenant(other)).toEqual({ state: 'Degraded', reasons: ['projection_paused', 'projection_gap', 'projection_lagging'] });
    readiness.storeChanged(false);
    expect(readiness.ofTenant(one)).toEqual({ state: 'Degraded', reasons: ['store_unavailable'] });
    one.isBusUp = false;
    expect(readiness.ofTenant(one).state).toBe('NotReady');
  });
});
