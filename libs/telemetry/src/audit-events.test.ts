import { describe, expect, it } from 'vitest';

import { auditEntryOf, transportConfigReloaded, transportPolicyChanged, transportReadinessTransition } from './audit-events.js';

describe('auditEntryOf()', () => {
  it('records TransportPolicyChanged under its actor (G24)', () => {
    const event = transportPolicyChanged({ class: 0, old: 1, new: 2, actor: 'maintainers', pr: '#7', commit: 'abc', at: new Date(0) });
    expect(auditEntryOf(event)).toEqual({
      action: 'TransportPolicyChanged', actor: 'maintainers', outcome: 'done',
      detail: { class: 0, old: 1, new: 2, actor: 'maintainers', pr: '#7', commit: 'abc', ts: '1970-01-01T00:00:00.000Z' },
    });
  });

  it('records TransportConfigReloaded, refused when it was (G14, G24)', () => {
    expect(auditEntryOf(transportConfigReloaded({ result: 'applied', version: '3' }))).toEqual({
      action: 'TransportConfigReloaded', actor: 'system', outcome: 'done', detail: { result: 'applied', version: '3' },
    });
    expect(auditEntryOf(transportConfigReloaded({ result: 'refused', version: '3' })).outcome).toBe('refused');
  });

  it('records TransportReadinessTransition with from, to and reason (G24)', () => {
    const event = transportReadinessTransition({ from: 'Ready', to: 'Degraded', reason: 'store_unavailable' });
    expect(auditEntryOf(event)).toEqual({
      action: 'TransportReadinessTransition', actor: 'system', outcome: 'done', detail: { from: 'Ready', to: 'Degraded', reason: 'store_unavailable' },
    });
  });
});
