import type { ReadinessReason, ReadinessState } from '@arqonbus/errors';

import type { AuditEntry } from './audit-log.js';
import type { ReadinessTransition } from './readiness.js';

/** A governed value was changed (G24). */
export interface TransportPolicyChanged {
  readonly type: 'TransportPolicyChanged';
  /** Change class 0 to 3 (G19). */
  readonly class: 0 | 1 | 2 | 3;
  readonly old: unknown;
  readonly new: unknown;
  readonly actor: string;
  /** Pull request that approved it. */
  readonly pr: string;
  readonly commit: string;
  /** RFC 3339, UTC. */
  readonly ts: string;
}

/** A reload of configuration was tried; an invalid one keeps the last good configuration (G14, G24). */
export interface TransportConfigReloaded {
  readonly type: 'TransportConfigReloaded';
  readonly result: 'applied' | 'refused';
  /** Version of the configuration in force after the reload. */
  readonly version: string;
}

/** Readiness changed (G9, G24). */
export interface TransportReadinessTransition {
  readonly type: 'TransportReadinessTransition';
  readonly from: ReadinessState;
  readonly to: ReadinessState;
  readonly reason: ReadinessReason;
}

/** The structured audit events of the transport (G24). */
export type TransportAuditEvent = TransportPolicyChanged | TransportConfigReloaded | TransportReadinessTransition;

/** Builds TransportPolicyChanged; `ts` is the given time. */
export function transportPolicyChanged(change: Omit<TransportPolicyChanged, 'type' | 'ts'> & { readonly at: Date }): TransportPolicyChanged {
  const { at, ...rest } = change;
  return { type: 'TransportPolicyChanged', ...rest, ts: at.toISOString() };
}

/** Builds TransportConfigReloaded. */
export function transportConfigReloaded(reload: Omit<TransportConfigReloaded, 'type'>): TransportConfigReloaded {
  return { type: 'TransportConfigReloaded', ...reload };
}

/** Builds TransportReadinessTransition from what Readiness tells its listener. */
export function transportReadinessTransition(transition: Pick<ReadinessTransition, 'from' | 'to' | 'reason'>): TransportReadinessTransition {
  return { type: 'TransportReadinessTransition', from: transition.from, to: transition.to, reason: transition.reason };
}

/** The audit entry of an event: its type is the action, its other fields the detail. */
export function auditEntryOf(event: TransportAuditEvent): AuditEntry {
  const { type, ...detail } = event;
  const actor = event.type === 'TransportPolicyChanged' ? event.actor : 'system';
  const refused = event.type === 'TransportConfigReloaded' && event.result === 'refused';
  return { action: type, actor, outcome: refused ? 'refused' : 'done', detail };
}
